"""Says who publishes an alert and where its pages stand: what every format of it is made with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from lionrock.core.alerts import LANGUAGES, Alert
from lionrock.letters.notice import offset


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """The team whose alerts these are, and the public site they stand on.

    ``authority`` is a host of the team's (``cert.example``). The ids of everything published are made
    from it, so it never changes, wherever the site moves. ``names`` and ``pages`` map each language to
    the team's name and to the address of an alert's page, where ``{slug}`` stands for its last part.
    ``home`` is the site's front page (``https://cert.example/``), which every page hangs under. ``area`` names the region by language; ``countries`` are its
    two-letter codes.
    """

    authority: str
    names: Mapping[str, str]
    home: str
    pages: Mapping[str, str]
    zone: tzinfo
    address: str = ""
    phone: str = ""
    area: Mapping[str, str] = field(default_factory=dict)
    countries: tuple[str, ...] = ()
    licence: str = ""
    """Under which terms others may pass the words on, as an SPDX expression (``CC-BY-4.0``)."""

    def __post_init__(self) -> None:
        """Refuse a publisher that could not sign a page in every language."""
        if not (set(self.names) >= set(LANGUAGES) <= set(self.pages)):
            raise ValueError(f"a publisher has a name and pages in {', '.join(LANGUAGES)}")
        if not all("{slug}" in page for page in self.pages.values()):
            raise ValueError("the address of a page has a place for the {slug}")
        if not (self.home.startswith("https://") and self.home.endswith("/")):
            raise ValueError("the site's front page is https:// and ends with a slash")

    def page(self, alert: Alert, language: str) -> str:
        """Return the address of the alert's page in a language."""
        return self.pages[language].replace("{slug}", alert.slug)

    def tag(self, alert: Alert, language: str) -> str:
        """Return the id (a tag URI, RFC 4151) of the alert in a language, the same for all versions."""
        return f"tag:{self.authority},{alert.published.year}:alert/{alert.id}/{language}"

    def clock(self, at: datetime) -> str:
        """Return a time as people of the region read it."""
        local = at.astimezone(self.zone)
        return f"{local:%Y-%m-%d %H:%M} {offset(local)}"
