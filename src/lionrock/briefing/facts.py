"""The fact sheet: all that a draft may say, in a closed schema. Writers get nothing else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final, Generic, TypeVar

from lionrock.core.alerts import LANGUAGES, Bulletin, Impact, Indicator, Kind
from lionrock.core.figures import Figure

LONGEST_NAME: Final = 80
"""Characters of a product, vendor, family or publisher: names, not sentences."""
MOST: Final = 5_000
"""Entries of one list of a sheet."""

REFERENCE: Final = re.compile(
    r"(figure|episode|suspect|trend|case|source|fact):[A-Za-z0-9][A-Za-z0-9._:@/-]*"
)
"""As ``lionrock.core.alerts.Sentence`` takes it."""
_NAME: Final = re.compile(r"[\w+#&'’()/,:!. -]+")
_VERSIONS: Final = re.compile(r"[\w+,:!<=>()~*. -]+")
_CVE: Final = re.compile(r"CVE-[0-9]{4}-[0-9]{4,7}")


class Channel(StrEnum):
    """How it reaches people."""

    SMS = "sms"
    EMAIL = "email"
    SEARCH_AD = "search-ad"
    MESSENGER = "messenger"
    CALL = "call"
    SOCIAL = "social"
    QR_CODE = "qr-code"
    WEBSITE = "website"
    USB = "usb"


class Theme(StrEnum):
    """What a message or page pretends."""

    BILL = "bill"
    SUSPENSION = "suspension"
    ACCOUNT = "account"
    SECURITY = "security"
    PARCEL = "parcel"
    REFUND = "refund"
    REWARD = "reward"
    PRIZE = "prize"
    SUBSIDY = "subsidy"
    TAX = "tax"
    TOLL = "toll"
    JOB = "job"
    INVESTMENT = "investment"
    DONATION = "donation"
    TICKET = "ticket"


class Asks(StrEnum):
    """What it wants of people."""

    CARD = "card"
    PASSWORD = "password"  # noqa: S105  # a kind of thing, no secret
    ONE_TIME_CODE = "one-time-code"
    IDENTITY = "identity"
    PHONE = "phone"
    PERSONAL = "personal"
    DEVICE_LINK = "device-link"
    APP = "app"
    TRANSFER = "transfer"
    WALLET = "wallet"


class Trick(StrEnum):
    """How a domain name imitates."""

    OFFICIAL_WORD = "official-word"
    """The letters of an official ending inside a name: ``wsdgov``."""
    OFFICIAL_LABEL = "official-label"
    """A sub-domain that reads like an official ending: ``wsd.igov``."""
    SWAPPED = "swapped"
    """Letters swapped, doubled, left out or added: ``goiv``, ``wssd``."""
    HYPHEN = "hyphen"
    OTHER_ENDING = "other-ending"
    LOOKALIKE = "lookalike"
    """Characters of other scripts."""
    TENANT = "tenant"
    """A free sub-domain below a name that somebody else registered."""
    WORDS = "words"
    """The brand's name with other words."""


class Shared(StrEnum):
    """What the hosts of a campaign share, or how they hide."""

    CERTIFICATE = "certificate"
    ADDRESS = "address"
    NETWORK = "network"
    REGISTRAR = "registrar"
    HIDES = "hides"
    """They show something else to whom they take for a scanner."""
    FRESH = "fresh"
    """Their names were registered days before."""
    IN_REGION = "in-region"


class Behaviour(StrEnum):
    """What malware or a botnet does."""

    STEALS_PASSWORDS = "steals-passwords"
    STEALS_BANKING = "steals-banking"
    READS_MESSAGES = "reads-messages"
    ENCRYPTS = "encrypts"
    LOADS_MORE = "loads-more"
    REMOTE_CONTROL = "remote-control"
    SPREADS = "spreads"
    DDOS = "ddos"
    PROXY = "proxy"
    SPAM = "spam"
    MINES = "mines"
    DEFAULT_PASSWORDS = "default-passwords"
    EXPLOITS = "exploits"


class Device(StrEnum):
    """What is attacked."""

    ROUTER = "router"
    CAMERA = "camera"
    RECORDER = "recorder"
    NAS = "nas"
    TV_BOX = "tv-box"
    IOT = "iot"
    WINDOWS = "windows"
    ANDROID = "android"
    SERVER = "server"
    WEBSITE = "website"


class Occasion(StrEnum):
    """A public event that attackers will use."""

    OUTAGE = "outage"
    DATA_LEAK = "data-leak"
    LAUNCH = "launch"
    SCHEME = "scheme"
    SALE = "sale"
    HOLIDAY = "holiday"
    DISASTER = "disaster"
    CLOSURE = "closure"
    DEADLINE = "deadline"


