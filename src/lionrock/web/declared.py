"""Every setting with its kind, its default and one sentence, so that code and reference never differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One environment variable.

    ``kind`` is one word for what the value is (folder, text, address, language, number);
    ``default`` is what counts when the variable is absent or empty, as it would be written there.
    """

    name: str
    kind: str
    default: str
    sentence: str


DATA: Final = Setting(
    name="LIONROCK_DATA",
    kind="folder",
    default="~/.local/share/lionrock",
    sentence="The folder that holds the database, the secrets and everything else worth a backup.",
)
DATABASE: Final = Setting(
    name="LIONROCK_DATABASE",
    kind="address",
    default="",
    sentence="Where the records are kept: empty for a SQLite file in the data folder, "
    "or postgresql://user:password@host:port/name.",
)
URL: Final = Setting(
    name="LIONROCK_URL",
    kind="address",
    default="http://localhost:8000",
    sentence="The address people type to reach the console; https here switches on secure cookies "
    "and strict transport security.",
)
LISTEN: Final = Setting(
    name="LIONROCK_LISTEN",
    kind="address",
    default="127.0.0.1:8000",
    sentence="The address and port the console listens on, behind a proxy where there is one.",
)
REGION: Final = Setting(
    name="LIONROCK_REGION",
    kind="text",
    default="hk",
    sentence="The code of the region pack: whose brands are watched, which time zone pages show.",
)
LANGUAGE: Final = Setting(
    name="LIONROCK_LANGUAGE",
    kind="language",
    default="en",
    sentence="The language of pages for people who have not chosen one: en, zh-hant or zh-hans.",
)
WORKERS: Final = Setting(
    name="LIONROCK_WORKERS",
    kind="number",
    default="1",
    sentence="How many processes answer pages.",
)
PROXIES: Final = Setting(
    name="LIONROCK_PROXIES",
    kind="number",
    default="0",
    sentence="How many trusted proxies stand in front and add themselves to X-Forwarded-For.",
)
WORKER: Final = Setting(
    name="LIONROCK_WORKER",
    kind="text",
    default="",
    sentence="The name of this worker, the same after every restart and no other's; empty for the "
    "machine's name and a number.",
)
INTERNAL: Final = Setting(
    name="LIONROCK_INTERNAL",
    kind="networks",
    default="",
    sentence="Private networks that feeds may be collected from, separated by spaces: 10.1.0.0/16. "
    "All others are refused, so that nobody else's redirect leads into the house.",
)

KEEP_DELIVERIES: Final = Setting(
    name="LIONROCK_KEEP_DELIVERIES",
    kind="number",
    default="180",
    sentence="After how many days the bytes of a delivery, and its rejects, are removed; until then "
    "it can be read again.",
)
KEEP_EVENTS: Final = Setting(
    name="LIONROCK_KEEP_EVENTS",
    kind="number",
    default="400",
    sentence="After how many days an event, and the text of letters and answers about it, is removed; "
    "counts by day stay.",
)
KEEP_SECRET: Final = Setting(
    name="LIONROCK_KEEP_SECRET",
    kind="number",
    default="90",
    sentence="After how many days events and deliveries under TLP:RED or TLP:AMBER+STRICT are removed.",
)
KEEP_EPISODES: Final = Setting(
    name="LIONROCK_KEEP_EPISODES",
    kind="number",
    default="800",
    sentence="After how many days without a new event an episode is removed.",
)

TELL_DAYS: Final = Setting(
    name="LIONROCK_TELL_DAYS",
    kind="number",
    default="30",
    sentence="Nobody is told of what was last seen more than so many days before it came in: a delivery "
    "of last year's reports is kept and counted, and wakes nobody. 0 for no limit.",
)

