"""Imitations of a region's brands, in every way that triage is meant to notice."""

import random
from collections.abc import Callable, Mapping

from lionrock.core.region import Brand, Region
from lionrock.names.sample_words import Words


class Plants:
    """Makes one imitation after another, of the brands of one region."""

    def __init__(self, region: Region, words: Words, dice: random.Random) -> None:
        self._words = words
        self._dice = dice
        self._aliases = [a for brand in region.brands for a in _clear_aliases(brand)] or ["brand"]
        self._lures = [lure.word for lure in region.lures] or ["login"]
        self._domains = [o.domain for brand in region.brands for o in brand.official]
        self._foreign = [a for b in region.brands for a in b.aliases if not a.isascii()]

    def one(self) -> str:
        """Return the name of a host that imitates a brand."""
        ways: tuple[Callable[[], str], ...] = (
            self._with_lure,
            self._with_lure,
            self._with_lure,
            self._other_ending,
            self._as_subdomain,
            self._address_in_front,
            self._tenant,
            self._confusable,
            self._ascii_trick,
            self._slip,
            self._bit_flip,
            self._own_script,
        )
        return self._dice.choice(ways)()

    def series(self) -> list[str]:
        """Return several names of one pattern: letters made from an alias, digits, many endings."""
        label = self._alias().replace("-", "")[:10] + self._dice.choice(
            ("", "gov", "app", "web", "x")
        )
        first = self._dice.randint(1, 60)
        ending = self._ending()
        return [
            f"{label}{first + place}.{ending if self._dice.random() < 0.6 else self._ending()}"
            for place in range(self._dice.randint(4, 9))
        ]

    def _alias(self) -> str:
        return self._dice.choice(self._aliases)

    def _lure(self) -> str:
        return self._dice.choice(self._lures)

    def _ending(self) -> str:
        return self._dice.choice(self._words.lists["cheap"])

    def _label(self) -> str:
        alias, lure = self._alias(), self._lure()
        join = self._dice.choice(("-", "-", ""))
        label = join.join((alias, lure) if self._dice.random() < 0.6 else (lure, alias))
        return label + self._dice.choice(("", "", "", str(self._dice.randint(1, 999))))

    def _with_lure(self) -> str:
        return f"{self._label()}.{self._ending()}"

    def _other_ending(self) -> str:
        return f"{self._alias()}.{self._ending()}"

    def _as_subdomain(self) -> str:
        return f"{self._alias()}.{self._lure()}-{self._dice.randint(10, 9999)}.{self._ending()}"

    def _address_in_front(self) -> str:
        if not self._domains:
            return self._as_subdomain()
        domain = self._dice.choice(self._domains)
        return f"{domain}.{self._lure()}-{self._dice.choice('abcdefghjkmnpq')}id.{self._ending()}"

    def _tenant(self) -> str:
        return f"{self._label()}.{self._dice.choice(self._words.hosting)}"

    def _confusable(self) -> str:
        return self._changed(self._words.confusable)

    def _ascii_trick(self) -> str:
        return self._changed(self._words.ascii)

    def _changed(self, table: Mapping[str, str]) -> str:
        """Return an alias with one or two of its letters replaced by what looks like them."""
        alias = self._long_alias()
        places = [at for at, letter in enumerate(alias) if letter in table]
        if not places:
            return self._with_lure()
        chosen = set(self._dice.sample(places, min(len(places), self._dice.randint(1, 2))))
        label = "".join(
            self._pick(table[letter]) if at in chosen else letter for at, letter in enumerate(alias)
        )
        lure = self._dice.choice(("", f"-{self._lure()}"))
        return f"{label}{lure}.{self._ending()}"

    def _pick(self, like: str) -> str:
        return like if like.isascii() else self._dice.choice(like)

    def _slip(self) -> str:
        alias = self._long_alias()
        at = self._dice.randrange(1, len(alias) - 1)
        slips = (
            alias[:at] + alias[at + 1] + alias[at] + alias[at + 2 :],
            alias[:at] + alias[at + 1 :],
            alias[:at] + alias[at] + alias[at:],
            alias[:at]
            + self._dice.choice(self._words.neighbours.get(alias[at], "") or "x")
            + alias[at + 1 :],
        )
        return f"{self._dice.choice(slips)}.{self._ending()}"

    def _bit_flip(self) -> str:
        alias = self._long_alias()
        flips = [
            alias[:at] + flipped + alias[at + 1 :]
            for at, letter in enumerate(alias)
            for bit in range(5)
            if (flipped := chr(ord(letter) ^ (1 << bit))).isalnum() and flipped.islower()
        ]
        return f"{self._dice.choice(flips)}.{self._ending()}"

    def _own_script(self) -> str:
        if not self._foreign:
            return self._with_lure()
        label = self._dice.choice(self._foreign) + self._dice.choice(
            [lure for lure in self._lures if not lure.isascii()] or [""]
        )
        return f"{label}.{self._ending()}"

    def _long_alias(self) -> str:
        long = [a.replace("-", "") for a in self._aliases if len(a) >= 6]
        return self._dice.choice(long) if long else "brandname"


def _clear_aliases(brand: Brand) -> list[str]:
    return [a for a in brand.aliases if a.isascii() and len(a) >= 4 and a not in brand.ordinary]
