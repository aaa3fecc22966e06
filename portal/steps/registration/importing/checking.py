"""What is checked of a row of 批量导入 beyond its cells: units, level against time limit, whether
it is there already; and the fields of the draft that it becomes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, Final

from sqlalchemy import Text, any_, literal
from sqlalchemy.dialects.postgresql import ARRAY

from portal.clock import shanghai_day
from portal.extensions import db
from portal.filters import full_date
from portal.models import ImportedRow, Item, WorkbookImport
from portal.rulebook import guards, offers, periods, policy, proposals, workflow
from portal.rulebook.changing import leader_of
from portal.rulebook.deadline_texts import deadline_text
from portal.rulebook.periods import Period
from portal.rulebook.policy import Level
from portal.rulebook.scope import Viewer, visible
from portal.steps.registration import preview
from portal.steps.registration.commands import ItemFields
from portal.workbooks.columns import Named, Row, Table

ENDED: Final = ("void", "rejected", "exempted", "closed", "archived")
"""A matter that has ended may be brought in anew."""
USUAL_LEVEL: Final = 2
LABELS: Final = {
    "title": "事项", "requirement": "办理要求", "source_type": "事项来源", "principal": "审定人",
    "deadline_basis": "时限依据",
}  # fmt: skip


def check(viewer: Viewer, table: Table, making: WorkbookImport | None) -> None:
    """Say at each row what is wrong with it, what is to be heeded, and whether it is there."""
    mine = {unit.id for unit in db.session.scalars(offers.units_to_draft_for(viewer))}
    leaderless: dict[int, bool] = {}
    for row in table.rows:
        _say_units(row)
        if row.sound:
            _check(viewer, row, mine, leaderless)
    _mark_repeated(table.rows)
    _mark_known(viewer, [row for row in table.rows if row.new], making)
    _note_same_titles(viewer, table.new)


def known(viewer: Viewer, row: Row, making: WorkbookImport) -> str:
    """Why a row is left out that another import made since it was looked at; "" if it is new."""
    _mark_known(viewer, [row], making)
    return row.known


def fields_of(row: Row) -> ItemFields:
    """The draft that a sound row becomes."""
    given = row.values
    units: list[Named] = [*given["units"], *(given["co_units"] or ())]
    period: Period | None = given["deadline"]
    return ItemFields(
        title=given["title"].rstrip("。"),
        lead_unit_id=units[0].id,
        co_unit_ids=tuple(dict.fromkeys(unit.id for unit in units[1:])),
        requirement=given["requirement"],
        source_type=given["source_type"],
        source_ref=given["source_ref"],
        source_date=given["source_date"],
        category=given["category"],
        level=given["level"] or level_for(period),
        method=given["method"],
        deadline_kind=period.kind if period else "",
        deadline_days=period.days if period else None,
        deadline_date=period.date if period else None,
        deadline_basis=given["basis"],
        principal=given["principal"],
        responsible_leader_id=given["leader"].id if given["leader"] else None,
    )


def level_for(period: Period | None) -> int:
    """第十八条: the level of a time limit where none is written: 长期 is 四级, days are the first
    level that has room for them, else 二级 as in the form."""
    if period is None or period.kind == "date":
        return USUAL_LEVEL
    return next(
        (level.number for level in policy.CURRENT.levels if _has_room(level, period)), USUAL_LEVEL
    )


def _has_room(level: Level, period: Period) -> bool:
    if period.kind == "open" or level.days_min is None or level.days_max is None:
        return period.kind == "open" and level.default_days is None
    return level.days_min <= (period.days or 0) <= level.days_max


def _say_units(row: Row) -> None:
    for name in ("units", "co_units"):
        if row.values.get(name):
            row.says[name] = "、".join(unit.name for unit in row.values[name])


def _check(viewer: Viewer, row: Row, mine: Collection[int], leaderless: dict[int, bool]) -> None:
    fields, day = fields_of(row), viewer.moment.day
    if fields.lead_unit_id in fields.co_unit_ids:
        row.refuse("co_units", "协办单位中不应包括牵头单位。")
    if fields.lead_unit_id not in mine:
        row.refuse("units", workflow.not_ones_unit().reason)
    if fields.responsible_leader_id is None:
        if fields.lead_unit_id not in leaderless:
            leaderless[fields.lead_unit_id] = leader_of(fields.lead_unit_id, day) is None
        if leaderless[fields.lead_unit_id]:
            row.refuse("units", guards.without_leader().reason)
    _check_period(row, fields, day)


def _check_period(row: Row, fields: ItemFields, day: date) -> None:
    level = policy.CURRENT.level(fields.level)
    row.says.setdefault("level", level.label)
    settled = proposals.settle(fields.given)
    period = Period(
        settled.deadline_kind, settled.deadline_days, settled.deadline_date, fields.deadline_basis
    )
    lacking = list(proposals.missing(fields.title, fields.requirement, fields.given))
    for found in periods.problems(level, period, day):
        if found.field == "deadline_basis":
            lacking.append(found.field)
        else:
            row.refuse("deadline", found.reason)
    if not row.sound:
        return
    row.says["deadline"] = deadline_text(
        level, due=period.date, days=period.days, open_ended=period.kind == "open"
    )
    if lacking:
        row.notes.append(f"提交立项前须补充{'、'.join(LABELS[name] for name in lacking)}")
    shown = preview.preview_of(day, level, settled, bool(fields.co_unit_ids))
    row.notes.extend(shown.warnings)


def _mark_repeated(rows: Iterable[Row]) -> None:
    first: dict[str, int] = {}
    for row in rows:
        place = first.setdefault(row.key, row.place)
        if place != row.place:
            row.known = f"与第{place}行相同，只导入一次。"


def _mark_known(viewer: Viewer, rows: Collection[Row], making: WorkbookImport | None) -> None:
    """What this person may know of and is still a draft or at work is not brought in twice."""
    query = (
        visible(viewer, ImportedRow)
        .join(Item, Item.id == ImportedRow.item_id)
        .where(ImportedRow.key == any_(_texts(row.key for row in rows)))
        .where(Item.state.not_in(ENDED), Item.title != "")
        .with_only_columns(ImportedRow.key, Item.created_at, Item.state)
    )
    if making is not None:
        query = query.where(ImportedRow.import_id != making.id)
    found = {row.key: row for row in db.session.execute(query)}
    for row in rows:
        earlier = found.get(row.key)
        if earlier is not None:
            day, state = full_date(shanghai_day(earlier.created_at)), earlier.state
            label = policy.CURRENT.state(state).label
            row.known = f"{day}已导入，事项现为“{label}”，不再重复导入。"


def _note_same_titles(viewer: Viewer, rows: Collection[Row]) -> None:
    titles = {fields_of(row).title for row in rows}
    mine = visible(viewer, Item).where(Item.title == any_(_texts(titles)))
    running = set(
        db.session.scalars(mine.where(Item.state.not_in(ENDED)).with_only_columns(Item.title))
    )
    for row in rows:
        if fields_of(row).title in running:
            row.notes.append("已有同名事项，请核对是否重复立项")


def _texts(words: Iterable[str]) -> Any:
    return literal(sorted(set(words)), ARRAY(Text))
