"""The table of indicators: SPEC §6.2, row by row.

An indicator counts rows of one relation (`facts`): those that `belongs` says, and of them those
that `counts` says, or the days that `days` says, where there are any. `belongs` asks the item's own
columns only, so that the rest is looked up for the rows of the period alone. `formula` is what the
reader is told.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, true

from portal.figures.asking import Asked
from portal.item.counted import within
from portal.item.lights import DONE, HANDED_IN
from portal.rulebook import policy

Kind = Literal["count", "items", "rate", "mean"]
Relation = Literal["items", "points", "notices", "extensions", "returns", "shares"]
Clause = Callable[[Any, Asked], ColumnElement[bool]]
OPEN_LEVEL: Final = next(row.number for row in policy.CURRENT.levels if row.default_days is None)
"""四级: without a number of days, counted separately."""


class Indicator(NamedTuple):
    """A line of the table.

    `kind`: how many rows; of how many different items; a share in per cent; a mean of days with
    its median. `unit` stands behind the number. `part` and `whole` name numerator and denominator.
    """

    key: str
    label: str
    kind: Kind
    relation: Relation
    belongs: Clause
    unit: str
    formula: str
    counts: Clause = lambda _row, _asked: true()
    days: Callable[[Any, Asked], ColumnElement[int]] | None = None
    part: str = ""
    whole: str = ""
    day: tuple[str, str] = ("", "")
    """The day by which its rows are listed: the relation's column, and what it is called."""


def _in(day: Any, asked: Asked) -> ColumnElement[bool]:
    return within(day, *asked.period)


def _stands(row: Any) -> ColumnElement[bool]:
    """Neither voided nor refused (SPEC §6.2)."""
    return and_(row.state.not_in(("void", "rejected")))


def _done(row: Any) -> ColumnElement[bool]:
    return and_(row.state.in_(DONE))


def _waits(row: Any) -> ColumnElement[bool]:
    """PEND: handed in by the unit's head and being judged."""
    return and_(row.state.in_(HANDED_IN))


def _filed(row: Any, asked: Asked) -> ColumnElement[bool]:
    return and_(_in(row.filed_on, asked), row.state != "void")


def _issued(row: Any, asked: Asked) -> ColumnElement[bool]:
    return and_(_in(row.issued_on, asked), _stands(row), row.state != "exempted")


def _due_in(row: Any, asked: Asked) -> ColumnElement[bool]:
    given = and_(row.issued_on.is_not(None), _stands(row), row.state != "exempted")
    return and_(_in(row.due_effective, asked), given)


def _due_set(row: Any, asked: Asked) -> ColumnElement[bool]:
    """D: due in the period and closed, or past its day and not being judged."""
    past = and_(row.due_effective < asked.as_of, ~_waits(row))
    return and_(_due_in(row, asked), or_(_done(row), past))


def _pending(row: Any, asked: Asked) -> ColumnElement[bool]:
    return and_(_due_in(row, asked), _waits(row))


def _in_time(row: Any, due: Any) -> ColumnElement[bool]:
    return and_(_done(row), row.completed_on <= due)


def _met(row: Any, _asked: Asked) -> ColumnElement[bool]:
    """Answered on or before its day."""
    return and_(row.met_on.is_not(None), row.met_on <= row.due)


def _owed(row: Any, asked: Asked) -> ColumnElement[bool]:
    """A day in the period that has passed while the item ran, or was met before it came."""
    ran = or_(row.ended_on.is_(None), row.due <= row.ended_on)
    passed = and_(row.due < asked.as_of, ran)
    return and_(_in(row.due, asked), _stands(row), or_(passed, _met(row, asked)))


def _on_day(row: Any, asked: Asked) -> ColumnElement[bool]:
    return and_(_in(row.day, asked), _stands(row))


def _closed(row: Any, asked: Asked, *, open_level: bool) -> ColumnElement[bool]:
    level = row.level == OPEN_LEVEL if open_level else row.level != OPEN_LEVEL
    return and_(_in(row.closed_on, asked), _done(row), level)


def _red(row: Any, _asked: Asked) -> ColumnElement[bool]:
    return and_(row.red, _stands(row))


