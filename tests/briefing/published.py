"""What was really published of five quarters.

Figures: HKCERT, Hong Kong Security Watch Report (Q1 2023), CC BY 3.0; retyped.
"""

from typing import Final

QUARTERS: Final = ("2022Q1", "2022Q2", "2022Q3", "2022Q4", "2023Q1")
DEFACEMENT: Final = (718, 118, 113, 249, 233)
PHISHING: Final = (806, 5033, 7141, 13574, 2804)
BOTS: Final = (3003, 3642, 3684, 2285, 2583)
TOTAL: Final = (4527, 8793, 10938, 16108, 5620)
CHANGES: Final = {"defacement": -6, "phishing": -79, "bots": 13, "total": -65}
"""From 2022Q4 to 2023Q1, in per cent."""
TILE: Final = 5102
"""What the report's headline said of 2023Q1, where its table adds up to ``TOTAL[-1]``."""
FAMILIES: Final[dict[str, tuple[int, int, str]]] = {
    "corebot": (120, 303, "152.5"),
    "nymaim": (165, 255, "54.5"),
    "conficker": (206, 192, "-6.8"),
    "virut": (8, 122, "1425.0"),
    "sality": (22, 50, "127.3"),
    "tinba": (116, 50, "-56.9"),
    "vpnfilter": (37, 35, "-5.4"),
    "bankpatch": (105, 21, "-80.0"),
}
"""Sizes in 2022Q4 (as the published changes imply) and 2023Q1, and the change in per cent; not all
families are known, so ``REST`` stands for what is left of the bots. Of Conficker, "-7 %" was published:
206 or 207 before, of which the first is taken."""
REST: Final = "made-up"


def families(quarter: int) -> dict[str, int]:
    """Return the sizes of families that add up to the quarter's bots."""
    known = {}
    if quarter >= 3:
        known = {
            name: before if quarter == 3 else now for name, (before, now, _) in FAMILIES.items()
        }
    return {**known, REST: BOTS[quarter] - sum(known.values())}
