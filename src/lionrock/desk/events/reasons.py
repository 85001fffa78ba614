"""Says in the reader's language what rooms below the desk say in English, and keep in rows.

Readers say why a line could not be read, and the scope by which fact something is ours: sentences with
values in them. One that is not listed here, of a feed from outside say, stands as it was written.
"""

import re
from functools import cache, lru_cache
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

OF_NAMES: Final = (
    _("is a comment"),
    _("is an address, not a name"),
    _("has no dot"),
    _("has no host in it"),
    _("has a character that no host name holds"),
    _("has an empty label"),
    _("has a label longer than %(most)s characters"),
    _("has a label that begins or ends with a hyphen"),
    _("has a label that is no valid punycode"),
    _("is of a kind that is not known"),
    _("is no certificate in DER"),
    _("lacks a field that every certificate has"),
    _("has extensions that cannot be told apart"),
    _("has alternative names that cannot be told apart"),
    _("is no JSON"),
    _("is no entry of a names tile"),
    _("is another entry than that of its place"),
    _("has names that cannot be told apart"),
    _("is no message of a certstream"),
    _("has more than %(most)s names"),
    _("has a name that is no text"),
    _("begins with a blank, and no owner name stands before it"),
    _("has no record type"),
    _("includes another file, which is not read"),
    _("generates records, which are not read"),
    _("is no control entry of a zone"),
)
"""Why what a stream brings is no name, or no certificate."""

WHYS: Final = (
    *OF_NAMES,
    _("has no address"),
    _("has no address and no URL"),
    _("has no source address"),
    _("has no host name"),
    _("has no URL"),
    _("has no time"),
    _("has no time that can be read"),
    _("has too few fields"),
    _("has fewer than three fields"),
    _("has fewer than four fields"),
    _("has fewer than five fields"),
    _("has %(found)s fields, not %(wanted)s"),
    _("has a field longer than %(most)s characters"),
    _("has a quote that is not closed or not alone"),
    _("has a source that is no address, host or URL"),
    _("has a pattern that is not STIX: %(what)s"),
    _("has an encrypted part that was not decrypted"),
    _("has no mail headers"),
    _("has no certificate"),
    _("has no table of sites"),
    _("has neither breach nor paste"),
    _("has no %(what)s"),
    _("holds nothing, and this feed is never empty"),
    _("holds more than %(most)s files"),
    _("holds more than %(most)s objects"),
    _("is empty"),
    _("is an empty mail"),
    _("is no mail that can be taken apart"),
    _("is a mail in which nothing to report was found"),
    _("is a mail with a link to a report, which the collector fetches"),
    _("is a mail longer than %(most)s bytes"),
    _("is a page longer than %(most)s bytes"),
    _("is a text longer than %(most)s bytes"),
    _("is longer than %(most)s bytes"),
    _("is longer than %(most)s characters"),
    _("is a header without %(columns)s"),
    _("is no header of a Shadowserver report"),
    _("is a broken archive"),
    _("ends within its archive"),
    _("is encrypted within its archive"),
    _("is packed in a way that is not read"),
    _("is packed more than %(most)s times over"),
    _("unpacks to more than %(most)s bytes"),
    _("unpacks to more than %(most)s times its size"),
    _("is nested too deeply"),
    _("is no JSON object"),
    _("is no JSON: %(what)s"),
    _("is no object"),
    _("is neither an object nor a text"),
    _("is no XML that can be read"),
    _("is not valid UTF-8"),
    _("is unreadable: %(what)s"),
    _("is no indicator"),
    _("is no MISP event"),
    _("is a MISP event that names no address, host, URL or file"),
    _("is no STIX object: has no type"),
    _("is a bundle that names no indicator, no infrastructure and nothing observed"),
    _("is a sighting without an asset"),
    _("is an attribute that names no asset"),
    _("is a certificate without names"),
    _("is no X-ARF report"),
    _("is announced as X-ARF but holds no report"),
    _("is no valid X-ARF v%(version)s report: %(what)s"),
    _("is a feedback report without Source-IP, Reported-URI or Reported-Domain"),
    _("is no finding that this version knows"),
    _("is no item of link, title and date"),
    _("names more than %(most)s things at once"),
    _("names no asset: %(what)s"),
    _("names no %(what)s that can be read"),
    _("names no URL, address, host or file"),
    _("names no address, URL or defanged host"),
    _("names no address, host, URL or network"),
    _("names no address, network, host, URL or file"),
    _("names no address, network, host, URL, AS or file"),
    _("names no file, address or URL"),
    _("names no file, address, host or URL"),
    _("was deleted by its author"),
    _("stopped its reader: %(what)s"),
)
"""Why a line could not be read; of two that fit, the first is taken."""

FACTS: Final = (
    _("our own finding; %(rest)s"),
    _("%(what)s is used in %(country)s (geolocation %(day)s)"),
    _("the source says that %(what)s is in %(country)s; no table knows"),
    _("%(held)s is a constituent's; it is used in %(country)s"),
    _("%(held)s is a constituent's; the source says that it is in %(country)s"),
    _("%(held)s is a constituent's"),
    _("%(what)s is nobody's: its range is %(range)s"),
    _("no table knows where %(what)s is used, only that it is registered in %(country)s"),
    _("no table knows where %(what)s is used"),
    _("%(host)s stands under %(ending)s"),
)
"""The fact by which something is in scope or not; of two that fit, the first is taken."""

