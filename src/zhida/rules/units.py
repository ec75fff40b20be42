"""Unit algebra: 元/人 × 人 = 元, and 元 + 日 is an error.

A unit is a product of powers of base units. Money is any unit with 元 to the first power; its
values are int64 fen whatever stands below the line (元/人 is fen per person). ``%`` and ``‰`` mark
ratios, ``bp`` (万分之一) is a pure number counted in ten-thousandths, ``万元``/``亿元`` scale written
values and are 元 everywhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

YUAN: Final = "元"
_SCALES: Final = {"万元": 10_000, "亿元": 100_000_000}
_RATIOS: Final = {"%": 100, "‰": 1000}
_PURE: Final = frozenset({"1", "bp"})
_EN: Final = {
    "元": "yuan",
    "人": "people",
    "日": "days",
    "月": "months",
    "年": "years",
    "季": "quarters",
    "户": "businesses",
    "次": "times",
    "份": "documents",
    "件": "items",
    "家": "firms",
    "笔": "entries",
    "平方米": "square metres",
    "辆": "vehicles",
    "台": "sets",
    "吨": "tonnes",
    "千瓦时": "kWh",
    "立方米": "cubic metres",
    "小时": "hours",
}
BASE_UNITS: Final = frozenset(_EN)


class UnitError(ValueError):
    """A unit text that cannot be read; ``part`` is the piece at fault."""

    def __init__(self, text: str, part: str) -> None:
        super().__init__(f"unknown unit {part!r} in {text!r}")
        self.text, self.part = text, part


@dataclass(frozen=True, slots=True)
class Unit:
    """A product of powers of base units, sorted by name; empty for a pure number."""

    powers: tuple[tuple[str, int], ...] = ()

    def __mul__(self, other: Unit) -> Unit:
        return _unit({**dict(self.powers)}, other, 1)

    def __truediv__(self, other: Unit) -> Unit:
        return _unit({**dict(self.powers)}, other, -1)

    @property
    def yuan_power(self) -> int:
        return dict(self.powers).get(YUAN, 0)

    @property
    def is_money(self) -> bool:
        return self.yuan_power == 1

    def __str__(self) -> str:
        """The canonical text: ``元/人``, ``元·日``, ``1`` for a pure number, ``1/年`` for per year."""
        above = [n for n, p in self.powers for _ in range(p)]
        below = [n for n, p in self.powers for _ in range(-p)]
        above.sort(key=lambda name: (name != YUAN, name))
        return "/".join(["·".join(above) or "1", *below])

    def in_english(self) -> str:
        above = [_EN.get(n, n) for n, p in self.powers for _ in range(p)]
        below = [_EN.get(n, n).removesuffix("s") for n, p in self.powers for _ in range(-p)]
        below = ["person" if name == "people" else name for name in below]
        return " per ".join(["·".join(above) or "", *below]).strip()


@dataclass(frozen=True, slots=True)
class Measure:
    """A written unit: the unit, the factor its written numbers carry, and whether it is a ratio.

    A written number ``v`` means ``v * scale`` of the unit, or ``v / ratio`` when ``ratio`` > 0.
    """

    unit: Unit
    scale: int = 1
    ratio: int = 0


def _unit(powers: dict[str, int], other: Unit, sign: int) -> Unit:
    for name, power in other.powers:
        powers[name] = powers.get(name, 0) + sign * power
    return Unit(tuple(sorted((n, p) for n, p in powers.items() if p)))


PURE: Final = Unit()
MONEY: Final = Unit(((YUAN, 1),))
PEOPLE: Final = Unit((("人", 1),))
DAYS: Final = Unit((("日", 1),))
MONTHS: Final = Unit((("月", 1),))
YEARS: Final = Unit((("年", 1),))


def read_measure(text: str, known: frozenset[str] = frozenset()) -> Measure:
    """Read a written unit; UnitError when a part of it is not a base unit.

    ``known`` adds the vocabulary's own base units to the built-in ones.
    """
    bases = BASE_UNITS | known
    above, *below = (part.strip() for part in text.strip().split("/"))
    if above.startswith("1") and not below and above != "1":
        raise UnitError(text, above)
    unit, scale, ratio = PURE, 1, 0
    for part in above.replace("×", "·").split("·"):
        if part in _RATIOS and not ratio:
            ratio = _RATIOS[part]
        elif part in _SCALES:
            unit, scale = unit * MONEY, scale * _SCALES[part]
        elif part not in _PURE:
            unit = unit * _base(part, text, bases)
    for part in below:
        unit = unit / _base(part, text, bases)
    if above == "1" and below:
        ratio = 1
    return Measure(unit, scale, ratio)


def _base(part: str, text: str, bases: frozenset[str]) -> Unit:
    if part not in bases:
        raise UnitError(text, part)
    return Unit(((part, 1),))
