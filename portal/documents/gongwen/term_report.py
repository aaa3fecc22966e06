"""学期报告 (第二十条, SPEC §5.8): to 学校党委、行政, with 台账, 未办结事项清单 and 催办情况一览表.

Sensitive items are never in it (SPEC §7.5): whoever fills it leaves them out.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from portal.documents.checks import MOST_PARTS
from portal.documents.gongwen.content import (
    Annex,
    Block,
    Column,
    Gongwen,
    Heading,
    Paragraph,
    Signature,
    Table,
)
from portal.documents.gongwen.figures import (
    Balance,
    Figures,
    Unfinished,
    flow,
    unfinished_table,
    whole,
)
from portal.documents.gongwen.outline import day, day_in_cell

NAME = "学期报告"
ADDRESSED = ("学校党委", "行政")
LEDGER, UNFINISHED, URGED = "督办事项台账", "未办结事项清单", "催办情况一览表"
NONE = "无。"


@dataclass(frozen=True)
class LedgerRow:
    """An item in the annexed 台账."""

    number: str
    title: str
    category: str
    level: str
    unit: str
    leader: str
    issued_on: dt.date | None
    due: str  # 「2026年11月24日前」, 「长期（每30天反馈）」
    state: str


@dataclass(frozen=True)
class UrgeRow:
    """A 催办通知单 in the annexed list."""

    number: str
    title: str
    unit: str
    issued_on: dt.date
    limit: dt.date
    outcome: str


@dataclass(frozen=True, kw_only=True)
class TermReport:
    """What the report of a term says. Texts are the office's own; an empty one prints 「无。」.

    `balance` and `as_of` (and `digest`, that of the counted data) stand in a report whose figures
    were taken by the portal; `ledger_digest`, that of the day's 时点台账, where the day was over.
    """

    term: str  # 「2026—2027学年第一学期」
    figures: Figures
    practices: str  # 主要做法
    good: str  # 推进落实较好的事项和单位
    overdue: str  # 逾期未办结事项
    late_reports: str  # 反馈不及时
    coordination: str  # 协同不够
    next_steps: str
    signed_by: str  # 「党政办公室」
    day: dt.date
    ledger: tuple[LedgerRow, ...]
    unfinished: tuple[Unfinished, ...]
    urged: tuple[UrgeRow, ...]
    balance: Balance | None = None
    as_of: dt.date | None = None
    digest: str = ""
    ledger_digest: str = ""
    control_code: str = ""


def compose(report: TermReport) -> Gongwen:
    """The report in 公文 style, its lists on landscape pages."""
    return Gongwen(
        name=NAME,
        title=f"关于{report.term}督办督查事项推进落实情况的报告",
        addressed=ADDRESSED,
        body=(Paragraph(_opening(report)), *_body(report)),
        annexes=(
            Annex(LEDGER, (_listed(_ledger(report.ledger)),), landscape=True),
            Annex(UNFINISHED, (_listed(unfinished_table(report.unfinished)),), landscape=True),
            Annex(URGED, (_listed(_urged(report.urged)),), landscape=True),
        ),
        signature=Signature(report.signed_by, report.day),
        control_code=report.control_code,
    )


def _listed(table: Table) -> Block:
    """The table; one that is too long for a paper is told, and printed as 台账 (decision 0099)."""
    if len(table.rows) <= MOST_PARTS:
        return table
    return Paragraph(f"共{len(table.rows)}项，不逐项列印，另按统计期打印台账附后。")


def _source(report: TermReport) -> list[Block]:
    """As of which day it was counted, and by which data; not a note at the end, which would take a
    page of its own now and then."""
    if not report.digest or report.as_of is None:
        return []
    said = f"以上数据截至{day(report.as_of)}，数据校验值（SHA-256）为{report.digest[:16]}。"
    if (
        report.ledger_digest
    ):  # whole, for it is what 时点台账 compares; in parts, for lines to break
        parts = (report.ledger_digest[n : n + 16] for n in range(0, len(report.ledger_digest), 16))
        said += f"当日时点台账校验值（SHA-256）为{' '.join(parts)}。"
    return [Paragraph(said)]


def _opening(report: TermReport) -> str:
    return (
        f"按照《督办督查工作办法（试行）》第二十条规定，现将{report.term}"
        "督办督查事项推进落实情况报告如下。"
    )


def _body(report: TermReport) -> list[Block]:
    return [
        Heading("总体情况"),
        Paragraph(f"本学期{whole(report.figures)}"),
        *([Paragraph(flow(report.balance))] if report.balance is not None else ()),
        *_source(report),
        *_section("主要做法", report.practices),
        *_section("推进落实较好的事项和单位", report.good),
        Heading("存在的主要问题"),
        *_section("逾期未办结事项", report.overdue, 2),
        *_section("反馈不及时", report.late_reports, 2),
        *_section("协同不够", report.coordination, 2),
        *_section("下一步工作安排", report.next_steps),
    ]


def _section(heading: str, text: str, level: int = 1) -> list[Block]:
    return [Heading(heading, 2 if level == 2 else 1), Paragraph(text.strip() or NONE)]


def _ledger(rows: tuple[LedgerRow, ...]) -> Table:
    return Table(
        (
            Column("序号", 2.8, centred=True),
            Column("文号", 7.4, centred=True),
            Column("事项", 10.5),
            Column("类别", 4.8, centred=True),
            Column("等级", 2.8, centred=True),
            Column("牵头单位", 5.5, centred=True),
            Column("责任\n校领导", 4.8, centred=True),
            Column("交办日期", 5.6, centred=True),
            Column("完成时限", 6.4, centred=True),
            Column("办理状态", 4.8, centred=True),
        ),
        tuple(
            (
                str(number),
                row.number,
                row.title,
                row.category,
                row.level,
                row.unit,
                row.leader,
                day_in_cell(row.issued_on) if row.issued_on else "",
                row.due,
                row.state,
            )
            for number, row in enumerate(rows, 1)
        ),
    )


def _urged(rows: tuple[UrgeRow, ...]) -> Table:
    return Table(
        (
            Column("序号", 2.8, centred=True),
            Column("催办文号", 7.4, centred=True),
            Column("事项", 16),
            Column("被催办单位", 6.5, centred=True),
            Column("催办日期", 5.6, centred=True),
            Column("催办限期", 5.6, centred=True),
            Column("催办结果", 6.5, centred=True),
        ),
        tuple(
            (
                str(number),
                row.number,
                row.title,
                row.unit,
                day_in_cell(row.issued_on),
                day_in_cell(row.limit),
                row.outcome,
            )
            for number, row in enumerate(rows, 1)
        ),
    )
