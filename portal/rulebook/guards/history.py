"""Conditions of 补录历史事项: a matter of the paper years, with the number and the days it had."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import select

from portal.extensions import db
from portal.models import NumberSequence
from portal.rulebook.guards.situation import Situation
from portal.rulebook.numbering import Number
from portal.rulebook.refusals import Unmet


class Past(NamedTuple):
    """What the paper says of a matter that is finished: its number, its days, what came of it and
    where the papers lie. `due` is None of a long-running one without an end."""

    number: Number
    filed_on: date
    issued_on: date
    due: date | None
    completed_on: date
    archived_on: date
    result: str = ""
    location: str = ""


NAMES = {
    "filed_on": "备案日期", "issued_on": "交办日期", "completed_on": "办结日期",
    "archived_on": "归档日期",
}  # fmt: skip


def number_of_the_past(situation: Situation) -> None:
    """SPEC §4: of the year it was filed in, and from before the portal itself gave numbers: an
    earlier year, or before the 首号 of this one."""
    past: Past = situation.values["past"]
    number, today = past.number, situation.moment.day
    if number.year != past.filed_on.year:
        raise _wrong("number", f"{number}的年度与备案日期不符，请核对。")
    if number.year < today.year or number.seq < _first(number):
        return
    raise _wrong("number", f"{number}不是启用本系统以前的编号，请按立项程序办理。")


def days_in_order(situation: Situation) -> None:
    """备案, 交办, 办结 and 归档 follow one another, none of them after today."""
    past: Past = situation.values["past"]
    for before, after in pairwise(NAMES):
        if getattr(past, after) < getattr(past, before):
            raise _wrong(after, f"{NAMES[after]}早于{NAMES[before]}，请核对。")
    if past.archived_on > situation.moment.day:
        raise _wrong("archived_on", "归档日期晚于今天，请核对。")
    if past.due is not None and past.due < past.issued_on:
        raise _wrong("due", "完成时限早于交办日期，请核对。")


def _first(number: Number) -> int:
    """The first number of a year that the portal gives out itself."""
    wanted = NumberSequence.word == number.word, NumberSequence.year == number.year
    return db.session.scalar(select(NumberSequence.start).where(*wanted)) or 1


def _wrong(field: str, said: str) -> Unmet:
    return Unmet(said, article="16(7)", fields={field: said})
