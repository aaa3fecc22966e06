"""What an import of 历史编号 would do, line by line, before anything is stored. Pure."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from portal.rooms.numbers.reading import Line
from portal.rooms.numbers.register import Register, Sequence, runs
from portal.rulebook.numbering import Number

WIDEST_GAP = 1000
"""The counter never goes back: a number further than this from the one before is a slip."""
WRONG, NEW, REPEATED, KNOWN, USED = "wrong", "new", "repeated", "known", "used"
VERDICTS = {
    WRONG: "有误",
    NEW: "待登记",
    REPEATED: "重复",
    KNOWN: "已登记",
    USED: "已使用",
}


class Row(NamedTuple):
    """A line with what becomes of it, and why if it is not stored."""

    line: Line
    verdict: str
    said: str = ""


class Outlook(NamedTuple):
    """A sequence after the import: what is added, and how it would stand."""

    added: tuple[range, ...]
    after: Register


@dataclass(frozen=True)
class Plan:
    """All lines, what would be stored, and how the sequences would stand."""

    rows: tuple[Row, ...]
    new: Mapping[Number, date | None]
    outlooks: tuple[Outlook, ...]

    @property
    def sound(self) -> bool:
        """Whether no line is wrong."""
        return all(row.verdict != WRONG for row in self.rows)

    def count(self, verdict: str) -> int:
        """How many lines have this verdict."""
        return sum(1 for row in self.rows if row.verdict == verdict)

    @property
    def digest(self) -> str:
        """Names what would be stored: who confirms another plan than was shown is told so."""
        stored = sorted((number, str(day)) for number, day in self.new.items())
        return hashlib.sha256(repr(stored).encode()).hexdigest()


def plan(lines: Iterable[Line], registers: Mapping[Sequence, Register]) -> Plan:
    """What these lines would do to the sequences as they stand; one not there yet is empty."""
    first: dict[Number, Line] = {}
    rows = [_row(line, first, registers) for line in lines]
    added: dict[Sequence, list[int]] = defaultdict(list)
    for number in _stored(rows):
        added[number.word, number.year].append(number.seq)
    after = {
        sequence: registers.get(sequence, Register(*sequence)).joined_by(seqs)
        for sequence, seqs in added.items()
    }
    far = {number for register in after.values() for number in _far(register)}
    rows = [_not_far(row, far) for row in rows]
    outlooks = (Outlook(runs(added[sequence]), after[sequence]) for sequence in sorted(after))
    return Plan(tuple(rows), _stored(rows), tuple(outlooks))


def _stored(rows: Iterable[Row]) -> dict[Number, date | None]:
    return {
        row.line.number: row.line.used_on
        for row in rows
        if row.verdict == NEW and row.line.number is not None
    }


def _row(line: Line, first: dict[Number, Line], registers: Mapping[Sequence, Register]) -> Row:
    number = line.number
    if number is None:
        return Row(line, WRONG, line.wrong)
    earlier = first.setdefault(number, line)
    if earlier is not line:
        if None not in (line.used_on, earlier.used_on) and line.used_on != earlier.used_on:
            return Row(line, WRONG, f"与第{earlier.place}行为同一编号，日期不同，请核对。")
        return Row(line, REPEATED, f"与第{earlier.place}行相同，只登记一次。")
    register = registers.get((number.word, number.year))
    kind = register.taken.get(number.seq) if register else None
    if kind is None:
        return Row(line, NEW)
    if kind == "history":
        return Row(line, KNOWN, "以前已登记，不再改动。")
    return Row(line, USED, "系统中已使用，不再登记。")


def _far(register: Register) -> Iterator[Number]:
    """The numbers behind a gap too wide to be meant."""
    for gap in register.gaps:
        if len(gap) > WIDEST_GAP:
            yield Number(register.word, register.year, gap.stop)


def _not_far(row: Row, far: Collection[Number]) -> Row:
    if row.verdict == NEW and row.line.number in far:
        return Row(row.line, WRONG, f"与前一个编号之间空号超过{WIDEST_GAP}个，请核对。")
    return row
