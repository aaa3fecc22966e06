"""反馈报告 (第十六条（五）, SPEC §5.6): 《关于“×××”办理情况的报告（第2期）》."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from portal.documents.gongwen.content import Block, Gongwen, Heading, Paragraph, Signature
from portal.documents.gongwen.outline import quoted

NAME = "反馈报告"
SECTIONS = (
    ("measures", "办理举措"),
    ("progress", "进展情况"),
    ("effect", "取得成效"),
    ("problems", "存在问题"),
    ("next_steps", "下一步工作思路"),
)
NOTHING_NEW = "本期无新进展。"
END = "特此报告。"


@dataclass(frozen=True, kw_only=True)
class FeedbackReport:
    """A report of a unit on its item: its five fields, and what goes with it."""

    addressed: str  # 党政办公室; of a co-unit the lead unit
    unit: str  # full name
    title: str  # of the item
    number: str = ""  # of the item; empty before 编号备案
    seq: int
    measures: str = ""
    progress: str = ""
    effect: str = ""
    problems: str = ""
    next_steps: str = ""
    percent: int
    no_progress: bool = False
    files: tuple[str, ...] = ()  # names of what was handed in with it
    day: dt.date
    control_code: str = ""


def compose(report: FeedbackReport) -> Gongwen:
    """The report in 公文 style."""
    return Gongwen(
        name=NAME,
        title=f"关于{quoted(report.title)}办理情况的报告（第{report.seq}期）",
        addressed=(report.addressed,),
        body=(Paragraph(_opening(report)), *_sections(report), Paragraph(END)),
        files=report.files,
        signature=Signature(report.unit, report.day),
        control_code=report.control_code,
    )


def _opening(report: FeedbackReport) -> str:
    number = f"（{report.number}）" if report.number else ""
    return f"现将{quoted(report.title)}{number}第{report.seq}期办理情况报告如下。"


def _sections(report: FeedbackReport) -> list[Block]:
    found: list[Block] = []
    for name, heading in SECTIONS:
        said = [Paragraph(text)] if (text := getattr(report, name).strip()) else []
        if name == "progress":
            nothing = [Paragraph(NOTHING_NEW)] if report.no_progress else []
            said = [*nothing, *said, Paragraph(f"目前办理进度{report.percent}%。")]
        if said:
            found += [Heading(heading), *said]
    return found
