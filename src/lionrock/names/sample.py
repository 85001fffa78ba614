"""Make up a stream of names to look at, with something to find in it, for any region."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from lionrock.core.region import Region
from lionrock.names.sample_plants import Plants
from lionrock.names.sample_words import Words, sample_words

_PLANTED: Final = 1 / 300
_SERIES: Final = 1 / 12
"""Of the planted imitations, those that begin a series; its members count as planted, too."""


def sample_names(region: Region, *, count: int = 50_000, seed: int = 1) -> Iterator[bytes]:
    """Yield ``count`` lines, line end included; the same seed gives the same lines.

    Mostly ordinary names of many kinds, in a hundredth of them with scheme, path, port or case;
    about one in 300 imitates a brand of ``region``; some are accidents (words that hold a brand's
    alias), official domains, tenants of hosting services, and garbage of every kind.
    """
    dice = random.Random(seed)  # noqa: S311  (a sample, and the same one every time)
    words = sample_words()
    plants = Plants(region, words, dice)
    ordinary = _Ordinary(region=region, words=words, dice=dice)
    waiting: list[str] = []
    for _ in range(count):
        if waiting and dice.random() < 0.2:
            name = waiting.pop()
        elif not waiting and dice.random() < _PLANTED * _SERIES / 4:
            waiting = plants.series()
            name = waiting.pop()
        elif dice.random() < _PLANTED * (1 - _SERIES):
            name = plants.one()
        else:
            name = ordinary.one()
        yield name.encode("utf-8", "surrogatepass") + b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ordinary:
    """Everything in the stream that is nobody's imitation."""

    region: Region
    words: Words
    dice: random.Random

    def one(self) -> str:
        kinds: tuple[Callable[[], str], ...] = (
            self._shop,
            self._compound,
            self._person,
            self._place,
            self._pinyin,
            self._number,
            self._short,
            self._below,
            self._international,
            self._tenant,
            self._accident,
            self._official,
            self._dressed,
            self._garbage,
        )
        weights = (24, 18, 12, 9, 9, 3, 3, 10, 1.5, 2.5, 2.5, 0.7, 1, 0.6)
        return self.dice.choices(kinds, weights)[0]()

    def _word(self, kind: str) -> str:
        return self.dice.choice(self.words.lists[kind])

    def _joined(self, *parts: str) -> str:
        return self.dice.choices(("", "-"), (7, 3))[0].join(parts)

    def _under(self, label: str) -> str:
        local = self.region.tlds and self.dice.random() < 0.06
        ending = self.dice.choice(self.region.tlds) if local else self._word("ending")
        return f"{label}.{ending}"

    def _shop(self) -> str:
        return self._under(self._joined(self._word("noun"), self._word("trade")))

    def _compound(self) -> str:
        parts = [self._word("adjective"), self._word("noun")]
        if self.dice.random() < 0.3:
            parts.append(self._word("noun"))
        return self._under(self._joined(*parts))

    def _person(self) -> str:
        parts = [self._word("first"), self._word("last")]
        if self.dice.random() < 0.4:
            parts.append(self._word("trade"))
        return self._under(self._joined(*parts))

    def _place(self) -> str:
        parts = [self._word("place"), self._word("trade" if self.dice.random() < 0.7 else "noun")]
        self.dice.shuffle(parts)
        return self._under(self._joined(*parts))

    def _pinyin(self) -> str:
        syllables = [self._word("syllable") for _ in range(self.dice.choice((2, 2, 3, 4)))]
        return self._under("".join(syllables) + self.dice.choice(("", "", "", "88", "168", "51")))

    def _number(self) -> str:
        digits = "".join(self.dice.choices("0123456789", k=self.dice.randint(3, 8)))
        return self._under(self.dice.choice(("", "", "a", "k", "w")) + digits)

    def _short(self) -> str:
        letters = "abcdefghijklmnopqrstuvwxyz"
        return self._under("".join(self.dice.choices(letters, k=self.dice.randint(3, 7))))

    def _below(self) -> str:
        """A host as certificates show them: something in front of a registered name."""
        return (
            f"{self._word('host')}.{self.dice.choice((self._shop, self._compound, self._person))()}"
        )

    def _international(self) -> str:
        script = self.dice.choice(("han", "kana", "cyrillic", "latin"))
        label = self.dice.choice(self.words.international[script])
        name = f"{label}.{self.dice.choice(self.words.international['ending'])}"
        if self.dice.random() < 0.5:
            return name
        return ".".join(
            part if part.isascii() else "xn--" + part.encode("punycode").decode("ascii")
            for part in name.split(".")
        )

    def _tenant(self) -> str:
        label = self._joined(self._word("adjective"), self._word("noun"))
        return f"{label}.{self.dice.choice(self.words.hosting)}"

    def _accident(self) -> str:
        ordinary = [a for b in self.region.brands for a in sorted(b.ordinary) if a.isascii()]
        alias = self.dice.choice(ordinary) if ordinary and self.dice.random() < 0.3 else None
        parts = [alias or self.dice.choice(self.words.accidents), self._word("noun")]
        self.dice.shuffle(parts)
        return self._under(self._joined(*parts))

    def _official(self) -> str:
        domains = [official.domain for brand in self.region.brands for official in brand.official]
        if not domains:
            return self._below()
        front = self.dice.choice(("", "www.", "www.", f"{self._word('host')}."))
        return front + self.dice.choice(domains)

    def _dressed(self) -> str:
        """An ordinary name as feeds write it: with scheme, path, port, wildcard or capitals."""
        name = self.dice.choice((self._shop, self._compound, self._below))()
        name = name.upper() if self.dice.random() < 0.3 else name
        return self.dice.choice(self.words.schemes) + name + self.dice.choice(self.words.paths)

    def _garbage(self) -> str:
        if self.dice.random() < 0.05:
            return "x" * self.dice.choice((64, 300, 5000, 10_000)) + ".example"
        return self.dice.choice(self.words.garbage)
