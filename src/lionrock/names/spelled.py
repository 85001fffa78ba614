"""Aliases and lures that a host spells out: which are meant, and which are accidents of letters."""

from collections.abc import Iterator

from lionrock.core.region import Brand
from lionrock.names.catalogue import Alias, Catalogue
from lionrock.names.findings import ALIAS_COST, Finding, LureFound, Match, longest

LEAST_GAIN = -4.0
"""An alias at the edge of a longer stretch that divides this much (nats) better without it is none."""
COPIED_ENDINGS = frozenset({"com", "net", "org", "gov", "edu"})
SHORTEST_JOINED = 4
"""Ordinary aliases shorter than this count only as words of their own."""
TELLING_LURES = frozenset(
    {
        "login",
        "account",
        "bank",
        "payment",
        "toll",
        "tax",
        "crypto",
        "parcel",
        "prize",
        "support",
        "government",
    }
)
"""Kinds of lures that make an ordinary alias mean its brand; ``shop`` or ``invest`` do not."""


def classify(
    host: str,
    suffix: int,
    registrable: int,
    alias: Alias,
    start: int,
    end: int,
    matches: list[Match],
    catalogue: Catalogue,
) -> Finding | None:
    """Say how an alias found in the host stands there; ``None`` where it is mere accident."""
    label_start, label_end = _label_around(host, start, end)
    in_label = start >= registrable
    left, right = _piece(host, start, end)
    if not alias.text.isalpha():
        left, right = min(left, start), max(right, end)
    bounded = left == start and right == end
    if alias.text.isdigit() and _touches_digit(host, start, end):
        return None
    cost = catalogue.words.cost
    with_alias = ALIAS_COST + cost(host[left:start]) + cost(host[end:right])
    gain = sum(map(cost, host[left:right].split("-"))) - with_alias
    cover = (end - start) / max(1, len(host[label_start:label_end].replace("-", "")))
    code = "brand-part"
    address = _own_address(host, suffix, alias.brand, start, end)
    if address is not None:
        code = "brand-host"
    elif alias.ordinary:
        edge = left == start or right == end
        if not bounded and (not edge or gain < -4.0 or len(alias.text) < SHORTEST_JOINED):
            return None
        code = "brand-word" if bounded else "brand-joined"
        if not in_label:
            code = "brand-subdomain"
        if not (
            (bounded and catalogue.is_rare(alias))
            or (not in_label and _beside_copied_ending(host[:registrable], start, end))
            or _in_company(host, alias, start, end, matches, catalogue)
        ):
            if not bounded:
                return None
            code = "ordinary-word"
    elif not in_label:
        if not bounded and gain < 0:
            return None
        code = "brand-subdomain"
    elif start == label_start and end == label_end:
        code = "brand-tld"
    elif bounded:
        code = "brand-word"
    elif gain > 0:
        code = "brand-joined"
    elif (left != start and right != end) or gain < LEAST_GAIN:
        return None
    return Finding(
        code=code,
        brand=alias.brand,
        alias=address or alias.text,
        start=start,
        end=end,
        in_label=in_label,
        gain=gain,
        cover=min(1.0, cover),
        ordinary=alias.ordinary,
    )


def _label_around(host: str, start: int, end: int) -> tuple[int, int]:
    left = host.rfind(".", 0, start) + 1
    right = host.find(".", end)
    return left, len(host) if right < 0 else right


def _piece(host: str, start: int, end: int) -> tuple[int, int]:
    """Return the stretch of letters around ``host[start:end]`` (bounded by anything else)."""
    left, right = start, end
    while left > 0 and host[left - 1].isalpha():
        left -= 1
    while right < len(host) and host[right].isalpha():
        right += 1
    return left, right


def _own_address(host: str, suffix: int, brand: Brand, start: int, end: int) -> str | None:
    """Return the brand's own domain that stands whole around ``host[start:end]``, dots or hyphens."""
    before = host[: max(suffix - 1, 0)].replace(".", "-")
    for official in sorted(brand.official, key=lambda o: -len(o.domain)):
        flat = official.domain.replace(".", "-")
        for at in _places(before, flat):
            if at <= start and end <= at + len(flat):
                return official.domain
    return None


def _places(text: str, word: str) -> Iterator[int]:
    """Yield where ``word`` stands in ``text`` between hyphens or edges."""
    at = text.find(word)
    while at >= 0:
        behind = at + len(word)
        if (at == 0 or text[at - 1] == "-") and text[behind : behind + 1] in {"", "-"}:
            yield at
        at = text.find(word, at + 1)


def _touches_digit(host: str, start: int, end: int) -> bool:
    """Tell whether a number goes on before or behind ``host[start:end]``."""
    return host[start - 1 : start].isdigit() or host[end : end + 1].isdigit()


def _beside_copied_ending(before: str, start: int, end: int) -> bool:
    """Tell whether a label like ``com``, ``co`` or ``jp`` stands behind the one with the alias.

    ``line.co.jp.`` in front of a foreign domain copies an address: that is company enough.
    """
    behind = before[end:].partition(".")[2].rstrip(".")
    return start < end and any(
        label in COPIED_ENDINGS or (len(label) == 2 and label.isalpha())
        for label in behind.split(".")
    )


def _in_company(
    host: str,
    alias: Alias,
    start: int,
    end: int,
    matches: list[Match],
    catalogue: Catalogue,
) -> bool:
    """Tell whether a telling lure or one of the brand's own companion words stands beside the alias."""
    for text, s, e in matches:
        if s < end and start < e:
            continue
        left = s == 0 or not host[s - 1].isalpha() or s == end
        right = e == len(host) or not host[e : e + 1].isalpha() or e == start
        lure = catalogue.lures.get(text)
        meant = text in alias.brand.company or (lure is not None and lure.kind in TELLING_LURES)
        if left and right and meant:
            return True
    return False


def find_lures(
    host: str,
    suffix: int,
    matches: list[Match],
    aliases: list[Match],
    catalogue: Catalogue,
) -> list[LureFound]:
    """Return the lure words that stand as words: at a boundary, or beside an alias or another."""
    words = longest([m for m in matches if m[0] in catalogue.lures])
    words = [w for w in words if not any(s <= w[1] and w[2] <= e for _, s, e in aliases)]
    edges = {s for _, s, _ in aliases} | {e for _, _, e in aliases}
    kept: dict[tuple[int, int], LureFound] = {}
    for _ in range(3):
        for text, start, end in words:
            left = start == 0 or not host[start - 1].isalpha() or start in edges
            right = end >= suffix - 1 or not host[end].isalpha() or end in edges
            whole = left and right
            if whole or ((left or right) and _stands(host, text, start, end, catalogue)):
                kept[start, end] = LureFound(lure=catalogue.lures[text], start=start, end=end)
                edges |= {start, end}
    return [kept[key] for key in sorted(kept)]


def _stands(host: str, word: str, start: int, end: int, catalogue: Catalogue) -> bool:
    """Tell whether a word at one edge of a longer stretch of letters is meant as a word."""
    left, right = _piece(host, start, end)
    cost = catalogue.words.cost
    own = min(catalogue.words.knows(word), ALIAS_COST)
    divided = cost(host[left:start]) + own + cost(host[end:right])
    return divided <= cost(host[left:right]) + 1.0
