"""The numbers of one word and year as they stand: 编号连续性检查 (SPEC §4). Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from portal.rulebook import numbering
from portal.rulebook.numbering import Number

Sequence = tuple[str, int]
"""A word (代字) and a year."""
MOST_RUNS = 50


@dataclass(frozen=True)
class Register:
    """A sequence: where it starts, the counter, and each number in use with its kind."""

    word: str
    year: int
    start: int = 1
    value: int = 0
    taken: Mapping[int, str] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """The last number in use, 0 if none is."""
        return max(self.taken, default=0)

    @property
    def following(self) -> Number:
        """The number that is given out next."""
        return Number(self.word, self.year, max(self.value, self.last) + 1)

    @property
    def gaps(self) -> tuple[range, ...]:
        """The numbers that should be in use and are not."""
        return numbering.gaps(self.taken, start=self.start, last=self.value)

    @property
    def untouched(self) -> bool:
        """Whether no number of it was ever given out, so that its start may still be set."""
        return not self.taken and self.value == self.start - 1

    def count(self, kind: str) -> int:
        """How many numbers are in use by this kind of thing."""
        return sum(1 for found in self.taken.values() if found == kind)

    def joined_by(self, seqs: Iterable[int]) -> Register:
        """The same with these numbers of the paper backlog."""
        more = dict.fromkeys(seqs, "history")
        value = max(self.value, max(more, default=0))
        return Register(self.word, self.year, self.start, value, {**self.taken, **more})


def runs(seqs: Collection[int]) -> tuple[range, ...]:
    """Numbers as runs of consecutive ones, ascending."""
    found: list[range] = []
    for seq in sorted(set(seqs)):
        if found and seq == found[-1].stop:
            found[-1] = range(found[-1].start, seq + 1)
        else:
            found.append(range(seq, seq + 1))
    return tuple(found)


def said(spans: Iterable[range]) -> str:
    """「1号、3至5号」; of very many runs the first ones."""
    spans = list(spans)
    named = "、".join(
        f"{span.start}号" if len(span) == 1 else f"{span.start}至{span.stop - 1}号"
        for span in spans[:MOST_RUNS]
    )
    return f"{named}等{len(spans)}处" if len(spans) > MOST_RUNS else named
