"""Makes of a fact sheet the slots that its sentences may hold: each a finished text in every language."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final, TypeVar

from lionrock.briefing.drafting import rendering
from lionrock.briefing.drafting.draft import Slot
from lionrock.briefing.facts import Behaviour, Campaign, Count, FactSheet, Seen
from lionrock.briefing.wording import Texts, Wording
from lionrock.core.alerts import LANGUAGES, Indicator, Kind
from lionrock.core.figures import Figure, change
from lionrock.core.hosts import defang
from lionrock.core.region import Region
from lionrock.names.quoting import plain

MOST_EXAMPLES: Final = 3
MOST_COUNTRIES: Final = 5
MOST_LISTED: Final = 5
LONGEST_QUOTE: Final = 160
ENTRIES: Final = frozenset({Behaviour.DEFAULT_PASSWORDS, Behaviour.EXPLOITS})
"""Behaviours that are ways in, told apart from what is done inside."""
FEW: Final = 10
"""Below this, in either period, a change is told in numbers and not in per cent."""
SHARP: Final = 999
"""A rise of more per cent is told as sharp, with both numbers."""

Slots = dict[str, Slot]
_Code = TypeVar("_Code", bound=StrEnum)


def slots_of(sheet: FactSheet, *, region: Region, wording: Wording) -> Slots:
    """Return the slots of a sheet by name; what the sheet does not hold has no slot."""
    # What is expected of an event is phishing, and counted in its words.
    kind = Kind.PHISHING if sheet.kind is Kind.ANTICIPATORY else sheet.kind
    found = _Found(wording, kind.value)
    found.put("region", _names(region.names), (), "the region")
    campaign = sheet.campaign
    if campaign:
        _campaign(found, campaign, sheet, region)
    for place, related in enumerate(sheet.related[:MOST_LISTED], start=1):
        name = _who(related, sheet, region)
        if name:
            name = in_a_sentence(name, wording)
            found.put(f"variant_{_letter(place)}", name, (related.ref,), "a related campaign")
    if sheet.flaw:
        _flaw(found, sheet)
    if sheet.event:
        event = sheet.event
        cites = (event.ref,)
        found.put("on", rendering.day(event.on), cites, "the day of the public event")
        found.put("occasion", wording.terms["occasion"][event.what], cites, "the public event")
        if event.brand:
            brand = in_a_sentence(_brand(event.brand, sheet, region), wording)
            found.put("brand", brand, cites, "who is concerned")
    if sheet.counts:
        _counts(found, sheet.counts[0], sheet.figure)
    _indicators(found, sheet.indicators)
    return found.slots


def brand_names(brand: str, sheet_named: Mapping[str, Mapping[str, str]], region: Region) -> Texts:
    """Return the name of a brand in every language: of the catalogue, or as the analyst gave it."""
    if brand in sheet_named:
        return _names(sheet_named[brand])
    for one in region.brands:
        if one.id == brand:
            return _names(one.names)
    raise KeyError(brand)


def unit_text(figure: Figure, kind: str, wording: Wording) -> Texts:
    """Return a figure's number with its unit: 10 fraudulent domain names."""
    forms = wording.unit(kind, figure.unit)
    value = figure.value if figure.value is not None else 0
    form = forms["one"] if value == 1 else forms["many"]
    number = rendering.number(value)
    return {language: form[language].replace("{n}", number) for language in LANGUAGES}


def things(figure: Figure, kind: str, wording: Wording) -> Texts:
    """Return what a figure counts, without its number."""
    return wording.unit(kind, figure.unit)["things"]


class _Found:
    def __init__(self, wording: Wording, kind: str) -> None:
        self.kind = kind
        self.slots: Slots = {}
        self.wording = wording

    def put(self, name: str, text: Texts, cites: tuple[str, ...], says: str) -> None:
        self.slots[name] = Slot(name=name, text=text, cites=cites, says=says)

    def list_of(
        self, name: str, group: str, traits: Sequence[Seen[_Code]], says: str, how: str = "and"
    ) -> None:
        """Put a list of terms, if there is any."""
        if not traits:
            return
        shown = traits[:MOST_LISTED]
        terms = [dict(self.wording.terms[group][each.what.value]) for each in shown]
        self.put(name, rendering.joined(terms, how=how), _cites(shown), says)