class Origin(StrEnum):
    """Whose words a source holds; only what one of the first four wrote is linked."""

    VENDOR = "vendor"
    CERT = "cert"
    AUTHORITY = "authority"
    PARTNER = "partner"
    NEWS = "news"
    REPORT = "report"
    """What somebody reported to us."""
    PAGE = "page"
    """What attackers wrote: a page, a message."""

    @property
    def linked(self) -> bool:
        """Its address may stand in an alert."""
        return self in {Origin.VENDOR, Origin.CERT, Origin.AUTHORITY, Origin.PARTNER}


Code = TypeVar("Code", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen(Generic[Code]):
    """One trait and the references that show it."""

    what: Code
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosting:
    """Where something stands: a country (ISO 3166-1 alpha-2) and network, and the figure of how much there."""

    country: str
    figure: str
    asn: int | None = None
    holder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """What goes on together: a phishing campaign, a malware family, a botnet.

    ``ref`` is the reference under which it is kept, which also holds its dates, brand and family.
    """

    ref: str
    since: date | None = None
    last: date | None = None
    brand: str | None = None
    family: str | None = None
    channels: tuple[Seen[Channel], ...] = ()
    themes: tuple[Seen[Theme], ...] = ()
    asks: tuple[Seen[Asks], ...] = ()
    tricks: tuple[Seen[Trick], ...] = ()
    shared: tuple[Seen[Shared], ...] = ()
    behaviours: tuple[Seen[Behaviour], ...] = ()
    devices: tuple[Seen[Device], ...] = ()
    hosting: tuple[Hosting, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What is affected, and up to which version; the maker mends it no more at its ``end_of_life``."""

    name: str
    versions: str = ""
    end_of_life: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """A vulnerability, or several that are mended together; ``cites`` name the advisories that say so.

    ``remote`` is whether an attacker needs no foot in the system.
    """

    vendor: str
    products: tuple[Product, ...]
    cves: tuple[str, ...]
    impacts: tuple[Impact, ...]
    exploited: bool
    proof_public: bool
    patched: bool
    cites: tuple[str, ...]
    remote: bool = True
    several: bool | None = None
    """More than one, where the advisory gives fewer numbers than flaws; ``None`` counts ``cves``."""

    @property
    def bulletin(self) -> Bulletin:
        """What a bulletin keeps of it."""
        return Bulletin(
            vendor=self.vendor,
            products=tuple(f"{each.name} {each.versions}".strip() for each in self.products),
            cves=self.cves,
            impacts=self.impacts,
            exploited=self.exploited,
            proof_public=self.proof_public,
            patched=self.patched,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A public event of which an analyst expects that attackers use it."""

    ref: str
    what: Occasion
    on: date
    cites: tuple[str, ...]
    brand: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A figure, the one before it, and what is usual in as much time: ids of figures of the sheet."""

    now: str
    before: str | None = None
    usual: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Words of a source. They are shown to readers only where a person chose them (``shown``)."""

    text: str
    shown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where something is said."""

    id: str
    origin: Origin
    publisher: str
    title: str = ""
    url: str = ""
    published: date | None = None
    quotes: tuple[Quote, ...] = ()

    @property
    def ref(self) -> str:
        """The reference to it."""
        return f"source:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A fact in an analyst's own words, in all languages; ``cites`` say what that rests on, if on more."""

    id: str
    text: dict[str, str]
    cites: tuple[str, ...] = ()

    @property
    def ref(self) -> str:
        """The reference to it."""
        return f"fact:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Somebody outside the region's catalogue of brands, named by an analyst in all languages."""

    id: str
    names: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSheet:
    """All that is known for one draft, as of ``now``.

    ``counts`` begin with the most telling one. ``brands`` are ids of the region's catalogue, or of
    ``named``, that may be named. Everything that is cited resolves within the sheet.
    """

    id: str
    kind: Kind
    now: datetime
    figures: tuple[Figure, ...] = ()
    counts: tuple[Count, ...] = ()
    campaign: Campaign | None = None
    related: tuple[Campaign, ...] = ()
    """Variants: what else the same people, or others in the same way, do."""
    flaw: Flaw | None = None
    event: Event | None = None
    indicators: tuple[Indicator, ...] = ()
    sources: tuple[Source, ...] = ()
    said: tuple[Said, ...] = ()
    brands: tuple[str, ...] = ()
    named: tuple[Named, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a sheet whose parts do not belong together."""
        wrong = next(iter(problems(self)), None)
        if wrong:
            raise ValueError(f"fact sheet {self.id}: {wrong}")

    @property
    def cves(self) -> tuple[str, ...]:
        """The vulnerabilities that may be named."""
        return self.flaw.cves if self.flaw else ()

    def figure(self, figure_id: str) -> Figure:
        """Return a figure by its id."""
        return next(each for each in self.figures if each.id == figure_id)

    def references(self) -> frozenset[str]:
        """Return everything that can be cited."""
        campaigns = [each for each in (self.campaign, *self.related) if each]
        return frozenset(
            {
                *(f"figure:{each.id}" for each in self.figures),
                *(each.ref for each in self.sources),
                *(each.ref for each in self.said),
                *(each.ref for each in campaigns),
                *((self.event.ref,) if self.event else ()),
                *(cite for each in self.indicators for cite in each.cites),
            }
        )


def problems(sheet: FactSheet) -> Iterator[str]:
    """Say what is wrong with a sheet: ids that stand twice, references to nothing, names that are none."""
    if sheet.now.tzinfo is None:
        yield "its time has no zone"
    if sheet.kind is Kind.ANTICIPATORY and sheet.event is None:
        yield "it expects something, and does not say of which event"
    for what, ids in (
        ("figure", [each.id for each in sheet.figures]),
        ("source", [each.id for each in sheet.sources]),
        ("fact", [each.id for each in sheet.said]),
    ):
        if len(set(ids)) < len(ids):
            yield f"two of one id among its {what}s"
    figures = {each.id for each in sheet.figures}
    for count in sheet.counts:
        for each in (count.now, count.before, count.usual):
            if each is not None and each not in figures:
                yield f"it counts by {each!r}, which is no figure of it"
    known = sheet.references()
    for cite in _cited(sheet):
        if not REFERENCE.fullmatch(cite):
            yield f"{cite!r} is no reference"
        elif cite not in known:
            yield f"it cites {cite}, which it does not hold"
    for campaign in (sheet.campaign, *sheet.related):
        if campaign is None:
            continue
        if campaign.brand and campaign.brand not in sheet.brands:
            yield f"{campaign.brand!r} is not among the brands it may name"
        for place in campaign.hosting:
            if place.figure not in figures:
                yield f"it counts hosts by {place.figure!r}, which is no figure of it"
            if not re.fullmatch(r"[A-Z]{2}", place.country):
                yield f"{place.country!r} is no country in two capital letters"
    if sheet.event and sheet.event.brand and sheet.event.brand not in sheet.brands:
        yield f"{sheet.event.brand!r} is not among the brands it may name"
    for name in _names(sheet):
        if not is_name(name):
            yield f"{name[:LONGEST_NAME]!r} is no name"
    for product in sheet.flaw.products if sheet.flaw else ():
        versions = product.versions
        if versions and not (len(versions) <= LONGEST_NAME and _VERSIONS.fullmatch(versions)):
            yield f"{versions[:LONGEST_NAME]!r} are no versions"
    for cve in sheet.cves:
        if not _CVE.fullmatch(cve):
            yield f"{cve!r} is no CVE number"
    for source in sheet.sources:
        if source.url and not re.fullmatch(r"https://[!-~]{4,500}", source.url):
            yield f"the address of source {source.id} is no https:// address"
    for texts in (*(each.text for each in sheet.said), *(each.names for each in sheet.named)):
        if set(texts) != set(LANGUAGES):
            yield f"a text is not told in {', '.join(LANGUAGES)}"
    for size in (sheet.figures, sheet.indicators, sheet.sources, sheet.said, sheet.related):
        if len(size) > MOST:
            yield f"a list of it has more than {MOST} entries"


def is_name(text: str) -> bool:
    """Tell whether a text can be the name of a product, maker, family or publisher."""
    return (
        0 < len(text) <= LONGEST_NAME
        and text == " ".join(text.split())
        and _NAME.fullmatch(text) is not None
        and "//" not in text
        and any(character.isalpha() for character in text)
    )


def as_utc(when: datetime) -> datetime:
    """Return a time in UTC."""
    return when.astimezone(UTC)


def _cited(sheet: FactSheet) -> Iterator[str]:
    for campaign in (sheet.campaign, *sheet.related):
        if campaign is not None:
            yield campaign.ref
            for traits in (
                *(campaign.channels, campaign.themes, campaign.asks, campaign.tricks),
                *(campaign.shared, campaign.behaviours, campaign.devices),
            ):
                for seen in traits:
                    yield from seen.cites
    if sheet.flaw:
        yield from sheet.flaw.cites
    if sheet.event:
        yield sheet.event.ref
        yield from sheet.event.cites
    for indicator in sheet.indicators:
        yield from indicator.cites
    for said in sheet.said:
        yield said.ref
        yield from said.cites
    for source in sheet.sources:
        yield source.ref


def _names(sheet: FactSheet) -> Iterator[str]:
    for campaign in (sheet.campaign, *sheet.related):
        if campaign and campaign.family is not None:
            yield campaign.family
    if sheet.flaw:
        yield sheet.flaw.vendor
        for product in sheet.flaw.products:
            yield product.name
    for source in sheet.sources:
        yield source.publisher
