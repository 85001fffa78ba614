"""A small catalogue for tests of triage: invented brands beside a few that everybody knows."""

from collections.abc import Mapping

from lionrock.core.region import Brand, Lure, OfficialDomain, Region
from lionrock.names.catalogue import Catalogue

WORDS: Mapping[str, int] = {
    "health": 900,
    "payments": 200,
    "payment": 500,
    "post": 700,
    "house": 700,
    "posthouse": 30,
    "login": 300,
    "online": 900,
    "steam": 120,
    "line": 300,
    "shop": 900,
    "the": 900,
    "cooking": 200,
    "revolution": 200,
    "micro": 200,
    "soft": 300,
    "secure": 300,
    "verify": 200,
    "pay": 500,
    "all": 600,
    "my": 900,
    "code": 500,
    "bay": 400,
    "one": 800,
}


def brand(
    name: str,
    *aliases: str,
    ordinary: tuple[str, ...] = (),
    official: tuple[str, ...] = (),
    company: tuple[str, ...] = (),
) -> Brand:
    """Return a brand with those aliases."""
    return Brand(
        id=name,
        names={"en": name.title()},
        sector="shop",
        home="global",
        aliases=aliases or (name,),
        ordinary=frozenset(ordinary),
        official=tuple(OfficialDomain(domain=domain) for domain in official),
        company=company,
    )


REGION = Region(
    code="xx",
    names={"en": "Nowhere"},
    timezone="UTC",
    languages=("en",),
    tlds=("xx",),
    sectors={"shop": {"en": "Shops"}},
    brands=(
        brand(
            "harborbank", "harborbank", "harbor-bank", "海港銀行", official=("harborbank.com.xx",)
        ),
        brand("payme", official=("payme.xx",)),
        brand("paypal", official=("paypal.com",)),
        brand("steam", ordinary=("steam",), official=("steampowered.com",), company=("community",)),
        brand("microsoft", official=("microsoft.com", "azurewebsites.net")),
        brand("revolut", official=("revolut.com",)),
        brand("sthous"),
        brand("ebay", "ebay", "e-bay"),
    ),
    lures=(
        Lure(word="login", kind="login"),
        Lure(word="verify", kind="login"),
        Lure(word="secure", kind="login"),
        Lure(word="shop", kind="shop"),
    ),
    closed=("gov.xx",),
)
CATALOGUE = Catalogue(REGION, WORDS)
