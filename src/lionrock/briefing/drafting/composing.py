"""From a fact sheet to a draft: a writer words what it may, code adds the rest, a verifier reads it all."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lionrock.briefing import verifying
from lionrock.briefing import wording as words
from lionrock.briefing.drafting import risk, versions
from lionrock.briefing.drafting.draft import (
    Draft,
    Open,
    Refusal,
    Slot,
    Trouble,
    Writer,
    Written,
)
from lionrock.briefing.drafting.filling import NoSlot, filled, title
from lionrock.briefing.drafting.slots import quote, slots_of
from lionrock.briefing.drafting.templates import NAME, Templates, needed, title_key
from lionrock.briefing.facts import Asks, FactSheet, Product
from lionrock.briefing.holdings import Holdings, holdings_of
from lionrock.briefing.wording import Advice, Wording
from lionrock.core.alerts import LANGUAGES, Kind, Link, Part, Sentence
from lionrock.core.region import Region

MODEL_PARTS: Final = (Part.LEAD, Part.LURES, Part.TREND)
"""What a model may word; everything else is the region's wording, word by word."""
MUST: Final = frozenset(
    {
        *("brand", "family", "since", "count", "peak", "rise", "risen", "fall", "before", "none"),
        *(
            "channels",
            "asks",
            "themes",
            "behaviours",
            "devices",
            "product",
            "impacts",
            "cves",
            "on",
        ),
    }
)
"""Slots that a part must hold where the template's sentences of it do."""
TOLD_BY_TEMPLATES: Final = frozenset({"gap", "gap_before", "none", "none_before", "same"})
"""Where a count has one of these, how it stands to others is told by templates alone."""
ENTERED: Final = frozenset(set(Asks) - {Asks.APP, Asks.TRANSFER, Asks.DEVICE_LINK})
"""What victims type into a page."""
MOST_PRODUCTS: Final = 40
MOST_QUOTES: Final = 3

Slots = dict[str, Slot]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What every draft of a region needs, made once."""

    region: Region
    wording: Wording
    lexicon: verifying.Lexicon

    @classmethod
    def of(cls, region: Region, wording: Wording) -> "House":
        """Return the house of a region."""
        return cls(region=region, wording=wording, lexicon=verifying.lexicon_of(region, wording))

    @classmethod
    def shipped(cls, code: str) -> "House":
        """Return the house of a shipped pack; made once per process."""
        return _shipped(code)


@lru_cache(maxsize=4)
def _shipped(code: str) -> House:
    from lionrock import regions  # noqa: PLC0415  # packs are read where one is asked for, not on import

    return House.of(regions.load(code), words.load(code))


def compose(sheet: FactSheet, house: House, writer: Writer | None = None) -> Draft:
    """Return a draft of a sheet.

    ``writer`` words what it may; what it does not word well after one repair, or at all, the templates
    word. Whoever writes: title, advice, referrals, risk, indicators and links are the same.
    """
    slots = slots_of(sheet, region=house.region, wording=house.wording)
    slots |= _flags(sheet)
    holdings = holdings_of(sheet, region=house.region, wording=house.wording)
    templates = Templates(house.wording)
    plain = templates.write(sheet.kind, slots)
    sentences, refused = _checked(plain, holdings, house)
    by = NAME
    if writer is not None:
        taken, theirs = _written(writer, sheet.kind, slots, plain, holdings, house)
        refused = (*refused, *theirs)
        if taken:
            by = writer.name
            sentences = (
                *(each for each in sentences if each.part not in taken),
                *(each for some in taken.values() for each in some),
            )
    added, more = _checked(
        Written(sentences=tuple(_added(sheet, slots, templates)), by=NAME), holdings, house
    )
    heading = _title(sheet, slots, house.wording)
    if sheet.kind is Kind.ANTICIPATORY:  # what happened comes first, then what to expect of it
        first, *others = sentences or (None,)
        sentences = tuple(each for each in (first, *added, *others) if each)
        added = ()
    every = (*sentences, *added, *_fixed(sheet, house))
    return Draft(
        sheet=sheet.id,
        kind=sheet.kind,
        title=heading,
        slug=slug(heading["en"]),
        sentences=in_order(every),
        proposal=risk.proposed(sheet, house.wording.risk),
        writer=by,
        indicators=sheet.indicators,
        brands=sheet.brands,
        links=_links(sheet, house.wording),
        bulletin=sheet.flaw.bulletin if sheet.flaw else None,
        refused=(*refused, *more),
    )


def verified(
    sentences: Sequence[Sentence], sheet: FactSheet, house: House
) -> tuple[tuple[Refusal, ...], ...]:
    """Return for each sentence what is wrong with it, as when somebody edited it."""
    holdings = holdings_of(sheet, region=house.region, wording=house.wording)
    return tuple(
        verifying.faults(sentence, holdings=holdings, lexicon=house.lexicon)
        for sentence in sentences
    )


def in_order(sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """Return sentences in the order of the page, within a part as they stood."""
    places = {part: place for place, part in enumerate(Part)}
    return tuple(sorted(sentences, key=lambda each: places[each.part]))


def slug(text: str) -> str:
    """Return the last part of an address: lower-case words of an English title."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    found = "-".join(re.findall(r"[a-z0-9]+", plain))
    return (found if len(found) <= 80 else found[:81].rpartition("-")[0]) or "alert"