CONTACT: Final = Setting(
    name="LIONROCK_CONTACT",
    kind="text",
    default="",
    sentence="A mail address or page that requests to certificate logs name, so that whoever runs a log can "
    "reach you before shutting you out; empty names none.",
)
LLM_URL: Final = Setting(
    name="LIONROCK_LLM_URL",
    kind="address",
    default="",
    sentence="A large language model's server that speaks OpenAI's chat completions (vLLM, Ollama, "
    "llama.cpp, a hosted one), up to and with /v1; empty to ask none. Whoever runs it learns which names "
    "you look at: they are sent there, with the titles of their pages and the brands' names, and nothing "
    "else.",
)
LLM_MODEL: Final = Setting(
    name="LIONROCK_LLM_MODEL",
    kind="text",
    default="",
    sentence="The model to ask for there, as that server calls it.",
)
LLM_KEY: Final = Setting(
    name="LIONROCK_LLM_KEY",
    kind="text",
    default="",
    sentence="The key that the server wants; empty for none.",
)
LLM_ANSWERS: Final = Setting(
    name="LIONROCK_LLM_ANSWERS",
    kind="text",
    default="schema",
    sentence="How answers are held to their form: schema, by the server itself, or prompt, by asking for "
    "it, where a server knows no JSON schemas.",
)
LLM_SECONDS: Final = Setting(
    name="LIONROCK_LLM_SECONDS",
    kind="number",
    default="60",
    sentence="How long one answer may take.",
)
LLM_AT_ONCE: Final = Setting(
    name="LIONROCK_LLM_AT_ONCE",
    kind="number",
    default="2",
    sentence="How many questions may be under way at the same time.",
)
OPINION_NAMES: Final = Setting(
    name="LIONROCK_OPINION_NAMES",
    kind="number",
    default="10",
    sentence="How many names one question for a second opinion holds.",
)
OPINION_CALLS: Final = Setting(
    name="LIONROCK_OPINION_CALLS",
    kind="number",
    default="100",
    sentence="How many questions for second opinions a day may hold; 0 for none.",
)
OPINION_TOKENS: Final = Setting(
    name="LIONROCK_OPINION_TOKENS",
    kind="number",
    default="500000",
    sentence="How many tokens, asked and answered, second opinions may cost in a day; 0 for none.",
)
OPINION_WITHOUT: Final = Setting(
    name="LIONROCK_OPINION_WITHOUT",
    kind="text",
    default="",
    sentence="Beginnings of the sources whose names are sent to no model, separated by spaces: a partner's "
    "list that must not travel.",
)

SETTINGS: Final[tuple[Setting, ...]] = (
    DATA,
    DATABASE,
    URL,
    LISTEN,
    REGION,
    LANGUAGE,
    WORKERS,
    PROXIES,
    WORKER,
    INTERNAL,
    KEEP_DELIVERIES,
    KEEP_EVENTS,
    KEEP_SECRET,
    KEEP_EPISODES,
    TELL_DAYS,
    CONTACT,
    LLM_URL,
    LLM_MODEL,
    LLM_KEY,
    LLM_ANSWERS,
    LLM_SECONDS,
    LLM_AT_ONCE,
    OPINION_NAMES,
    OPINION_CALLS,
    OPINION_TOKENS,
    OPINION_WITHOUT,
)


def text(setting: Setting, environment: Mapping[str, str]) -> str:
    """Return the setting's value, or its default when it is absent or empty."""
    return environment.get(setting.name, "").strip() or setting.default


def number(setting: Setting, environment: Mapping[str, str]) -> int:
    """Return the setting as a whole number of at least 0; raise ImproperlyConfigured otherwise."""
    value = text(setting, environment)
    if not value.isascii() or not value.isdigit():
        raise ImproperlyConfigured(f"{setting.name} must be a whole number, not {value!r}")
    return int(value)


def server(setting: Setting, environment: Mapping[str, str]) -> str:
    """Return the setting as the address of a server on the web, without a final slash; "" when absent."""
    value = text(setting, environment).rstrip("/")
    try:
        parts = urlsplit(value)
        readable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        readable = False
    if value and not readable:
        raise ImproperlyConfigured(f"{setting.name} must be http:// or https:// and a host name")
    return value


def networks(
    setting: Setting, environment: Mapping[str, str]
) -> tuple[IPv4Network | IPv6Network, ...]:
    """Return the setting's networks; raise ImproperlyConfigured when a word is none."""
    words = text(setting, environment).replace(",", " ").split()
    try:
        return tuple(ip_network(word) for word in words)
    except ValueError as error:
        raise ImproperlyConfigured(f"{setting.name}: {error}") from error
