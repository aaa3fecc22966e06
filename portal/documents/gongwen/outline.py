"""Numbers of headings, 附件说明, dates: words that PDF and Word share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

from portal.documents.gongwen.content import Annex, Block, Heading

DIGITS: Final = "〇一二三四五六七八九"
COLON: Final = "："
ATTACHED: Final = f"附件{COLON}"


def chinese(number: int) -> str:
    """「十二」 of a number from 1 to 99. ValueError for another."""
    if not 1 <= number <= 99:
        raise ValueError("headings are counted from 1 to 99")
    tens, ones = divmod(number, 10)
    lead = {0: "", 1: "十"}.get(tens, f"{DIGITS[tens]}十")
    return lead + (DIGITS[ones] if ones else "")


def label(level: int, number: int) -> str:
    """What stands before the heading: 「三、」, 「（三）」, 「3.」, 「（3）」."""
    marks = {1: "{han}、", 2: "（{han}）", 3: "{number}.", 4: "（{number}）"}
    han = chinese(number) if level < 3 else ""
    return marks[level].format(han=han, number=number)


def numbered(blocks: Sequence[Block]) -> Iterator[tuple[Block, str]]:
    """The blocks, headings with their numbers; a heading begins anew those below it."""
    counts = [0] * 5
    for block in blocks:
        if not isinstance(block, Heading):
            yield block, ""
            continue
        counts[block.level] += 1
        counts[block.level + 1 :] = [0] * (4 - block.level)
        yield block, label(block.level, counts[block.level])


def lines(text: str) -> list[str]:
    """The paragraphs of a text, without empty ones."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def attached(titles: Sequence[str]) -> list[tuple[str, str]]:
    """附件说明 line by line: what stands before a name (「附件：1.」, 「2.」) and the name.

    A single one has no number.
    """
    if len(titles) == 1:
        return [(ATTACHED, titles[0])]
    return [
        (f"{ATTACHED if number == 1 else ''}{number}.", title)
        for number, title in enumerate(titles, 1)
    ]


def annex_label(annexes: Sequence[Annex], number: int) -> str:
    """「附件2」 at the head of an annex; 「附件」 of a single one."""
    return f"附件{number}" if len(annexes) > 1 else "附件"


def day(date: dt.date) -> str:
    """成文日期: 「2026年11月3日」."""
    return f"{date.year}年{date.month}月{date.day}日"


def day_in_cell(date: dt.date) -> str:
    """The same in a narrow cell: the year in a line of its own."""
    return day(date).replace("年", "年\n", 1)


def quoted(text: str) -> str:
    """「“×××”」; quotation marks within it become single ones (GB/T 15834)."""
    return f"“{text.replace('“', '‘').replace('”', '’')}”"