OF_STREAMS: Final = (
    _("%(path)s is broken: %(what)s"),
    _("entries %(first)s to %(last)s are broken: %(what)s"),
    _("entries %(first)s to %(last)s are longer than %(most)s bytes"),
    _("the log lacks what its tree head promises: %(what)s"),
    _("the log lacks what its checkpoint promises: %(what)s"),
    _("the list of logs is no JSON: %(what)s"),
    _("the list of logs names no operators"),
    _("the list names more than %(most)s logs"),
    _("the log's key cannot be read: %(what)s"),
    _("the log's key is neither ECDSA on P-256 nor RSA of 2048 bits (RFC 6962, 2.1.4)"),
    _("the certificate of %(host)s does not hold: %(what)s"),
    _("%(host)s does not open a websocket: %(what)s"),
    _("%(host)s does not hand out %(zone)s: %(what)s"),
    _("%(host)s ends the transfer: %(what)s"),
    _("%(host)s and we do not agree on the key: %(what)s"),
    _("the transfer from %(host)s broke off: %(what)s"),
    _("the zone has more than %(most)s records"),
    _("the secret of a TSIG key is written in base64"),
    _("the account may not download %(what)s"),
    _("the sign-in at ICANN gave no token"),
    _("ICANN's list of downloads is no list of addresses"),
    _("the zone file of %(tld)s changed while it was downloaded"),
    _("the zone file of %(tld)s broke off: %(found)s of %(wanted)s bytes"),
    _("the server sent another part of the file than was asked for"),
)
"""Why a stream could not be read."""

FAILURES: Final = (
    _("%(place)s answers %(status)s: the key is missing, wrong or not enough"),
    _("%(place)s answers %(status)s"),
    _("%(place)s does not answer in JSON"),
    _("%(place)s does not answer: %(what)s"),
    _("%(place)s does not speak HTTP as it should: %(what)s"),
    _("%(place)s is longer than the %(most)s bytes allowed"),
    _("%(place)s is %(found)s bytes long, more than the %(most)s allowed"),
    _("%(place)s leads on and on: more than %(most)s redirects"),
    _("%(place)s is packed with gzip, but broken: %(what)s"),
    _("%(place)s broke off"),
    _("%(host)s leads to %(address)s, which is %(what)s"),
    _("%(host)s has no address"),
    _("%(host)s has no address: %(what)s"),
    _("%(host)s does not take a connection on port %(port)s (%(what)s)"),
    _("the addresses of %(host)s did not come within %(seconds)s seconds"),
    _("the mailbox does not let us in: check account and password"),
    _("the mailbox cannot be reached: %(what)s"),
    _("the mailbox broke off: %(what)s"),
    _("the mailbox has no folder “%(folder)s”"),
    _("a mailbox needs an account and a password"),
    _("Shadowserver wants a key and its secret: set them with a space between"),
    _("Shadowserver says: %(what)s"),
    _("the server does not let us in: %(what)s"),
    _("the server refuses: %(what)s"),
    _("%(feed)s needs an address to be collected by %(carrier)s"),
    _("the delivery is larger than %(most)s bytes"),
    _("the process that read the delivery ended early"),
    *OF_STREAMS,
)
"""Why a feed could not be collected or a delivery not be read; of two that fit, the first is taken."""


ALARMS: Final = (
    _("the tree shrank from %(before)s to %(now)s entries"),
    _("two roots for one size"),
    _("an earlier tree is not how this one began"),
    _("the tree is not a longer one of the tree we know"),
    _("the tree of %(size)s entries is not how this one began"),
    _("the signature on the tree head does not hold"),
    _("the signature on the checkpoint does not hold"),
    _("the checkpoint has no signature of the log's key"),
    _("the checkpoint has lines that its signature does not cover"),
    _("the checkpoint was signed at no time"),
    _("the checkpoint is that of “%(origin)s”"),
    _("the tiles at the edge do not lead to the root"),
    _("tile %(index)s of level %(level)s does not lead to the tile above it"),
    _("entries %(first)s to %(last)s do not lead to the tree"),
    _("what is given as entry %(index)s is not the entry in the tree"),
    _("%(place)s: %(rest)s"),
)
"""What a certificate log said that cannot be true; the last puts the log's address before another."""


def reason_in_words(why: str) -> str:
    """Return why a line could not be read, in the reader's language."""
    return _said(why, WHYS)


def fact_in_words(fact: str) -> str:
    """Return the fact that placed something, in the reader's language."""
    return _said(fact, FACTS)


def failure_in_words(failure: str) -> str:
    """Return why a feed could not be collected or a delivery not be read, in the reader's language."""
    return _said(failure, FAILURES)


def alarm_in_words(alarm: str) -> str:
    """Return what a certificate log said that cannot be true, in the reader's language."""
    return _said(alarm, ALARMS)


def _said(text: str, sentences: tuple[str, ...]) -> str:
    found = _found(text, sentences)
    if found is None:
        return text
    sentence, values = found
    said = {name: _said(value, sentences) if name == "rest" else value for name, value in values}
    return gettext(sentence) % said if values else gettext(sentence)


_LONGEST: Final = 600


@lru_cache(maxsize=2048)
def _found(text: str, sentences: tuple[str, ...]) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    if len(text) > _LONGEST:
        return None
    for sentence in sentences:
        if match := _pattern(sentence).fullmatch(text):
            return sentence, tuple(match.groupdict().items())
    return None


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    # What is longer than a row holds of such text is not looked at, which bounds the looking back.
    parts = re.split(r"%\((\w+)\)s", sentence)
    return re.compile(
        "".join(
            f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts)
        ),
        re.DOTALL,
    )