def seen(sheet: FactSheet, region: Region) -> frozenset[str]:
    """Return the codes on which advice depends."""
    found: set[str] = set()
    for campaign in (sheet.campaign,):
        if campaign is None:
            continue
        found |= {each.what.value for each in campaign.channels}
        found |= {each.what.value for each in campaign.asks}
        found |= {each.what.value for each in campaign.behaviours}
        found |= {each.what.value for each in campaign.devices}
        if campaign.brand and _governmental(campaign.brand, region):
            found.add("government")
    if sheet.flaw:
        found.add("patched" if sheet.flaw.patched else "unpatched")
        if sheet.flaw.exploited:
            found.add("exploited")
        if sheet.flaw.cves:
            found.add("cve")
        if any(product.end_of_life for product in sheet.flaw.products):
            found.add("eol")
    return frozenset(found)


def _governmental(brand: str, region: Region) -> bool:
    """Tell whether a brand's own domain stands where only verified bodies of the region get one."""
    closed = tuple(
        f".{ending}"
        for ending in region.closed
        if any(ending.endswith(f".{tld}") for tld in region.tlds)
    )
    return any(
        one.id == brand and any(each.domain.endswith(closed) for each in one.official)
        for one in region.brands
        if one.sector == "government"
    )


def _written(
    writer: Writer,
    kind: Kind,
    slots: Slots,
    plain: Written,
    holdings: Holdings,
    house: House,
) -> tuple[dict[Part, tuple[Sentence, ...]], tuple[Refusal, ...]]:
    """Ask a writer, once more where something is wrong, and return the parts that may be taken."""
    told = TOLD_BY_TEMPLATES & set(slots)
    wanted = [
        part
        for part in MODEL_PARTS
        if any(each.part is part for each in plain.sentences) and not (part is Part.TREND and told)
    ]
    must = {part: _must(part, plain) for part in wanted}
    refused: list[Refusal] = []
    repair: tuple[Refusal, ...] = ()
    taken: dict[Part, tuple[Sentence, ...]] = {}
    for _ in range(2):
        try:
            written = writer.write(kind, {k: v for k, v in slots.items() if v.text}, repair)
        except Trouble as trouble:
            refused.append(Refusal(code="writer", about=str(trouble)))
            break
        taken, wrong = _taken(written, wanted, must, holdings, house)
        refused += [*written.refused, *wrong]
        repair = tuple(wrong)
        if not wrong:
            break
    return taken, tuple(refused)


def _taken(
    written: Written,
    wanted: Sequence[Part],
    must: Mapping[Part, frozenset[str]],
    holdings: Holdings,
    house: House,
) -> tuple[dict[Part, tuple[Sentence, ...]], list[Refusal]]:
    """Return the parts in which every sentence holds and nothing is missing, and what is wrong elsewhere."""
    taken: dict[Part, tuple[Sentence, ...]] = {}
    wrong: list[Refusal] = []
    for part in wanted:
        some = [each for each in written.sentences if each.part is part]
        if not some:
            continue
        held: set[str] = set()
        sentences: list[Sentence] = []
        faults: list[Refusal] = []
        for each in some:
            names = set(needed(each.text))
            held |= names
            if not names - {"region"}:
                faults.append(Refusal(code=verifying.Fault.UNCITED.value, part=part))
            sentence, found = _one(each, holdings, house)
            faults += found
            if sentence:
                faults += verifying.forbidden(sentence, house.lexicon)
                faults += _misdirected(each, house)
                sentences.append(sentence)
        faults += [
            Refusal(code=verifying.Fault.MISSING.value, about=name, part=part)
            for name in sorted(must[part] - held)
        ]
        if not faults:
            taken[part] = tuple(sentences)
        wrong += faults
    return taken, wrong


def _must(part: Part, plain: Written) -> frozenset[str]:
    names = {name for each in plain.sentences if each.part is part for name in needed(each.text)}
    return frozenset(names & MUST)


def _misdirected(sentence: Open, house: House) -> list[Refusal]:
    """Say where a sentence tells of a rise or fall that its slots do not hold."""
    names = set(needed(sentence.text))
    found = []
    for way, languages in house.wording.directions.items():
        if way in names:
            continue
        for language, said in languages.items():
            text = SLOTLESS.sub(" ", sentence.text[language]).lower()
            hit = next((word for word in said if word in text), None)
            if hit:
                found.append(
                    Refusal(
                        code=verifying.Fault.REFUSED.value,
                        about=hit,
                        language=language,
                        part=sentence.part,
                    )
                )
    return found


SLOTLESS: Final = words.SLOT


def _checked(
    written: Written, holdings: Holdings, house: House
) -> tuple[tuple[Sentence, ...], tuple[Refusal, ...]]:
    """Return the sentences that hold, and what is wrong with the others."""
    sentences: list[Sentence] = []
    refused: list[Refusal] = []
    for each in written.sentences:
        sentence, found = _one(each, holdings, house)
        refused += found
        if sentence and not found:
            sentences.append(sentence)
    return tuple(sentences), tuple(refused)


