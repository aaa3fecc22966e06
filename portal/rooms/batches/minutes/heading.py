"""What the head of 会议纪要 says: which meeting (事项来源), its number, its day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

MEETINGS: Final = (
    ("party_committee", re.compile(r"党委(?:常委)?会")),
    ("president_meeting", re.compile(r"[院校]长办公会")),
    ("special_meeting", re.compile(r"专[题项]会|专项工作|协调会|推进会|工作会")),
)
NUMBER: Final = re.compile(r"[〔\[(【（]\s*(20\d\d)\s*[〕\])】）]\s*第?\s*(\d{1,4})\s*[号期次]")
DAY: Final = re.compile(r"(20\d\d)\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
TITLE: Final = re.compile(r"\S{0,198}纪要")
"""Bounded: a page of text without a blank would be looked through anew from each of its signs."""
LONGEST: Final = 200


class Heading(NamedTuple):
    """The source of all items: its type (empty: not recognised), 立项依据 in words, its day."""

    source_type: str
    source_ref: str
    day: date | None


def read_heading(lines: Sequence[str], college: str) -> Heading:
    """第十条（二）: from the lines before the first matter."""
    text = "\n".join(lines)
    titled = next((found[0] for line in lines if (found := TITLE.search(line))), "")
    title = titled.removeprefix(college)
    number = NUMBER.search(text)
    ref = title + (f"〔{number[1]}〕{int(number[2])}号" if number and title else "")
    kinds = (kind for kind, pattern in MEETINGS if pattern.search(title or text))
    return Heading(next(kinds, ""), ref[:LONGEST], _day(text))


def _day(text: str) -> date | None:
    """The first whole date: of the meeting (时间), which stands before that of the paper."""
    for found in DAY.finditer(text):
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            continue
    return None
