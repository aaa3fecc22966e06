"""分管分工: which school leader is in charge of which unit, one a day (第四条, SPEC §1.4).

Only ever handed on, never ended by itself, so that no unit is without one. Boxes that wait for the
leader are asked for by role and go over with the field; what was signed stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select

from portal.audit.administrative import Editor, columns, note
from portal.extensions import db
from portal.models import Person, Portfolio, Unit
from portal.rooms.organisation.bearing import DAY, Outlook, leaders_work
from portal.rooms.organisation.keeping import begin, finish, not_of_oneself, refuse, within_reach
from portal.rulebook.deadline_texts import long_date

COLLEGE = "二级学院"


def outlook(leader: Person, units: Sequence[Unit], valid_from: date, day: date) -> Outlook:
    """What goes over to a leader. Unmet if nothing does, or if something stands against it."""
    lines = []
    for unit in _changing(leader, units, valid_from, day):
        held = _held(unit, valid_from)
        before = db.session.get_one(Person, held[0].leader_id).name if held else "无"
        lines.append(
            f"{unit.name}自{long_date(valid_from)}起由{leader.name}{_word(unit)}（此前：{before}）。"
        )
        lines.append(leaders_work(unit))
    return Outlook(tuple(lines))


def assign(
    editor: Editor, leader: Person, units: Sequence[Unit], valid_from: date, reason: str
) -> None:
    """Put a leader in charge of units from a day on, all of them or none."""
    if not begin(editor):
        return
    not_of_oneself(editor, leader.id)
    for unit in _changing(leader, units, valid_from, editor.day):
        for row in _held(unit, valid_from):
            before = columns(row)
            if row.valid_from == valid_from:  # not in force yet: planned otherwise
                row.leader_id = leader.id
                note(editor, "assign_portfolio", row, unit.name, before=before, reason=reason)
                break
            row.valid_to = valid_from - DAY
            note(editor, "assign_portfolio", row, unit.name, before=before, reason=reason)
        else:
            made = Portfolio(
                leader_id=leader.id, unit_id=unit.id, kind=_word(unit), valid_from=valid_from
            )
            db.session.add(made)
            note(editor, "assign_portfolio", made, unit.name, reason=reason)
    finish()


def _changing(leader: Person, units: Sequence[Unit], valid_from: date, day: date) -> list[Unit]:
    """The units that are not that leader's already."""
    within_reach(valid_from, day, "valid_from")
    if not leader.active or leader.rank_no is None:
        raise refuse("leader", "请选择在任的校领导。")
    found = []
    for unit in units:
        held = _held(unit, valid_from)
        planned = [row for row in held if row.valid_from > valid_from]
        if planned:
            since = long_date(planned[0].valid_from)
            said = f"{unit.short_name}已登记自{since}起的分管分工，请从该日起登记。"
            raise refuse("valid_from", said)
        if valid_from < unit.valid_from or unit.valid_to is not None:
            raise refuse("units", f"{unit.short_name}在该日尚未设立或已撤销。")
        same_day = [row for row in held if row.valid_from == valid_from]
        if same_day and valid_from <= day and same_day[0].leader_id != leader.id:
            said = f"{unit.short_name}自该日起的分管分工已经生效，请从次日起登记。"
            raise refuse("valid_from", said)
        if not held or held[-1].leader_id != leader.id:
            found.append(unit)
    if not found:
        raise refuse("units", "所选单位已由该校领导分管，没有需要更改的内容。")
    return found


def _held(unit: Unit, since: date) -> list[Portfolio]:
    return list(
        db.session.scalars(
            select(Portfolio)
            .where(
                Portfolio.unit_id == unit.id,
                or_(Portfolio.valid_to.is_(None), Portfolio.valid_to >= since),
            )
            .order_by(Portfolio.valid_from)
        )
    )


def _word(unit: Unit) -> str:
    """For 二级学院 the word is 联系; the rights are the same."""
    return "联系" if unit.kind == COLLEGE else "分管"