def _one(
    sentence: Open, holdings: Holdings, house: House
) -> tuple[Sentence | None, tuple[Refusal, ...]]:
    if len({frozenset(words.SLOT.findall(text)) for text in sentence.text.values()}) > 1:
        return None, (Refusal(code=verifying.Fault.PARITY.value, part=sentence.part),)
    try:
        done = filled(sentence)
    except (NoSlot, ValueError) as error:
        about = str(error)[:80]
        return None, (Refusal(code=verifying.Fault.SLOT.value, about=about, part=sentence.part),)
    return done, verifying.faults(done, holdings=holdings, lexicon=house.lexicon)


def _flags(sheet: FactSheet) -> Slots:
    """Return what is known but has no words of its own: it chooses sentences, and they rest on it."""
    found: Slots = {}

    def put(name: str, cites: tuple[str, ...], says: str = "") -> None:
        found[name] = Slot(name=name, text={}, cites=cites, says=says)

    campaign = sheet.campaign
    if campaign and ENTERED & {each.what for each in campaign.asks}:
        put("enters", (campaign.ref,))
    if sheet.event:
        put("event", (sheet.event.ref,), sheet.event.what.value)
    flaw = sheet.flaw
    if flaw:
        several = flaw.several if flaw.several is not None else len(flaw.cves) > 1
        for name, holds in (
            ("several", several),
            ("local", not flaw.remote),
            ("exploited", flaw.exploited),
            ("proof", flaw.proof_public),
            ("unpatched", not flaw.patched),
        ):
            if holds:
                put(name, flaw.cites)
    return found


def _added(sheet: FactSheet, slots: Slots, templates: Templates) -> Iterator[Open]:
    """Yield what code adds to what a writer wrote: an analyst's facts, quotes, variants, products."""
    for said in sheet.said:
        yield Open(part=Part.LEAD, text=said.text, cites=(said.ref, *said.cites))
    quotes = [
        (source.ref, quote(each.text))
        for source in sheet.sources
        for each in source.quotes
        if each.shown
    ]
    for ref, text in quotes[:MOST_QUOTES]:
        slot = Slot(name="quote", text=dict.fromkeys(LANGUAGES, text), cites=(ref,))
        yield templates.open(Part.LURES, "quote", {"quote": slot})
    key = "phishing.variant" if sheet.kind is Kind.ANTICIPATORY else f"{sheet.kind}.variant"
    for name, slot in slots.items():
        if name.startswith("variant_") and key in templates:
            yield templates.open(Part.VARIANTS, key, {"variant": slot})
    if sheet.flaw:
        for product in sheet.flaw.products[:MOST_PRODUCTS]:
            yield from _product(product, sheet.flaw.cites, templates)


def _product(product: Product, cites: tuple[str, ...], templates: Templates) -> Iterator[Open]:
    def slot(name: str, text: str) -> Slot:
        return Slot(name=name, text=dict.fromkeys(LANGUAGES, text), cites=cites)

    slots = {"product": slot("product", product.name)}
    key = "affected.all"
    read = versions.read(product.versions)
    if read:
        key, values = read
        slots |= {name: slot(name, value) for name, value in values.items()}
    elif product.versions:
        slots["product"] = slot("product", f"{product.name} {product.versions}")
    yield templates.open(Part.AFFECTED, key, slots)
    if product.end_of_life:
        yield templates.open(Part.AFFECTED, "eol", {"product": slot("product", product.name)})


def _fixed(sheet: FactSheet, house: House) -> Iterator[Sentence]:
    """Yield advice word by word as the region's pack has it."""
    codes = seen(sheet, house.region)
    wording = house.wording
    kind = sheet.kind.value
    for part, entries in (
        (Part.SIGNS, wording.signs.get(kind, ())),
        (Part.SOLUTIONS, wording.solutions.get(kind, ())),
        (Part.ADVICE, wording.advice.get(kind, ())),
        (Part.VICTIMS, wording.victims.get(kind, ())),
    ):
        for entry in entries:
            if holds(entry, codes):
                yield Sentence(part=part, text=dict(entry.text))


def holds(entry: Advice, codes: frozenset[str]) -> bool:
    """Tell whether an advice is called for."""
    return not entry.when or bool(entry.when & codes)


def _links(sheet: FactSheet, wording: Wording) -> tuple[Link, ...]:
    """Return pages that may be opened: of sources whose word is their own, and of the region's pack."""
    found = [
        Link(title=dict.fromkeys(LANGUAGES, source.publisher), url=source.url)
        for source in sheet.sources
        if source.url and source.origin.linked
    ]
    return (*found, *(link for kinds, link in wording.links if sheet.kind.value in kinds))


def _title(sheet: FactSheet, slots: Slots, wording: Wording) -> dict[str, str]:
    several = "several" in slots
    key = title_key(sheet.kind, slots, several=several)
    texts = wording.phrases[key]
    return title(texts, {name: slots[name] for name in needed(texts)})