def _campaign(found: _Found, campaign: Campaign, sheet: FactSheet, region: Region) -> None:
    ref = (campaign.ref,)
    if campaign.brand:
        name = in_a_sentence(_brand(campaign.brand, sheet, region), found.wording)
        found.put("brand", name, ref, "who is impersonated")
    if campaign.family:
        family = dict.fromkeys(LANGUAGES, campaign.family)
        found.put("family", family, ref, "the malware or botnet family")
    if campaign.since:
        found.put("since", rendering.day(campaign.since), ref, "the day it was first seen")
    found.list_of("channels", "channel", campaign.channels, "how it reaches people")
    found.list_of("themes", "theme", campaign.themes, "what the fraudsters claim", how="or")
    found.list_of("asks", "asks", campaign.asks, "what victims are to do", how="or")
    found.list_of("tricks", "trick", campaign.tricks, "how the names imitate", how="clauses")
    found.list_of("shared", "shared", campaign.shared, "what they have in common", how="clauses")
    found.list_of("devices", "device", campaign.devices, "what is attacked")
    inside = [each for each in campaign.behaviours if each.what not in ENTRIES]
    entries = [each for each in campaign.behaviours if each.what in ENTRIES]
    found.list_of("behaviours", "behaviour", inside, "what it does", how="clauses")
    found.list_of("entries", "behaviour", entries, "how it gets in", how="or")
    countries: dict[str, tuple[int, str]] = {}
    for place in campaign.hosting:
        value = sheet.figure(place.figure).value or 0
        before = countries.get(place.country, (0, ""))
        countries[place.country] = (before[0] + int(value), f"figure:{place.figure}")
    if countries:
        most = sorted(countries, key=lambda one: (-countries[one][0], one))[:MOST_COUNTRIES]
        names = [dict(found.wording.place(country)) for country in most]
        cites = tuple(dict.fromkeys(countries[country][1] for country in most))
        found.put("countries", rendering.joined(names), cites, "where the servers stand")


def _flaw(found: _Found, sheet: FactSheet) -> None:
    flaw = sheet.flaw
    if flaw is None:
        return
    names = list(dict.fromkeys(product.name for product in flaw.products))[:MOST_LISTED]
    if names:
        texts = [dict.fromkeys(LANGUAGES, name) for name in names]
        found.put("product", rendering.joined(texts), flaw.cites, "the product")
        phrase = found.wording.phrases["products"]
        whole = {each: phrase[each].replace("{vendor}", flaw.vendor) for each in LANGUAGES}
        title = whole if len(names) > 1 else texts[0]
        found.put("products", title, flaw.cites, "the product, as a title names it")
    impacts = [dict(found.wording.terms["impact"][impact.value]) for impact in flaw.impacts]
    if impacts:
        found.put("impacts", rendering.joined(impacts), flaw.cites, "what an attacker gains")
    if len(flaw.impacts) == 1:
        found.put("impact", impacts[0], flaw.cites, "what an attacker gains")
    if flaw.cves:
        cves = [dict.fromkeys(LANGUAGES, cve) for cve in flaw.cves[:MOST_LISTED]]
        found.put("cves", rendering.joined(cves), flaw.cites, "the numbers of the vulnerabilities")


def count_slots(
    count: Count, figure_of: Callable[[str], Figure], *, kind: str, wording: Wording
) -> Slots:
    """Return the slots of one count alone; ``kind`` chooses the words of its unit."""
    found = _Found(wording, kind)
    _counts(found, count, figure_of)
    return found.slots


def _counts(found: _Found, first: Count, figure_of: Callable[[str], Figure]) -> None:
    kind, wording = found.kind, found.wording
    now = figure_of(first.now)
    cite = (f"figure:{now.id}",)
    found.put("asof", rendering.day(now.period.last), cite, "the last day counted")
    found.put("period", rendering.period(now.period, wording), cite, "the period counted")
    found.put("things", things(now, kind, wording), cite, "what is counted")
    if now.value:
        found.put("count", unit_text(now, kind, wording), cite, "how many were counted")
        if kind == Kind.BOTNET and now.definition.endswith(".size"):
            found.put("peak", unit_text(now, kind, wording), cite, "how many on the busiest day")
    elif now.value == 0 and not now.gaps:
        found.put("none", things(now, kind, wording), cite, "of what nothing was counted")
    _silence(found, "gap", now)
    if first.before:
        _compared(found, now, figure_of(first.before))
    if first.usual:
        usual = figure_of(first.usual)
        if usual.value:
            text = unit_text(usual, kind, wording)
            found.put("usual", text, (f"figure:{usual.id}",), "how many are usual")