INDICATORS: Final = (
    Indicator(
        "filed", "立项数", "count", "items", _filed, "项",
        "统计期内立项备案的事项，不含已作废的。",
        day=("filed_on", "立项备案"),
    ),
    Indicator(
        "closed", "办结率", "rate", "items", _issued, "%",
        "统计期内交办的事项中已办结销号的，除以统计期内交办的事项（不含免于督办的）。",
        counts=lambda row, _asked: _done(row), part="已办结", whole="已交办",
        day=("issued_on", "交办日期"),
    ),
    Indicator(
        "due_closed", "到期办结率", "rate", "items", _due_set, "%",
        "现行时限在统计期内的事项中已办结销号的，除以已办结或已过时限的；"
        "待审的不计入，免于督办的不计入。",
        counts=lambda row, _asked: _done(row), part="已办结", whole="到期应办结",
        day=("due_effective", "现行时限"),
    ),
    Indicator(
        "pending", "待审项数", "count", "items", _pending, "项",
        "现行时限在统计期内、单位负责人已交件而尚在审核的事项，不计入到期应办结。",
        day=("due_effective", "现行时限"),
    ),
    Indicator(
        "on_time", "按时办结率", "rate", "items", _due_set, "%",
        "到期应办结的事项中，单位负责人交件不晚于现行时限并已销号的，除以到期应办结的。",
        counts=lambda row, _asked: _in_time(row, row.due_effective),
        part="按时办结", whole="到期应办结",
        day=("due_effective", "现行时限"),
    ),
    Indicator(
        "on_time_original", "原定时限办结率", "rate", "items", _due_set, "%",
        "到期应办结的事项中，单位负责人交件不晚于原定时限并已销号的，除以到期应办结的。",
        counts=lambda row, _asked: _in_time(row, row.due_original),
        part="按原定时限办结", whole="到期应办结",
        day=("due_original", "原定时限"),
    ),
    Indicator(
        "feedback", "反馈及时率", "rate", "points", _owed, "%",
        "统计期内到期的反馈期次中，书面报告在当期日期或以前报送的，除以到期的反馈期次。",
        counts=_met, part="按期反馈", whole="应反馈",
        day=("due", "反馈日期"),
    ),
    Indicator(
        "urged", "被催办次数", "count", "notices", _on_day, "次",
        "统计期内发出的催办通知单，不含已作废的；计入被催办的单位。",
        day=("day", "催办日期"),
    ),
    Indicator(
        "items_urged", "被催办件数", "items", "notices", _on_day, "项",
        "统计期内收到催办通知单的事项，一项只计一次。",
        day=("day", "催办日期"),
    ),
    Indicator(
        "extended", "延期次数", "count", "extensions", _on_day, "次",
        "统计期内批准的延期督办申请。",
        day=("day", "批准日期"),
    ),
    Indicator(
        "returned", "退回次数", "count", "returns", _on_day, "次",
        "统计期内党政办退回补充的反馈、退回补正的办结申请、认定不符合办结要求的次数之和。",
        day=("day", "退回日期"),
    ),
    Indicator(
        "days_used", "平均办理天数（一至三级）", "mean", "items",
        lambda row, asked: _closed(row, asked, open_level=False), "天",
        "统计期内销号的一至三级事项，自交办之日至单位负责人交件之日的自然日数的平均值。",
        days=lambda row, _asked: row.completed_on - row.issued_on, part="天数合计", whole="项数",
        day=("closed_on", "销号日期"),
    ),
    Indicator(
        "days_used_open", "平均办理天数（四级）", "mean", "items",
        lambda row, asked: _closed(row, asked, open_level=True), "天",
        "统计期内销号的四级事项，自交办之日至单位负责人交件之日的自然日数的平均值。",
        days=lambda row, _asked: row.completed_on - row.issued_on, part="天数合计", whole="项数",
        day=("closed_on", "销号日期"),
    ),
    Indicator(
        "overdue", "逾期件数", "count", "items", _red, "项",
        "截至统计日亮红灯的事项，不论何时交办。",
        day=("due_effective", "现行时限"),
    ),
    Indicator(
        "overdue_days", "平均逾期天数", "mean", "items",
        lambda row, asked: and_(_red(row, asked), row.due_effective < asked.as_of), "天",
        "截至统计日亮红灯的事项，自现行时限至统计日的自然日数的平均值；长期事项不计入。",
        days=lambda row, asked: asked.as_of - row.due_effective, part="天数合计", whole="项数",
        day=("due_effective", "现行时限"),
    ),
    Indicator(
        "shared", "协办件数", "count", "shares",
        lambda row, asked: and_(_in(row.day, asked), _stands(row)), "项",
        "统计期内交办、由本单位协办的事项。",
        day=("day", "交办日期"),
    ),
    Indicator(
        "shared_on_time", "协办及时率", "rate", "shares", _owed, "%",
        "协办时限在统计期内到期的协办任务中，在协办时限或以前报送完成情况的，除以到期的协办任务。",
        counts=_met, part="按时报送", whole="到期",
        day=("due", "协办时限"),
    ),
)  # fmt: skip
BY_KEY: Final = {row.key: row for row in INDICATORS}
