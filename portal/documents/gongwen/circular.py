"""通报 (第二十条, SPEC §5.9): 《关于×月督办督查事项办理情况的通报》 to 各单位.

Public within the college: no sensitive item is in it; 第二十三条 says when a unit may be named.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from portal.documents.gongwen.content import (
    Block,
    Column,
    Gongwen,
    Heading,
    Imprint,
    Paragraph,
    Signature,
    Table,
)
from portal.documents.gongwen.figures import Figures, Unfinished, whole
from portal.documents.gongwen.outline import day

NAME = "通报"
ADDRESSED = ("各单位",)


@dataclass(frozen=True, kw_only=True)
class Circular:
    """What a circular says. An empty text leaves its section out.

    One that counts over no period has a `title` and a `text` of its own, no figures.
    """

    mark: str = ""  # 发文机关标志: 「阿坝职业学院党政办公室文件」
    number: str = ""  # 发文字号
    period: str = ""  # 「11月」
    figures: Figures | None = None
    title: str = ""
    text: str = ""
    good: str = ""  # 推进落实较好的单位和事项
    problems: str = ""
    unfinished: tuple[Unfinished, ...] = ()
    demands: str  # 下一步工作要求
    signed_by: str
    day: dt.date
    copies: tuple[str, ...] = ()  # 抄送
    issuer: str  # 印发机关
    control_code: str = ""


def compose(circular: Circular) -> Gongwen:
    """The circular in 公文 style, with red head where it has a mark, and 版记."""
    return Gongwen(
        name=NAME,
        mark=circular.mark,
        number=circular.number,
        title=circular.title or f"关于{circular.period}督办督查事项办理情况的通报",
        addressed=ADDRESSED,
        body=tuple(_free(circular) if circular.figures is None else _body(circular)),
        signature=Signature(circular.signed_by, circular.day),
        imprint=Imprint(circular.issuer, circular.day, circular.copies),
        control_code=circular.control_code,
    )


def _free(circular: Circular) -> list[Block]:
    """Its own words; a single heading numbers nothing."""
    return [Paragraph(text) for text in (circular.text, circular.demands) if text]


def _body(circular: Circular) -> list[Block]:
    found: list[Block] = [Paragraph(f"现将{circular.period}督办督查事项办理情况通报如下。")]
    if circular.figures is not None:
        found += [Heading("总体情况"), Paragraph(whole(circular.figures))]
    if circular.good:
        found += [Heading("推进落实较好的单位和事项"), Paragraph(circular.good)]
    if circular.problems or circular.unfinished:
        found.append(Heading("存在的问题"))
    if circular.problems:
        found.append(Paragraph(circular.problems))
    if circular.unfinished:
        found += [Paragraph("逾期未办结的事项如下："), _table(circular.unfinished)]
    return [*found, Heading("下一步工作要求"), Paragraph(circular.demands)]


def _table(items: tuple[Unfinished, ...]) -> Table:
    """Upright, hence with fewer columns than the annex of 学期报告."""
    return Table(
        (
            Column("序号", 2.8, centred=True),
            Column("事项", 14),
            Column("牵头单位", 6.5, centred=True),
            Column("完成时限", 8.4, centred=True),
            Column("逾期\n天数", 3.2, centred=True),
        ),
        tuple(
            (str(number), item.title, item.unit, day(item.due) if item.due else "长期",
             str(item.days_over))
            for number, item in enumerate(items, 1)
        ),
    )  # fmt: skip
