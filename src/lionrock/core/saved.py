"""Reading what office programs save as a text file, in whichever of the usual encodings."""


def text_of(content: bytes) -> str:
    """Return a file's text, UTF-8 or what Excel calls Unicode text; raise UnicodeError for anything else."""
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))  # Excel's “Unicode text”
    text = content.decode("utf-16" if wide else "utf-8-sig")
    if "\0" in text:
        raise UnicodeError("a file with NUL characters is no text")
    return text
