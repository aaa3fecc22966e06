"""Bars as numbers for SVG: lengths in per cent of the picture's width, heights in px; pure.

The pictures have no viewBox, so that their words keep their size on every screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from portal.rooms.ledger.stats.counting import Month, Number

LABEL: Final = 27.0
"""Where rows begin, right of their labels."""
LONGEST: Final = 66.0
"""The longest row."""
ROW: Final = 32
SAID_FROM: Final = 6.0
"""A segment shorter than this has no room for its number; the table has it."""

PLOT: Final = 170
"""Height of the plot of columns, its top at `TOP`."""
TOP: Final = 20
LEFT: Final = 7.0
MOST_LABELS: Final = 8
STEPS: Final = (1, 2, 5)


class Segment(NamedTuple):
    """A part of a row: its colour's name, number and place."""

    kind: str
    label: str
    number: Number
    x: float
    width: float

    @property
    def said(self) -> bool:
        """Whether its number has room in it."""
        return self.width >= SAID_FROM

    @property
    def middle(self) -> float:
        """Where its number stands."""
        return self.x + self.width / 2


class Row(NamedTuple):
    """A row: its label, its segments, where it ends, how many there are."""

    label: str
    y: int
    segments: list[Segment]
    end: float
    total: int


class Given(NamedTuple):
    """What a row shows: its label, and (colour, word, number) of each segment."""

    label: str
    parts: Sequence[tuple[str, str, Number]]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(number.n or 0 for _kind, _label, number in self.parts)


def rows_of(given: Iterable[Given]) -> list[Row]:
    """Rows one below the other, all on one scale; what is none has no segment."""
    all_rows = list(given)
    most = max((row.total for row in all_rows), default=0)
    return [_row(row, place * ROW, most) for place, row in enumerate(all_rows)]


def _row(row: Given, y: int, most: int) -> Row:
    x, segments = LABEL, []
    for kind, label, number in row.parts:
        if number.n:
            width = LONGEST * number.n / most
            segments.append(Segment(kind, label, number, x, width))
            x += width
    return Row(row.label, y, segments, x, row.total)


def share(number: Number, most: int) -> float:
    """The length of a bar that has a picture of its own, beside the longest one."""
    return 100 * (number.n or 0) / max(1, most)


class Column(NamedTuple):
    """An upright bar. `top` is its upper edge, `middle` where its number stands."""

    kind: str
    label: str
    number: Number
    x: float
    width: float
    top: float
    height: float

    @property
    def middle(self) -> float:
        """Its axis."""
        return self.x + self.width / 2


class Slot(NamedTuple):
    """A month of the picture: where its label stands (empty: no room), its bars."""

    label: str
    middle: float
    columns: list[Column]


class Tick(NamedTuple):
    """A line of the scale."""

    value: int
    y: float


class Trend(NamedTuple):
    """Months side by side on one scale."""

    slots: list[Slot]
    ticks: list[Tick]


def trend_of(months: Sequence[Month]) -> Trend:
    """立项 and 销号 side by side for each month."""
    numbers = [one for month in months for one in (month.filed, month.closed)]
    scale = ticks(max((one.n or 0 for one in numbers), default=0))
    slot = (100 - LEFT) / max(1, len(months))
    every = -(-len(months) // MOST_LABELS)
    slots = []
    for place, month in enumerate(months):
        x = LEFT + place * slot
        first = month.days.first
        label = f"{first.month}月" if first and place % every == 0 else ""
        parts = (("filed", "立项", month.filed), ("closed", "销号", month.closed))
        columns = [
            _column(kind, word, number, x + slot * (0.16 + 0.36 * nth), slot * 0.32, scale[-1])
            for nth, (kind, word, number) in enumerate(parts)
            if number.n
        ]
        slots.append(Slot(label, x + slot / 2, columns))
    return Trend(slots, [Tick(value, _y(value, scale[-1])) for value in scale])


def _column(kind: str, label: str, number: Number, x: float, width: float, most: int) -> Column:
    top = _y(number.n or 0, most)
    return Column(kind, label, number, x, width, top, TOP + PLOT - top)


def _y(value: int, most: int) -> float:
    return TOP + PLOT * (1 - value / most)


def ticks(most: int) -> list[int]:
    """Round values from 0 to the first that is not below `most`, at most six steps."""
    size = 1
    while True:
        for step in STEPS:
            if step * size * 6 >= most:
                count = max(1, -(-most // (step * size)))
                return [step * size * number for number in range(count + 1)]
        size *= 10
