"""The cases a person may know of, and one of them in words."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from flask import url_for
from sqlalchemy import Select, func, select

from portal.errors import NotFound
from portal.extensions import db
from portal.filters import full_date, short_date
from portal.frame import Fact, NavEntry, TimelineEntry
from portal.item.cases import is_concerned, known, knows_one
from portal.item.people import named
from portal.models import Case, CaseAct, CaseFile, Item, Unit, UrgeNotice
from portal.rulebook import case_log, cases, policy, urging
from portal.rulebook.case_words import (
    APPELLANTS,
    BODIES,
    CRITERIA,
    LATE_CO_UNIT,
    ORIGINS,
    TARGETS,
    finding_text,
    measures_text,
)
from portal.rulebook.item_texts import number_of
from portal.rulebook.machines import state_word
from portal.rulebook.roles import LABELS, Role
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.workflow import label_of_act

PAGE: Final = 20
GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "open": ("clue", "checking", "hearing", "heard", "referring"),
    "referred": ("referred", "suggested"),
    "decided": ("decided", "executed", "appeal"),
    "over": ("dropped", "closed"),
}
"""The tabs of the list, by state."""
LABELS_OF_GROUPS: Final = {
    "": "全部", "open": "核实中", "referred": "移送处理", "decided": "已决定", "over": "已了结",
}  # fmt: skip


class Row(NamedTuple):
    """A case as the list shows it."""

    case: Case
    item: Item
    number: str
    unit: str
    person: str
    criteria: list[str]
    state: str


class Found(NamedTuple):
    """One page of cases."""

    rows: list[Row]
    page: int
    pages: int
    total: int


class Kept(NamedTuple):
    """A file of a case: its row, the act it came with and who brought it."""

    row: CaseFile
    act: str
    who: str


def must_have_a_part(viewer: Viewer) -> None:
    """NotFound for who neither handles cases nor knows of one: the room is not there for them."""
    if not knows_one(viewer):
        raise NotFound


def find(viewer: Viewer, group: str, page: int) -> Found:
    """The cases of a group, newest first."""
    query = _mine(viewer)
    if group in GROUPS:
        query = query.where(Case.state.in_(GROUPS[group]))
    total = _count(query)
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    wanted = query.order_by(Case.raised_on.desc(), Case.id.desc())
    rows = db.session.execute(wanted.limit(PAGE).offset((page - 1) * PAGE)).all()
    return Found(
        _rows(viewer, [(row.Case, row.Item, row.unit) for row in rows]), page, pages, total
    )


def tabs(viewer: Viewer, chosen: str) -> list[NavEntry]:
    """全部, then the groups with how many there are, as far as this person knows of them."""
    by_state = (
        _mine(viewer)
        .with_only_columns(Case.state, func.count().label("number"))
        .group_by(Case.state)
    )
    counted = {row.state: row.number for row in db.session.execute(by_state)}
    found = {"": sum(counted.values())}
    found |= {
        name: sum(counted.get(state, 0) for state in states) for name, states in GROUPS.items()
    }
    return [
        NavEntry(
            label,
            "list",
            url_for("accountability.page", group=name or None),
            found[name],
            active=name == chosen,
        )
        for name, label in LABELS_OF_GROUPS.items()
    ]


def case_of(viewer: Viewer, public_id: uuid.UUID) -> Row:
    """One case. NotFound if this person may not know of it, or there is none."""
    found = db.session.execute(_mine(viewer).where(Case.public_id == public_id)).one_or_none()
    if found is None:
        raise NotFound
    (row,) = _rows(viewer, [(found.Case, found.Item, found.unit)])
    return row


def row_of(viewer: Viewer, case: Case) -> Row:
    """The same of a case that was read already."""
    return case_of(viewer, case.public_id)


def of_item(viewer: Viewer, item: Item) -> list[Row]:
    """The cases of an item that the person may know of, oldest first."""
    rows = db.session.execute(_mine(viewer).where(Case.item_id == item.id).order_by(Case.id)).all()
    return _rows(viewer, [(row.Case, row.Item, row.unit) for row in rows])


def _mine(viewer: Viewer) -> Select[Any]:
    return (
        known(viewer)
        .join(Item, Item.id == Case.item_id)
        .join(Unit, Unit.id == Case.unit_id)
        .add_columns(Item, Unit.short_name.label("unit"))
    )


def _count(query: Select[Any], of: Any = Case.id) -> int:
    rows = query.with_only_columns(of).subquery()
    return db.session.scalar(select(func.count()).select_from(rows)) or 0


def _rows(viewer: Viewer, found: Sequence[tuple[Case, Item, str]]) -> list[Row]:
    people = named([case.person_id for case, _item, _unit in found], viewer.moment.day)
    rows = []
    for case, item, unit in found:
        number = number_of(item)
        person = people.get(case.person_id or 0)
        codes = [ground.criterion for ground in cases.grounds_of(case)]
        rows.append(
            Row(
                case,
                item,
                str(number) if number else "",
                unit,
                person.name if person else "",
                sorted(set(codes)),
                state_word("accountability", case.state),
            )
        )
    return rows


def facts_of(viewer: Viewer, row: Row) -> list[Fact]:
    """What is held against whom, by which facts, and what was decided."""
    case, today = row.case, viewer.moment.day
    facts = [
        Fact("被核实单位", row.unit, note=row.person),
        Fact("线索来源", ORIGINS[case.origin], note=short_date(case.raised_on, today)),
    ]
    facts += [
        Fact(
            f"情形（{ground.criterion}）",
            CRITERIA[ground.criterion].text,
            note=_rests_on(ground.urge_id, ground.due_on, today),
            wide=True,
        )
        for ground in cases.grounds_of(case)
    ]
    if case.lead_note:
        facts.append(Fact("说明", LATE_CO_UNIT, wide=True))
    if case.statement_by is not None:
        said = "未按期陈述" if case.silent else ""
        said = short_date(case.stated_on, today) + "已陈述" if case.stated_on else said or "待陈述"
        facts.append(Fact("陈述申辩期限", short_date(case.statement_by, today), note=said))
    if case.referred_on is not None and case.referred_to:
        when = short_date(case.referred_on, today)
        facts.append(Fact("移送", TARGETS[case.referred_to], note=when))
    if case.decided_on is not None:
        when = short_date(case.decided_on, today)
        facts += [
            Fact("决定", BODIES[case.deciding_body], note=f"{case.minutes_no}　{when}"),
            Fact("处理方式", measures_text(case.measures, case.grade)),
            Fact("处理决定", case.decision, wide=True),
        ]
    if case.ended_on is not None:
        years = policy.CURRENT.limit("case_kept")
        until = f"{case.ended_on.year + years}年{case.ended_on.month}月"
        facts.append(Fact("保存期限", f"{years}年", note=f"至{until}"))
    return facts


def _rests_on(urge_id: int | None, due_on: date | None, today: date) -> str:
    if due_on is None:
        return ""
    day = short_date(due_on, today)
    if urge_id is None:
        return f"完成时限{day}"
    notice = db.session.get(UrgeNotice, urge_id)
    number = urging.number_of_notice(notice) if notice is not None else None
    return f"{number}，催办限期{day}" if number else f"催办限期{day}"


def log_of(viewer: Viewer, case: Case) -> list[TimelineEntry]:
    """办理过程 of the case as far as this person reads it, newest first."""
    acts = acts_of(viewer, case)
    who = {id_ for act in acts for id_ in (act.actor_id, act.on_behalf_of_id)}
    names = named(who, viewer.moment.day)
    return [_entry(act, names) for act in reversed(acts)]


def acts_of(viewer: Viewer, case: Case) -> list[CaseAct]:
    """The acts that this person reads, oldest first: who is of the unit concerned those that the
    unit reads."""
    acts = case_log.acts_of(case)
    return [act for act in acts if act.to_unit] if is_concerned(viewer, case) else acts


def _entry(act: CaseAct, names: dict[int, Any]) -> TimelineEntry:
    actor = names.get(act.actor_id or 0)
    for_whom = names.get(act.on_behalf_of_id or 0)
    who = "系统"
    if actor is not None:
        who = actor.name + (f"（代{for_whom.name}）" if for_whom else "")
        who += f"　{LABELS[Role(act.acting_as)]}"
    decision = act.act in ("refer", "decide_case", "resolve_appeal", "drop_clue")
    text = act.body
    if act.act == "suggest" and act.facts.get("measures"):
        measures = measures_text(act.facts["measures"], act.facts.get("grade", ""))
        text = f"{measures}。{text}"
    if act.act == "drop_clue":
        text = f"{finding_text(act.facts.get('justified', False))}。{text}"
    if act.digest and not act.body:
        text = "（内容已按保密规定清除）"
    if received := act.facts.get("received_on"):
        text = f"收到日期{full_date(date.fromisoformat(received))}。{text}"
    if appellant := act.facts.get("appellant"):
        text = f"申诉人：{APPELLANTS[appellant]}。{text}"
    return TimelineEntry(
        label_of_act(act.act), act.day, text, who, "decision" if decision else "record"
    )


def files_of(viewer: Viewer, case: Case) -> list[Kept]:
    """The files of the case that this person may see, oldest first."""
    rows = db.session.execute(
        _files(viewer, case)
        .join(CaseAct, CaseAct.id == CaseFile.act_id)
        .add_columns(CaseAct.act)
        .order_by(CaseFile.id)
    ).all()
    names = named([row.CaseFile.uploaded_by_id for row in rows], viewer.moment.day)
    return [
        Kept(row.CaseFile, label_of_act(row.act), names[row.CaseFile.uploaded_by_id].name)
        for row in rows
    ]


def file_of(viewer: Viewer, case: Case, file_id: uuid.UUID) -> CaseFile:
    """One file. NotFound for anybody else's."""
    found = db.session.scalars(
        _files(viewer, case).where(CaseFile.public_id == file_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def place_of(viewer: Viewer, case: Case, file: CaseFile) -> int:
    """Which of the files of the case it is to this person, from 1: what a download is called by."""
    return _count(_files(viewer, case).where(CaseFile.id <= file.id), CaseFile.id)


def _files(viewer: Viewer, case: Case) -> Select[CaseFile]:
    rows = visible(viewer, CaseFile).where(CaseFile.case_id == case.id)
    return rows.where(CaseFile.to_unit) if is_concerned(viewer, case) else rows
