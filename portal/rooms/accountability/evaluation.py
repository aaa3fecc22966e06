"""年度评价表 (第二十二条, SPEC §6.3): what 年度考核, 选拔任用, 目标绩效 and 职称评聘 may rest on.

Of units and persons over a calendar year: the indicators, the late items with their 正当理由, the
notices, 通报 by name, and what was decided. No clue, no open case, no sensitive item is in it; it
ranks nobody and counts no points.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from portal import figures
from portal.extensions import db
from portal.figures import INDICATORS, By, Period, Scope
from portal.item.lights import DONE
from portal.item.people import named
from portal.models import (
    Brief,
    Case,
    CaseAct,
    Closure,
    Item,
    Person,
    Unit,
    UrgeNotice,
    UrgeQuestion,
)
from portal.rulebook import case_log, urging
from portal.rulebook.briefs.table import title_of
from portal.rulebook.case_words import BODIES, criteria_text, measures_text
from portal.rulebook.item_texts import number_of
from portal.rulebook.keys import OFFICE_KEYS
from portal.rulebook.machines import state_word
from portal.rulebook.scope import Viewer, visible

TAKES: Final = ("hr", "discipline")
"""组织人事部, 纪委办 (SPEC §6.1)."""
EARLIEST: Final = 2023
USES: Final = {
    "circular": "年度考核、选拔任用",
    "performance": "目标绩效",
    "title": "职称评聘",
    "grade": "年度考核",
    "reminder": "年度考核",
    "organisation": "年度考核、选拔任用",
    "party": "年度考核、选拔任用、职称评聘",
    "warning": "年度考核、选拔任用、职称评聘",
    "demerit": "年度考核、选拔任用、职称评聘",
    "demotion": "年度考核、选拔任用、职称评聘",
    "dismissal": "年度考核",
}
"""What a measure bears on (第二十二条); whether and how, 组织人事部 decides."""

DECIDES: Final = ("decide_case", "resolve_appeal")

Value = str | int | float | date | None
REASONS: Final = {"accepted": "是", "refused": "否", "unanswered": "否"}
UNKNOWN: Final = "未认定"


class Table(NamedTuple):
    """A sheet: its name, its heads, its rows."""

    name: str
    heads: tuple[str, ...]
    rows: list[tuple[Value, ...]]


def may_take(viewer: Viewer) -> bool:
    """Whether this person gets the sheet, by an own office."""
    return bool(viewer.keys & {OFFICE_KEYS[role] for role in TAKES})


def tables_of(viewer: Viewer, year: int) -> list[Table]:
    """The sheets of a calendar year, as they stand today. Persons' figures are for 组织人事部 alone
    of the two (SPEC §6.2, §6.3)."""
    period = Period(date(year, 1, 1), date(year, 12, 31))
    of_people = OFFICE_KEYS["hr"] in viewer.keys
    return [
        _figures(viewer, period, By.UNIT),
        *([_figures(viewer, period, By.PERSON)] if of_people else []),
        _late(viewer, period),
        _notices(viewer, period),
        _circulars(viewer, period),
        _decided(viewer, period),
    ]


def _figures(viewer: Viewer, period: Period, by: By) -> Table:
    as_of = min(viewer.moment.day, period.last)
    found = figures.of(viewer, period, as_of, Scope(by, None, official=True))
    heads = tuple(f"{row.label}（{row.unit}）" for row in INDICATORS)
    rows: list[tuple[Value, ...]] = []
    for id_, who in _owners(by, found.owners, viewer.moment.day):
        values = found.of(id_)
        rows.append((*who, *(_number(one) for one in values.values())))
    if by is By.UNIT:
        return Table("单位", ("单位", *heads), rows)
    return Table("个人", ("姓名", "工号", "岗位", *heads), rows)


def _number(one: figures.Figure) -> Value:
    return one.printed if one.value is None else float(one.value)


def _owners(by: By, ids: Iterable[int], day: date) -> list[tuple[int, tuple[str, ...]]]:
    """In the official order: it is no ranking (SPEC §6.2)."""
    wanted = set(ids)
    if by is By.UNIT:
        units = select(Unit).where(Unit.id.in_(wanted)).order_by(Unit.sort_no, Unit.id)
        return [(row.id, (row.name,)) for row in db.session.scalars(units)]
    people = select(Person).where(Person.id.in_(wanted)).order_by(Person.sort_no, Person.id)
    posts = named(wanted, day)
    return [
        (row.id, (row.name, row.emp_no, posts[row.id].post)) for row in db.session.scalars(people)
    ]


def _open(viewer: Viewer) -> Select[Any]:
    """Items that stand in a paper for others: none that is sensitive (SPEC §7.5 rule 5)."""
    return (
        visible(viewer, Item)
        .join(Unit, Unit.id == Item.lead_unit_id)
        .add_columns(Unit.name.label("unit"))
        .where(Item.classification != "sensitive", Item.state.not_in(("void", "rejected")))
    )


def _late(viewer: Viewer, period: Period) -> Table:
    """Whose day fell in the year: handed in after it, or not at all until today."""
    done = (
        select(Closure.item_id, Closure.completed_on, Closure.overdue_days, Closure.on_time)
        .join(Item, Item.id == Closure.item_id)
        .where(Closure.outcome == "accepted", Item.state.in_(DONE))
        .order_by(Closure.item_id, Closure.id.desc())
        .ext(distinct_on(Closure.item_id))
        .subquery()
    )
    query = (
        _open(viewer)
        .outerjoin(done, done.c.item_id == Item.id)
        .add_columns(done.c.completed_on, done.c.overdue_days, done.c.on_time)
        .where(Item.due_effective.between(*period), Item.issued_on.is_not(None))
        .order_by(Unit.sort_no, Item.due_effective, Item.id)
    )
    today = viewer.moment.day
    rows: list[tuple[Value, ...]] = []
    for row in db.session.execute(query):
        item: Item = row.Item
        if item.due_effective is None:
            continue
        running = row.completed_on is None and item.lit and not item.blue
        if not (row.on_time is False or (running and item.due_effective < today)):
            continue
        days = row.overdue_days if row.completed_on else (today - item.due_effective).days
        said = (row.unit, _number_of(item), item.title, item.due_effective)
        rows.append((*said, row.completed_on, days, _justified(item)))
    heads = ("单位", "文号", "事项", "现行时限", "办结日期", "逾期天数", "正当理由")
    return Table("逾期事项", heads, rows)


def _justified(item: Item) -> str:
    """What was found when a clue was checked, else what was ruled last on the lead unit's reason;
    of a clue that was dropped nothing else is told (decision 0151)."""
    found = select(func.found_justified(item.id, item.lead_unit_id))
    if db.session.scalar(found):
        return REASONS["accepted"]
    ruled = db.session.scalar(
        select(UrgeQuestion.state)
        .where(
            UrgeQuestion.item_id == item.id,
            UrgeQuestion.unit_id == item.lead_unit_id,
            UrgeQuestion.state.in_(REASONS),
        )
        .order_by(UrgeQuestion.id.desc())
        .limit(1)
    )
    return REASONS.get(ruled or "", UNKNOWN)


def _notices(viewer: Viewer, period: Period) -> Table:
    query = (
        visible(viewer, UrgeNotice)
        .join(Item, Item.id == UrgeNotice.item_id)
        .join(Unit, Unit.id == UrgeNotice.unit_id)
        .add_columns(Item, Unit.name.label("unit"))
        .where(
            Item.classification != "sensitive",
            UrgeNotice.issued_on.between(*period),
            UrgeNotice.state != "ug_void",
        )
        .order_by(Unit.sort_no, UrgeNotice.issued_on, UrgeNotice.id)
    )
    rows: list[tuple[Value, ...]] = [
        (
            row.unit,
            str(urging.number_of_notice(row.UrgeNotice) or ""),
            row.Item.title,
            row.UrgeNotice.issued_on,
            row.UrgeNotice.limit_on,
            state_word("urge", row.UrgeNotice.state),
        )
        for row in db.session.execute(query)
    ]
    return Table("催办", ("单位", "催办文号", "事项", "下达日期", "催办限期", "结果"), rows)


def _circulars(viewer: Viewer, period: Period) -> Table:
    query = (
        visible(viewer, Brief)
        .where(
            Brief.kind == "circular", Brief.state == "released",
            Brief.released_on.between(*period),
        )
        .order_by(Brief.released_on, Brief.id)
    )  # fmt: skip
    rows: list[tuple[Value, ...]] = []
    for brief in db.session.scalars(query):
        units = select(Unit.name).where(Unit.id.in_(brief.criticised_ids)).order_by(Unit.sort_no)
        title = title_of(brief)
        rows += [
            (name, brief.number, title, brief.released_on) for name in db.session.scalars(units)
        ]
    return Table("通报批评", ("单位", "文号", "通报", "印发日期"), rows)


def _decided(viewer: Viewer, period: Period) -> Table:
    """What was decided in the year and stands; nothing that is still looked into."""
    query = (
        visible(viewer, Case)
        .join(Item, Item.id == Case.item_id)
        .join(Unit, Unit.id == Case.unit_id)
        .add_columns(Item, Unit.name.label("unit"))
        .where(
            Item.classification != "sensitive",
            Case.state.in_(("decided", "executed", "closed")),
            Case.decided_on.between(*period),
        )
        .order_by(Unit.sort_no, Case.decided_on, Case.id)
    )
    found = db.session.execute(query).all()
    names = named([row.Case.person_id for row in found], viewer.moment.day)
    rows: list[tuple[Value, ...]] = []
    for row in found:
        case: Case = row.Case
        person = names.get(case.person_id or 0)
        codes = _decided_upon(case_log.acts_of(case))
        rows.append(
            (
                row.unit,
                person.name if person else "",
                row.Item.title,
                criteria_text(codes),
                measures_text(case.measures, case.grade),
                _uses(case.measures),
                f"{BODIES[case.deciding_body]}　{case.minutes_no}",
                case.decided_on,
                case.executed_on,
            )
        )
    heads = (
        "单位", "人员", "事项", "情形", "处理方式", "涉及运用", "决定机关和文号", "决定日期",
        "执行日期",
    )  # fmt: skip
    return Table("处理决定", heads, rows)


def _decided_upon(acts: Iterable[CaseAct]) -> list[str]:
    """The circumstances that were noted when it was decided; what was added since is not judged."""
    noted: list[str] = []
    judged: list[str] = []
    for act in acts:
        noted += [act.facts["criterion"]] if "criterion" in act.facts else []
        judged = list(noted) if act.act in DECIDES else judged
    return judged


def _uses(measures: list[str]) -> str:
    words = [word for key in measures for word in USES.get(key, "").split("、") if word]
    return "、".join(dict.fromkeys(words))


def _number_of(item: Item) -> str:
    number = number_of(item)
    return str(number) if number else ""
