"""The command that checks a region pack."""

import sys
from collections import Counter
from pathlib import Path

from cyclopts import App

from lionrock import regions
from lionrock.briefing import wording
from lionrock.core.errors import TryLater
from lionrock.core.region import Region, check_region
from lionrock.jobs.exits import Exit
from lionrock.names.suffixes import Suffixes

app = App(name="region", help="Region packs: whose brands are watched, which words lure there.")

SHIPPED = regions.available()


@app.command
def check(pack: str | None = None, /) -> int:
    """Say what is wrong in a region pack, and where; end with 1 when anything is.

    One line per problem (file, entry, what is wrong), then what the pack holds.

    For example:

        lionrock region check hk
        lionrock region check ./our-region

    Parameters
    ----------
    pack
        The code of a shipped pack or a folder that holds one; every shipped pack when left out.
    """
    wrong = [one for one in ((pack,) if pack else SHIPPED) if not _is_sound(one)]
    return Exit.FOUND if wrong else Exit.FINE


def _is_sound(pack: str) -> bool:
    """Print what is wrong in the pack and what it holds."""
    folder = None if pack in SHIPPED else Path(pack)
    if folder is not None and not folder.is_dir():
        raise TryLater(f"{pack} is neither a shipped pack ({', '.join(SHIPPED)}) nor a folder")
    region, problems = regions.draft(pack, folder)
    problems += check_region(region, is_suffix=Suffixes.bundled().is_suffix)
    problems += wording.problems(pack, folder)
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    sys.stdout.write(_summary(region, len(problems)))
    return not problems


def _summary(region: Region, problems: int) -> str:
    domains = [official for brand in region.brands for official in brand.official]
    checked = sum(official.source is not None for official in domains)
    sectors = Counter(brand.sector for brand in region.brands)
    rows = [
        (f"region {region.code}", f"{problems} problems"),
        ("brands", str(len(region.brands))),
        *((f"  {sector}", str(count)) for sector, count in sorted(sectors.items())),
        ("aliases", str(sum(len(brand.aliases) for brand in region.brands))),
        ("official domains", str(len(domains))),
        ("  checked", str(checked)),
        ("  unchecked", str(len(domains) - checked)),
        ("lure words", str(len(region.lures))),
    ]
    return "".join(f"{name:<20} {count:>12}\n" for name, count in rows)
