"""What is checked of a row of 历史事项导入: its number against the register, its days against one
another; and what the item is entered with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from portal.extensions import db
from portal.filters import full_date
from portal.models import ImportedRow, Item, WorkbookImport
from portal.rooms.numbers.plan import WRONG, Plan, plan
from portal.rooms.numbers.queries import registers
from portal.rooms.numbers.reading import Line
from portal.rooms.numbers.register import Register, Sequence
from portal.rulebook import guards, policy, proposals
from portal.rulebook.changing import leader_of
from portal.rulebook.guards import Past
from portal.rulebook.guards.situation import Situation
from portal.rulebook.item_texts import number_of
from portal.rulebook.numbering import Number
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import Viewer, visible
from portal.steps.registration.commands import ItemFields
from portal.workbooks.columns import Named, Row, Table

CONDITIONS: Final = (guards.number_of_the_past, guards.days_in_order)
TAKEN: Final = {"offline": "线下使用", "void": "作废", "urge": "催办通知单"}
DAYS: Final = ("filed_on", "issued_on", "due", "completed_on", "archived_on")


def check(viewer: Viewer, table: Table, making: WorkbookImport | None) -> None:
    """Say at each row what is wrong with it, and whether its number stands for an item already;
    the items that this very import has made so far do not count."""
    found = registers(viewer, ())
    own = _made_by(viewer, making) if making is not None else set()
    first: dict[Number, int] = {}
    for row in table.rows:
        _say(row)
        if row.sound:
            _check(viewer, row)
        if "number" not in row.problems:
            _check_number(row, found, first, own)
    for line in outlook(viewer, table, found).rows:
        if line.verdict == WRONG:
            _at(table.rows, line.line.place).refuse("number", line.said)


def outlook(viewer: Viewer, table: Table, found: Mapping[Sequence, Register] | None = None) -> Plan:
    """How the sequences of numbers would stand afterwards, with their gaps."""
    lines = [
        Line(row.place, row.text("number"), row.values["number"], row.values["filed_on"])
        for row in table.new
    ]
    return plan(lines, registers(viewer, ()) if found is None else found)


def fields_of(row: Row) -> ItemFields:
    """What the item says, as a form of 立项 would; its responsible leader is settled by `check`."""
    given = row.values
    units: list[Named] = [*given["units"], *(given["co_units"] or ())]
    return ItemFields(
        title=given["title"].rstrip("。"),
        lead_unit_id=units[0].id,
        co_unit_ids=tuple(dict.fromkeys(unit.id for unit in units[1:])),
        requirement=given["requirement"],
        source_type=given["source_type"],
        source_ref=given["source_ref"],
        level=given["level"],
        principal=given["principal"],
        responsible_leader_id=given["leader"].id if given["leader"] else None,
    )


def past_of(row: Row) -> Past:
    """The number and the days of a row; what is not written follows from the others."""
    given = row.values
    return Past(
        number=given["number"],
        filed_on=given["filed_on"],
        issued_on=given["issued_on"] or given["filed_on"],
        due=given["due"],
        completed_on=given["completed_on"],
        archived_on=given["archived_on"] or given["completed_on"],
        result=given["result"],
        location=given["location"],
    )


def _say(row: Row) -> None:
    """What was read, where it is not what was typed."""
    for name in ("units", "co_units"):
        if row.values.get(name):
            row.says[name] = "、".join(unit.name for unit in row.values[name])
    for name in DAYS:
        if row.values.get(name):
            row.says[name] = full_date(row.values[name])
    if row.values.get("number"):
        row.says["number"] = str(row.values["number"])


def _check(viewer: Viewer, row: Row) -> None:
    fields, given = fields_of(row), row.values
    if fields.lead_unit_id in fields.co_unit_ids:
        row.refuse("co_units", "协办单位中不应包括牵头单位。")
    if proposals.asks_author(fields.given):
        row.refuse("principal", "请填写作出批示的领导。")
    if given["due"] is None and policy.CURRENT.level(given["level"]).default_days is not None:
        row.refuse("due", "请填写完成时限；仅四级事项可以不填。")
    if given["leader"] is None:
        lead, today = fields.lead_unit_id, viewer.moment.day
        leader_id = leader_of(lead, given["filed_on"]) or leader_of(lead, today)
        if leader_id is None:
            row.refuse("leader", "请填写责任校领导。")
        else:
            given["leader"] = Named(leader_id, "")
    situation = Situation(Item(), None, viewer.person_id, viewer.moment, {"past": past_of(row)})
    for condition in CONDITIONS:
        try:
            condition(situation)
        except Unmet as refused:
            for name, said in refused.fields.items():
                row.refuse(name, said)


def _check_number(
    row: Row,
    found: Mapping[Sequence, Register],
    first: dict[Number, int],
    own: Collection[Number],
) -> None:
    number: Number = row.values["number"]
    place = first.setdefault(number, row.place)
    if place != row.place:
        row.refuse("number", f"与第{place}行为同一文号，请核对。")
        return
    register = found.get((number.word, number.year))
    kind = register.taken.get(number.seq) if register else None
    if kind == "item" and number not in own:
        row.known = f"{number}已有事项，不再重复导入。"
    elif kind in TAKEN:
        row.refuse("number", f"{number}已登记为{TAKEN[kind]}，请核对。")


def _made_by(viewer: Viewer, making: WorkbookImport) -> set[Number]:
    rows = db.session.scalars(
        visible(viewer, Item)
        .join(ImportedRow, ImportedRow.item_id == Item.id)
        .where(ImportedRow.import_id == making.id)
    )
    return {number for item in rows if (number := number_of(item)) is not None}


def _at(rows: Iterable[Row], place: int) -> Row:
    return next(row for row in rows if row.place == place)
