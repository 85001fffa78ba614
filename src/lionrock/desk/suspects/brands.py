"""Looks brands up in the region pack, by id: the pages and the store ask the same questions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.conf import settings
from django.utils.translation import get_language

from lionrock.core.region import Brand, Region
from lionrock.desk.suspects.series import Vocabulary, long_enough, series_key, vocabulary
from lionrock.regions import load


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandBook:
    """A region's brands by id, with the words that names imitating them are built from."""

    region: Region
    by_id: dict[str, Brand]
    lures: frozenset[str]
    vocabularies: dict[str, Vocabulary] = field(default_factory=dict, compare=False)
    """Filled as brands are asked for: a scan asks for the same ones over and over."""

    def sector(self, brand: str) -> str:
        """Return the sector's id, "" when the brand is not in the pack."""
        found = self.by_id.get(brand)
        return found.sector if found else ""

    def official(self, brand: str) -> tuple[str, ...]:
        """Return the brand's official domains."""
        found = self.by_id.get(brand)
        return tuple(official.domain for official in found.official) if found else ()

    def name(self, brand: str) -> str:
        """Return the brand's name in the reader's language, else English, else its id."""
        found = self.by_id.get(brand)
        return _in_reader_language(found.names, brand) if found else brand

    def sector_name(self, sector: str) -> str:
        """Return the sector's name in the reader's language, else English, else its id."""
        return _in_reader_language(self.region.sectors.get(sector, {}), sector)

    def series(self, label: str, brand: str) -> str:
        """Return the series key of a registrable label that imitates ``brand``."""
        words = self.vocabularies.get(brand)
        if words is None:
            words = self.vocabularies[brand] = self._vocabulary(brand)
        return series_key(label, brand=brand, words=words)

    def _vocabulary(self, brand: str) -> Vocabulary:
        found = self.by_id.get(brand)
        own = {part for domain in self.official(brand) for part in domain.split(".")}
        return vocabulary(
            aliases=found.aliases if found else (), words=self.lures | long_enough(own)
        )


def book_of(region: Region) -> BrandBook:
    """Return the region's brands, ready to be asked."""
    return BrandBook(
        region=region,
        by_id={brand.id: brand for brand in region.brands},
        lures=long_enough([lure.word.replace("-", "") for lure in region.lures]),
    )


@lru_cache(maxsize=1)
def current() -> BrandBook:
    """Return the brands of the region this installation serves."""
    return book_of(load(settings.LIONROCK_REGION))


def _in_reader_language(names: Mapping[str, str], fallback: str) -> str:
    """Pick from names per language tag; Django writes tags in lower case, the pack as in BCP 47."""
    wanted = (get_language() or "en").lower()
    by_tag = {tag.lower(): name for tag, name in names.items()}
    return by_tag.get(wanted) or by_tag.get("en") or fallback
