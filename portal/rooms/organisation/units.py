"""单位: entered, mended, ended or merged into another; never deleted (SPEC §1.4). Each act is one
transaction with its entry in the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, or_, select

from portal.accounts.pinyin import stored_readings
from portal.audit.administrative import Editor, columns, note
from portal.extensions import db
from portal.models import Appointment, Portfolio, Unit
from portal.rooms.organisation.bearing import Outlook, bearing_of
from portal.rooms.organisation.keeping import (
    as_seen,
    begin,
    finish,
    refuse,
    unit_of,
    within_reach,
)
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import in_force

KINDS = ("职能部门", "教辅机构", "二级学院")
TAKEN = "已有单位使用这一名称或简称。"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class UnitFields:
    """What is kept of a unit. `place` is its place in the official order (SPEC §8.6)."""

    name: str
    short_name: str
    aliases: tuple[str, ...]
    kind: str
    place: int


def add_unit(editor: Editor, code: str, given: UnitFields, valid_from: date) -> None:
    """A new unit. Unmet if its code or a name is taken."""
    if begin(editor):
        enter_unit(editor, code, given, valid_from)
        finish()


def enter_unit(editor: Editor, code: str, given: UnitFields, valid_from: date) -> None:
    """`add_unit` in the turn and the transaction of the caller."""
    if db.session.scalar(select(Unit.id).where(func.upper(Unit.code) == code.upper())):
        raise refuse("code", "该代码已被使用。")
    within_reach(valid_from, editor.day, "valid_from")
    _free(given, None, editor.day)
    made = Unit(code=code, valid_from=valid_from, sort_no=_last() + 1, **_values(given))
    db.session.add(made)
    note(editor, "add_unit", made, made.name)
    _place(editor, made, given.place)


def change_unit(editor: Editor, code: str, given: UnitFields, shown: str) -> None:
    """Another name, kind or place; a former name stays known as an alias."""
    if not begin(editor):
        return
    unit = unit_of(code)
    as_seen(unit, shown)
    _free(given, unit.id, editor.day)
    before, former = columns(unit), {unit.name, unit.short_name}
    values = _values(given)
    if given.short_name == unit.short_name:
        del values["pinyin"]  # it may have been given otherwise
    for name, value in values.items():
        setattr(unit, name, value)
    left = former - {unit.name, unit.short_name, *unit.aliases}
    unit.aliases = [*unit.aliases, *sorted(left)]
    if columns(unit) != before:
        note(editor, "change_unit", unit, unit.name, before=before)
    _place(editor, unit, given.place)
    finish()


def end_outlook(code: str, last_day: date, into: str) -> Outlook:
    """What ends with a unit. Unmet if it cannot end on that day."""
    unit = unit_of(code)
    target = _target(unit, last_day, into)
    posts = _to_end(unit.id, last_day)
    lines = [f"{unit.name}自{long_date(last_day + DAY)}起不再承办事项，历史记录保留原名称。"]
    if target is not None:
        lines.append(f"并入{target.name}。")
    lines.append(f"随之终止的任职{len(posts)}项，请另行登记有关人员的新任职。")
    return Outlook(tuple(lines))


def end_unit(editor: Editor, code: str, last_day: date, into: str, reason: str) -> None:
    """Its last day, and the unit it goes into if any; its posts and portfolio end with it."""
    if not begin(editor):
        return
    unit = unit_of(code)
    within_reach(last_day, editor.day, "last_day")
    target = _target(unit, last_day, into)
    fields = db.session.scalars(
        select(Portfolio).where(Portfolio.unit_id == unit.id, _beyond(Portfolio, last_day))
    )
    ending: list[Appointment | Portfolio] = [*_to_end(unit.id, last_day), *fields]
    for row in ending:
        act = "end_appointment" if isinstance(row, Appointment) else "assign_portfolio"
        before, row.valid_to = columns(row), last_day
        note(editor, act, row, unit.name, before=before, reason=reason)
    before = columns(unit)
    unit.valid_to, unit.merged_into_id = last_day, target.id if target else None
    note(editor, "merge_unit" if target else "end_unit", unit, unit.name, before=before,
         reason=reason)  # fmt: skip
    finish()


def _target(unit: Unit, last_day: date, into: str) -> Unit | None:
    """The unit it goes into; Unmet if one of them cannot."""
    if unit.valid_to is not None:
        raise Unmet(f"该单位已于{long_date(unit.valid_to)}撤销。")
    if last_day < unit.valid_from:
        raise refuse("last_day", "截止日期早于该单位设立的日期。")
    later = select(Appointment.id).where(
        Appointment.unit_id == unit.id, Appointment.valid_from > last_day
    )
    if db.session.scalar(later.limit(1)) is not None:
        raise refuse("last_day", "该日以后尚有已登记的任职，请先更改。")
    found = bearing_of(unit.id)
    if found.items:
        raise Unmet(f"该单位尚有{found.items}项在办事项，请由党政办调整承办单位后再撤销。")
    if not into:
        return None
    target = unit_of(into)
    if target.id == unit.id or target.valid_to is not None:
        raise refuse("into", "请选择仍在的其他单位。")
    return target


def _to_end(unit_id: int, last_day: date) -> list[Appointment]:
    return list(
        db.session.scalars(
            select(Appointment).where(
                Appointment.unit_id == unit_id, _beyond(Appointment, last_day)
            )
        )
    )


def _beyond(table: type[Appointment] | type[Portfolio], day: date) -> ColumnElement[bool]:
    return (table.valid_from <= day) & (table.valid_to.is_(None) | (table.valid_to > day))


def _free(given: UnitFields, own: int | None, day: date) -> None:
    """No two units of a day are called alike."""
    names = [given.name, given.short_name, *given.aliases]
    taken = select(Unit.id).where(
        Unit.id != (own or 0),
        in_force(Unit, day),
        or_(Unit.name.in_(names), Unit.short_name.in_(names), Unit.aliases.overlap(names)),
    )
    if db.session.scalar(taken.limit(1)) is not None:
        raise refuse("name", TAKEN)


def _values(given: UnitFields) -> dict[str, object]:
    return {
        "name": given.name,
        "short_name": given.short_name,
        "aliases": list(given.aliases),
        "kind": given.kind,
        "pinyin": stored_readings(given.short_name)[0],
    }


def _last() -> int:
    return db.session.scalar(select(func.max(Unit.sort_no))) or 0


def _place(editor: Editor, unit: Unit, place: int) -> None:
    """Put the unit at its place among those that are left; the others follow."""
    units = list(
        db.session.scalars(
            select(Unit)
            .where(or_(Unit.valid_to.is_(None), Unit.valid_to >= editor.day), Unit.id != unit.id)
            .order_by(Unit.sort_no, Unit.id)
        )
    )
    units.insert(max(place, 1) - 1, unit)
    for number, one in enumerate(units, start=1):
        if one.sort_no != number:
            before, one.sort_no = columns(one), number
            note(editor, "reorder", one, one.name, before=before)
