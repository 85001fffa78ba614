"""The default writer: sentences of the region's wording, chosen by what is known. No model, the same every time."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from lionrock.briefing.drafting.draft import Open, Refusal, Slot, Written
from lionrock.briefing.wording import SLOT, Texts, Wording
from lionrock.core.alerts import Kind, Part

NAME: Final = "templates"

Slots = Mapping[str, Slot]
_Choice = tuple[Part, str]

_RESTS_ON: Final = {
    "botnet.size": "peak",
    "vulnerability.exploited": "exploited",
    "vulnerability.exploited.unnumbered": "exploited",
    "vulnerability.proof": "proof",
    "vulnerability.unpatched": "unpatched",
}
"""Sentences without a slot that say what they rest on, and the slot that knows it."""


class Templates:
    """Writes every part that a model may write, too, and is never asked twice."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording

    @property
    def name(self) -> str:
        """How the draft says who wrote it."""
        return NAME

    def write(self, kind: Kind, slots: Slots, repair: Sequence[Refusal] = ()) -> Written:
        """Return the sentences that can be told with these slots."""
        del repair
        sentences = tuple(
            self.open(part, key, slots)
            for part, key in _WRITERS[kind](_Known(self._wording, slots))
        )
        return Written(sentences=sentences, by=NAME)

    def open(self, part: Part, key: str, slots: Slots) -> Open:
        """Return a sentence of the wording with its slots."""
        text = self._wording.phrases[key]
        flag = slots.get(_RESTS_ON.get(key, ""))
        return Open(
            part=part,
            text=text,
            cites=flag.cites if flag else (),
            slots={name: slots[name] for name in needed(text)},
        )

    def __contains__(self, key: str) -> bool:
        return key in self._wording.phrases


def needed(text: Texts) -> list[str]:
    """Return the slots that a sentence holds."""
    return list(dict.fromkeys(SLOT.findall(text["en"])))


def title_key(kind: Kind, slots: Slots, *, several: bool) -> str:
    """Return which sentence is the title."""
    match kind:
        case Kind.PHISHING:
            return "phishing.title" if "brand" in slots else "phishing.title.nobrand"
        case Kind.MALWARE:
            return "malware.title" if "family" in slots else "malware.title.nofamily"
        case Kind.BOTNET:
            if "family" not in slots:
                return "botnet.title.nofamily"
            return "botnet.title" if "devices" in slots else "botnet.title.nodevice"
        case Kind.ANTICIPATORY:
            return "anticipatory.title.brand" if "brand" in slots else "anticipatory.title"
        case Kind.VULNERABILITY:
            if "products" not in slots:
                return "vulnerability.title.nameless"
            if several:
                return "vulnerability.title"
            return "vulnerability.title.one" if "impact" in slots else "vulnerability.title.single"


class _Known:
    """Tells whether a sentence can be told: all its slots are there."""

    def __init__(self, wording: Wording, slots: Slots) -> None:
        self._wording = wording
        self.slots = slots

    def __contains__(self, key: str) -> bool:
        return all(name in self.slots for name in needed(self._wording.phrases[key]))

    def first(self, part: Part, *keys: str) -> Iterator[_Choice]:
        """Yield the first sentence that can be told."""
        for key in keys:
            if key in self:
                yield part, key
                return

    def each(self, part: Part, *keys: str) -> Iterator[_Choice]:
        """Yield all sentences that can be told."""
        yield from ((part, key) for key in keys if key in self)


def _phishing(known: _Known) -> Iterator[_Choice]:
    yield from known.first(
        Part.LEAD, "phishing.lead", "phishing.lead.nodate", "phishing.lead.nobrand"
    )
    yield from known.each(Part.LEAD, "phishing.channels", "phishing.asks", "phishing.count")
    yield from known.each(Part.LURES, "phishing.themes")
    if "phishing.step.reach" in known and "phishing.step.asks" in known:
        yield from known.each(
            Part.STEPS,
            "phishing.step.reach",
            "phishing.step.page",
            "phishing.step.asks",
        )
        if "enters" in known.slots:
            yield Part.STEPS, "phishing.step.loss"
    yield from known.each(Part.SIGNS, "phishing.tricks", "phishing.examples", "phishing.shared")
    yield from known.each(Part.TREND, "hosting")
    yield from _trend(known, told="phishing.count" in known)


