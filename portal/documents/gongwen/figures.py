"""The figures of a period in words (SPEC §6.2), for 学期报告 and 通报; counted elsewhere and kept
with the document, so that it says for ever what it said."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from portal.documents.gongwen.content import Column, Table
from portal.documents.gongwen.outline import day_in_cell

NO_RATE = "—"


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Counts and rates of a period. A rate is a percentage with one decimal, 「66.7」; None: there
    is nothing it could be a share of."""

    filed: int
    by_category: tuple[
        tuple[str, int], ...
    ]  # 「批示类」 and how many, in the order of the articles
    issued: int
    closed: int
    closed_rate: str | None
    due: int
    due_rate: str | None
    on_time_rate: str | None
    pending: int  # handed in, being judged
    feedback_rate: str | None
    overdue: int
    extended: int
    exempted: int
    urged: int  # notices issued
    urged_items: int
    inspected: int


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What was in work before, what came, how it went, what is left (SPEC P32)."""

    opening: int
    entered: int
    reopened: int
    closed: int
    exempted: int
    void: int
    open: int


@dataclass(frozen=True)
class Unfinished:
    """An item that is not closed when it should be."""

    number: str
    title: str
    unit: str  # short name
    due: dt.date | None  # None: 长期
    days_over: int = 0
    progress: str = ""


def rate(value: str | None) -> str:
    """「66.7%」, or 「—」."""
    return NO_RATE if value is None else f"{value}%"


def whole(figures: Figures) -> str:
    """总体情况 in two paragraphs."""
    kinds = "、".join(f"{name}{count}项" for name, count in figures.by_category)
    sorts = f"，其中{kinds}" if kinds else ""
    notices = f"（涉及{figures.urged_items}项）" if figures.urged else ""
    pending = f"，另有{figures.pending}项已交件待审" if figures.pending else ""
    return (
        f"共立项{figures.filed}项{sorts}。已交办{figures.issued}项，办结{figures.closed}项，"
        f"办结率{rate(figures.closed_rate)}；到期应办结{figures.due}项，"
        f"到期办结率{rate(figures.due_rate)}，按时办结率{rate(figures.on_time_rate)}{pending}。"
        f"反馈及时率{rate(figures.feedback_rate)}。\n"
        f"逾期未办结{figures.overdue}项，批准延期{figures.extended}次，"
        f"免于督办{figures.exempted}项；发出催办通知单{figures.urged}份{notices}，"
        f"开展实地督查{figures.inspected}次。"
    )


def flow(balance: Balance) -> str:
    """「期初在办5项，本期新增22项，办结6项，期末在办21项。」; what did not occur is not said."""
    again = f"（含恢复督办{balance.reopened}项）" if balance.reopened else ""
    exempted = f"，免于督办{balance.exempted}项" if balance.exempted else ""
    void = f"，作废{balance.void}项" if balance.void else ""
    return (
        f"期初在办{balance.opening}项，本期新增{balance.entered}项{again}，"
        f"本期办结{balance.closed}项{exempted}{void}，期末在办{balance.open}项。"
    )


def unfinished_table(items: tuple[Unfinished, ...]) -> Table:
    """未办结事项 as a table."""
    return Table(
        (
            Column("序号", 2.8, centred=True),
            Column("文号", 7.4, centred=True),
            Column("事项", 13),
            Column("牵头单位", 6, centred=True),
            Column("完成时限", 5.6, centred=True),
            Column("逾期\n天数", 3.2, centred=True),
            Column("进展情况", 15),
        ),
        tuple(
            (
                str(number),
                item.number,
                item.title,
                item.unit,
                day_in_cell(item.due) if item.due else "长期",
                str(item.days_over) if item.days_over else NO_RATE,
                item.progress,
            )
            for number, item in enumerate(items, 1)
        ),
    )
