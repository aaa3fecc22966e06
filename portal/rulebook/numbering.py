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

from sqlalchemy.dialects.postgresql import insert

from portal.clock import shanghai_day
from portal.extensions import db
from portal.models import NumberSequence

_OPENING: Final = re.escape("〔[(【{")
_CLOSING: Final = re.escape("〕])】}")
_TYPED: Final = re.compile(
    rf"(?P<word>\D+?)[{_OPENING}](?P<year>20[0-9]{{2}})[{_CLOSING}]第?0*(?P<seq>[1-9][0-9]*)号?"
)


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

    `words` are the 代字 of the college. ValueError if it is not a number of one of them.
    """
    plain = "".join(unicodedata.normalize("NFKC", typed).split())
    found = _TYPED.fullmatch(plain)
    if found is None or found["word"] not in words:
        raise ValueError(f"not a number of {'、'.join(words)}: {typed}")
    return Number(found["word"], int(found["year"]), int(found["seq"]))


def normalise(typed: str, words: Collection[str]) -> str:
    """The one correct form of a number; ValueError as `parse`."""
    return str(parse(typed, words))


def filing_year(filed: date | datetime) -> int:
    """The year a number filed now belongs to: the Shanghai year of a day or an aware instant."""
    return (shanghai_day(filed) if isinstance(filed, datetime) else filed).year


def gaps(taken: Collection[int], *, start: int = 1) -> tuple[int, ...]:
    """Missing numbers of one sequence from `start` to its last (编号连续性检查), ascending."""
    used = set(taken)
    return tuple(seq for seq in range(start, max(used, default=start)) if seq not in used)


def following(taken: Collection[int], *, start: int = 1) -> int:
    """The number after the last one taken, `start` if none was."""
    return max(taken, default=start - 1) + 1


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