def _compared(found: _Found, now: Figure, before: Figure) -> None:
    wording = found.wording
    both = (f"figure:{now.id}", f"figure:{before.id}")
    cite = both[1:]
    period = rendering.period(before.period, wording)
    found.put("period_before", period, cite, "the period before")
    _silence(found, "gap_before", before)
    if before.value is None:
        return
    if before.value == 0:
        found.put("none_before", period, cite, "the period before, in which there were none")
        return
    forms = wording.unit(found.kind, before.unit)["many"]
    number = {
        language: rendering.number(before.value) + _measure(forms[language])
        for language in LANGUAGES
    }
    found.put("before", number, cite, "how many in the period before")
    if now.gaps or before.gaps or not now.value:
        return
    if now.value == before.value:
        found.put("same", number, both, "the number, which did not change")
        return
    changed = change(now, before)
    if changed and min(now.value, before.value) >= FEW:
        if changed > SHARP:
            found.put("risen", number, both, "how many in the period before the sharp rise")
            return
        text = dict.fromkeys(LANGUAGES, rendering.percent(changed))
        way = "rise" if changed > 0 else "fall"
        found.put(way, text, both, f"the {way} from the period before")


def _measure(form: str) -> str:
    """Return the measure word that Chinese puts after a number: " 個" of "{n} 個域名"."""
    after = form.partition("{n}")[2]
    return after[:2] if after[1:2] in set("個个宗起") else ""


def _silence(found: _Found, name: str, figure: Figure) -> None:
    if figure.gaps:
        gap = figure.gaps[0]
        text = rendering.span(gap.first, gap.last, found.wording)
        found.put(name, text, (f"figure:{figure.id}",), "when a source was silent")


def _indicators(found: _Found, indicators: Sequence[Indicator]) -> None:
    some = [each for each in indicators if each.kind in {"host", "url"} and each.cites]
    for place, each in enumerate(some[:MOST_EXAMPLES], start=1):
        text = dict.fromkeys(LANGUAGES, shown(each))
        found.put(f"example_{_letter(place)}", text, each.cites, "one of the indicators")
    if some:
        texts = [dict.fromkeys(LANGUAGES, shown(each)) for each in some[:MOST_EXAMPLES]]
        cites = tuple(dict.fromkeys(cite for each in some[:MOST_EXAMPLES] for cite in each.cites))
        found.put("examples", _listed(texts), cites, "examples of the indicators")


def shown(indicator: Indicator) -> str:
    """Return an indicator as people read it, defanged and on one line."""
    value = plain(indicator.value.replace("[.]", "."), 300).replace("[.]", ".")
    if indicator.kind == "url":
        scheme, mark, rest = value.replace("[://]", "://").partition("://")
        authority, slash, path = (rest if mark else scheme).partition("/")
        return defang(authority.replace("@", "[@]")) + slash + path.replace(".", "[.]")
    return defang(value) if indicator.kind in {"host", "ipv4"} else value


def quote(text: str) -> str:
    """Return a stranger's words as they may be quoted: short, on one line, nothing live in them."""
    marks = str.maketrans({"「": "『", "」": "』", "“": "‘", "”": "’", "{": "(", "}": ")"})
    return plain(text, LONGEST_QUOTE).translate(marks)


def _listed(texts: Sequence[dict[str, str]]) -> dict[str, str]:
    """Return a list without an "and": what stands in it is no prose."""
    return {
        language: (", " if language == "en" else "、").join(each[language] for each in texts)
        for language in LANGUAGES
    }


def _who(campaign: Campaign, sheet: FactSheet, region: Region) -> Texts | None:
    if campaign.brand:
        return _brand(campaign.brand, sheet, region)
    return dict.fromkeys(LANGUAGES, campaign.family) if campaign.family else None


def _brand(brand: str, sheet: FactSheet, region: Region) -> Texts:
    return brand_names(brand, {each.id: each.names for each in sheet.named}, region)


def in_a_sentence(name: Texts, wording: Wording) -> Texts:
    """Return a name as it stands in running text: some have an article in English."""
    last = name["en"].rpartition(" ")[2]
    return {**name, "en": f"the {name['en']}"} if last in wording.articles else name


def _names(names: Mapping[str, str]) -> Texts:
    """Return a name in every language, in English where one has no other."""
    return {language: names.get(language) or names["en"] for language in LANGUAGES}


def _cites(traits: Sequence[Seen[_Code]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cite for each in traits for cite in each.cites))


def _letter(place: int) -> str:
    return "abcdefghij"[place - 1]