def _malware(known: _Known) -> Iterator[_Choice]:
    yield from known.first(Part.LEAD, "malware.lead", "malware.lead.nofamily")
    yield from known.each(
        Part.LEAD,
        "malware.disguise",
        "malware.channels",
        "malware.devices",
        "malware.behaviours",
        "malware.count",
    )
    if "malware.step.lure" in known and "malware.step.acts" in known:
        yield from known.each(
            Part.STEPS, "malware.step.lure", "malware.step.open", "malware.step.acts"
        )
    yield from known.each(Part.LURES, "phishing.themes")
    yield from known.each(Part.TREND, "hosting")
    yield from _trend(known, told="malware.count" in known)


def _botnet(known: _Known) -> Iterator[_Choice]:
    yield from known.first(Part.LEAD, "botnet.lead", "botnet.lead.nofamily")
    yield from known.each(
        Part.LEAD, "botnet.devices", "botnet.entry", "botnet.cves", "botnet.behaviours"
    )
    if "botnet.count" in known:
        yield Part.TREND, "botnet.count"
        yield Part.TREND, "botnet.size"
    else:
        yield from known.first(Part.TREND, "botnet.count.plain")
    if "botnet.step.enter" in known:
        yield from known.each(
            Part.STEPS, "botnet.step.enter", "botnet.step.join", "botnet.step.acts"
        )
    yield from known.each(Part.TREND, "hosting")
    yield from _trend(known, told="count" in known.slots)


def _vulnerability(known: _Known) -> Iterator[_Choice]:
    one = "" if "several" in known.slots else ".one"
    yield from known.first(Part.LEAD, f"vulnerability.lead{one}", "vulnerability.lead.nameless")
    local = ".local" if "local" in known.slots else ""
    yield from known.each(Part.LEAD, f"vulnerability.impact{local}{one}")
    if "exploited" in known.slots:
        if not one:
            yield Part.LEAD, "vulnerability.exploited"
        else:
            yield from known.first(
                Part.LEAD, "vulnerability.exploited.one", "vulnerability.exploited.unnumbered"
            )
    if "proof" in known.slots:
        yield Part.LEAD, "vulnerability.proof"
    if "unpatched" in known.slots:
        yield Part.LEAD, "vulnerability.unpatched"
    if "before" not in known.slots and "none_before" not in known.slots:
        yield from known.each(Part.TREND, "vulnerability.count")
    yield from _trend(known, told="count" in known.slots)


def _anticipatory(known: _Known) -> Iterator[_Choice]:
    if "brand" in known.slots:
        yield Part.LEAD, f"anticipatory.lead.{known.slots['event'].says}"
        yield from known.each(Part.LEAD, "anticipatory.expect")
    else:
        yield from known.each(Part.LEAD, "anticipatory.lead.nobrand")
    yield from known.each(Part.LEAD, "anticipatory.channels", "anticipatory.asks")
    yield from known.each(Part.LURES, "phishing.themes")
    yield from known.first(Part.TREND, "anticipatory.none", "anticipatory.count")


def trend(wording: Wording, slots: Slots) -> tuple[Open, ...]:
    """Return the sentences that tell how one count stands to the one before."""
    writer = Templates(wording)
    return tuple(
        writer.open(part, key, slots) for part, key in _trend(_Known(wording, slots), told=False)
    )


def _trend(known: _Known, *, told: bool) -> Iterator[_Choice]:
    """Tell how the count stands to the one before; where a source was silent, never as a rise or fall."""
    slots = known.slots
    if "gap" in slots:
        if "count" in slots and not told:
            yield Part.TREND, "trend.only"
        yield Part.TREND, "trend.gap"
        return
    if "gap_before" in slots:
        yield from known.first(Part.TREND, "trend.few", "trend.only")
        yield Part.TREND, "trend.gap.before"
        return
    if "none" in slots:
        yield Part.TREND, "trend.none"
        return
    compared = (
        "trend.rise",
        "trend.rise.sharp",
        "trend.fall",
        "trend.same",
        "trend.new",
        "trend.few",
    )
    choice = next(
        (key for key in compared if key in known and (key != "trend.same" or "same" in slots)),
        None,
    )
    if choice:
        yield Part.TREND, choice
    elif not told:
        yield from known.each(Part.TREND, "trend.only")
    yield from known.each(Part.TREND, "trend.usual")


_WRITERS: Final = {
    Kind.PHISHING: _phishing,
    Kind.MALWARE: _malware,
    Kind.BOTNET: _botnet,
    Kind.VULNERABILITY: _vulnerability,
    Kind.ANTICIPATORY: _anticipatory,
}
