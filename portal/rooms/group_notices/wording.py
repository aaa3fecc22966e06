"""The text of a reminder for a unit's group: formal, with numbers and dates, ready to paste."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from portal.rulebook.deadline_texts import long_date

HEAD: Final = "【督办事项提醒】"
TAIL: Final = (
    "请按时限要求抓紧办理，及时报送进展。不能按期办结的，牵头单位最迟于到期前{days}天提出书面申请；"
    "已报送的，请忽略本提醒。"
)
NO_DETAILS: Final = "请勿在群内讨论事项的具体内容。"
NUMERALS: Final = "一二三"


class Reminded(NamedTuple):
    """An item as the text names it: its title, its number (empty: none), what is to be said."""

    title: str
    number: str
    said: str


class Matters(NamedTuple):
    """What a unit is reminded of; an item stands once among the dates, and once more if it also
    owes reports."""

    late: tuple[Reminded, ...] = ()
    this_week: tuple[Reminded, ...] = ()
    missing: tuple[Reminded, ...] = ()

    def __bool__(self) -> bool:
        return any(self)


class Sender(NamedTuple):
    """Who signs: the office or the unit itself (`own`), and whom to ask."""

    office: str
    contact: str
    own: bool = False


PARTS: Final = (
    ("late", "逾期事项", "逾期{count}项"),
    ("this_week", "本周到期事项", "本周到期{count}项"),
    ("missing", "欠报进展事项", "欠报进展{count}项"),
)


def text_of(unit: str, matters: Matters, today: date, notice_days: int, sender: Sender) -> str:
    """The whole text; empty without anything to be reminded of."""
    if not matters:
        return ""
    parts = [(label, count, getattr(matters, name)) for name, label, count in PARTS]
    given = [(label, count.format(count=len(rows)), rows) for label, count, rows in parts if rows]
    counts = "，".join(count for _label, count, _rows in given)
    whose = "本单位" if sender.own else "贵单位"
    lines = [
        HEAD,
        f"{unit}：",
        f"截至{long_date(today)}，{whose}承办的督办事项中，{counts}。",
    ]
    for numeral, (label, _count, rows) in zip(NUMERALS, given, strict=False):
        lines += [f"{numeral}、{label}", *_rows(rows)]
    asked = f"联系人：{sender.contact}。"
    lines += [TAIL.format(days=notice_days) + NO_DETAILS + asked, sender.office, long_date(today)]
    return "\n".join(lines)


def _rows(rows: Sequence[Reminded]) -> list[str]:
    return [
        f"{place}.{row.title}{f'（{row.number}）' if row.number else ''}，{row.said}"
        + ("。" if place == len(rows) else "；")
        for place, row in enumerate(rows, start=1)
    ]
