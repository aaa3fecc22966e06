"""整改意见书 (第十七条, SPEC §5.7): what an inspection found, and what is to be put right."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from portal.documents.gongwen.content import (
    Blank,
    Block,
    Column,
    Gongwen,
    Heading,
    Paragraph,
    Signature,
    Slip,
    Table,
)
from portal.documents.gongwen.outline import day_in_cell, label

NAME = "督查整改意见书"
LEADER = "督查组组长："
OPINION = "被督查单位负责人意见："
SIGNED = "签名：　　　　　　　　　　　　　　　　年　　月　　日"
OPINION_HEIGHT, SIGNED_HEIGHT = 28.0, 12.0  # millimetres


@dataclass(frozen=True)
class Demand:
    """A row of 整改意见: the problem, what is demanded, who answers for it, until when."""

    problem: str
    demand: str
    person: str
    limit: dt.date


@dataclass(frozen=True, kw_only=True)
class Rectification:
    """整改意见书 to one inspected unit."""

    unit: str  # 被督查单位, full name
    number: str  # 关联文号: the item's
    title: str  # of the item
    time: str  # 督查时间: 「2026年11月18日 09:00—11:30」
    place: str
    team: tuple[str, ...]  # 督查人员, leader of the team first
    problems: tuple[str, ...]  # 发现的主要问题
    demands: tuple[Demand, ...]
    report_by: dt.date  # 请于×月×日前书面报送整改情况
    leader: str = ""  # 督查组组长; empty: to be signed by hand
    signed_by: str = "党政办公室"
    day: dt.date
    control_code: str = ""


def compose(paper: Rectification) -> Gongwen:
    """The paper in 公文 style, with the receipt below the signature."""
    return Gongwen(
        name=NAME,
        title=NAME,
        addressed=(paper.unit,),
        body=(*_facts(paper), *_problems(paper), *_demands(paper)),
        signature=Signature(paper.signed_by, paper.day, beside=f"{LEADER}{paper.leader}"),
        after=(Slip((Blank(OPINION, OPINION_HEIGHT), Blank(SIGNED, SIGNED_HEIGHT))),),
        control_code=paper.control_code,
    )


def _facts(paper: Rectification) -> list[Block]:
    named = f"{paper.number}（{paper.title}）" if paper.number else paper.title
    facts = {
        "关联文号：": named,
        "督查时间：": paper.time,
        "督查地点：": paper.place,
        "督查人员：": "、".join(paper.team),
    }
    return [Paragraph(text, lead=lead) for lead, text in facts.items()]


def _problems(paper: Rectification) -> list[Block]:
    numbered = [label(2, number) + text for number, text in enumerate(paper.problems, 1)]
    return [Heading("发现的主要问题"), *(Paragraph(text) for text in numbered)]


def _demands(paper: Rectification) -> list[Block]:
    return [
        Heading("整改意见"),
        Table(
            (
                Column("序号", 2.8, centred=True),
                Column("问题", 10),
                Column("整改要求", 12),
                Column("责任人", 4.7, centred=True),
                Column("时限", 5.6, centred=True),
            ),
            tuple(
                (str(number), row.problem, row.demand, row.person, day_in_cell(row.limit))
                for number, row in enumerate(paper.demands, 1)
            ),
        ),
        Paragraph(f"请于{paper.report_by.month}月{paper.report_by.day}日前书面报送整改情况。"),
    ]
