"""文号, 第十二条, 第十六条第（一）项 and annexes 1 to 3: 「阿职督办〔2026〕35号」.

Per word (代字) and year from 1, no gap, no reuse, no leading zero; brackets U+3014 and U+3015.
The year is the Shanghai year of the filing day and stays for life.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from datetime import date, datetime
from typing import Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from portal.clock import shanghai_day
from portal.extensions import db
from portal.models import NumberSequence

LARGEST: Final = 999_999
"""No sequence grows past six figures."""
_OPENING: Final = re.escape("〔[(【{")
_CLOSING: Final = re.escape("〕])】}")
_TYPED: Final = re.compile(
    rf"(?P<word>[^0-9{_OPENING}]+)[{_OPENING}](?P<year>[0-9]+)[{_CLOSING}]第?(?P<seq>[0-9]+)号?"
)

_SOUGHT: Final = re.compile(
    rf"(?P<word>[^0-9{_OPENING}]*)"
    rf"(?:[{_OPENING}]?(?P<year>20[0-9]{{2}})(?:[{_CLOSING}]|年|[-–—/_.]))?"
    r"第?0*(?P<seq>[1-9][0-9]{0,5})号?"
)
_BETWEEN_FIGURES: Final = re.compile(r"(?<=[0-9])\s+(?=[0-9])")


class NotANumber(ValueError):
    """What was typed is no 文号; `reason` says why in a sentence."""

    def __init__(self, typed: str, reason: str) -> None:
        super().__init__(f"not a number: {typed} ({reason})")
        self.reason = reason


class Number(NamedTuple):
    """A 文号: its 代字, its year, its place in the sequence."""

    word: str
    year: int
    seq: int

    def __str__(self) -> str:
        return f"{self.word}〔{self.year}〕{self.seq}号"

    @property
    def short(self) -> str:
        """「〔2026〕18号」 for lists; documents print the whole number."""
        return f"〔{self.year}〕{self.seq}号"


def parse(typed: str, words: Collection[str]) -> Number:
    """Read a number as people type it: any brackets, spaces, 「第」, leading zeros.

    `words` are the 代字 of the college. NotANumber if it is not a number of one of them.
    """
    found = _TYPED.fullmatch("".join(unicodedata.normalize("NFKC", typed).split()))
    reason = _why_not(found, words)
    if found is None or reason:
        raise NotANumber(typed, reason)
    return Number(found["word"], int(found["year"]), int(found["seq"]))


def _why_not(found: re.Match[str] | None, words: Collection[str]) -> str:
    """What is wrong with a number as typed; empty if nothing."""
    if found is None:
        return f"不是文号，应写作“{next(iter(words), '')}〔2026〕35号”的形式。"
    if found["word"] not in words:
        return f"代字“{found['word']}”不是本校的代字（{'、'.join(words)}）。"
    if not re.fullmatch("20[0-9]{2}", found["year"]):
        return "年份应为四位全称，如〔2026〕。"
    seq = found["seq"].lstrip("0")
    if not seq:
        return "编号从1开始，没有0号。"
    return "顺序号不超过六位。" if len(seq) > len(str(LARGEST)) else ""


class Sought(NamedTuple):
    """What of a 文号 was typed to find it: the 代字 it may have, its year, if one was said."""

    words: tuple[str, ...]
    year: int | None
    seq: int


def sought(typed: str, words: Collection[str]) -> Sought | None:
    """Which numbers may be meant by what somebody types to find one: a whole 文号, a part of its
    代字, 「2026-18」, 「[2026]18」, 「18号」, 「18」; None if it is no number."""
    plain = _BETWEEN_FIGURES.sub("-", unicodedata.normalize("NFKC", typed).strip())
    found = _SOUGHT.fullmatch("".join(plain.split()))
    if found is None:
        return None
    said = found["word"].removesuffix("第")
    meant = tuple(word for word in words if said in word)
    year = int(found["year"]) if found["year"] else None
    return Sought(meant, year, int(found["seq"])) if meant else None


def normalise(typed: str, words: Collection[str]) -> str:
    """The one correct form of a number; NotANumber as `parse`."""
    return str(parse(typed, words))


def filing_year(filed: date | datetime) -> int:
    """The year a number filed now belongs to: the Shanghai year of a day or an aware instant."""
    return (shanghai_day(filed) if isinstance(filed, datetime) else filed).year


def gaps(taken: Collection[int], *, start: int = 1, last: int = 0) -> tuple[range, ...]:
    """Missing numbers of one sequence (编号连续性检查), as runs, ascending.

    From `start`, or from 1 once a number before it is in use, to the last one in use or `last`,
    whichever is greater.
    """
    missing, expected = [], 1 if min(taken, default=start) < start else start
    end = max(last, max(taken, default=0)) + 1
    for seq in (*sorted(set(taken)), end):
        if seq > expected:
            missing.append(range(expected, seq))
        expected = seq + 1
    return tuple(missing)


def hold(word: str, year: int) -> NumberSequence:
    """The counter of a word and a year, locked until the caller's transaction ends.

    Made if there is none yet. Who holds several takes them in the order of word and year.
    """
    made = insert(NumberSequence).values(word=word, year=year)
    db.session.execute(made.on_conflict_do_nothing())
    held = select(NumberSequence).filter_by(word=word, year=year).with_for_update()
    return db.session.scalars(held, execution_options={"populate_existing": True}).one()


def take(word: str, day: date) -> Number:
    """The next number of the word in the year of `day`, in the caller's transaction.

    The row stays locked until that transaction ends; if it fails, the number was never given.
    Take it last: 64 filings at once queue here, and only here.
    """
    year = filing_year(day)
    row = insert(NumberSequence).values(word=word, year=year, value=1)
    upsert = row.on_conflict_do_update(
        index_elements=[NumberSequence.word, NumberSequence.year],
        set_={"value": NumberSequence.value + 1},
    ).returning(NumberSequence.value)
    return Number(word, year, db.session.execute(upsert).scalar_one())
