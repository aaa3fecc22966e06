"""A change in words: each element before and after, side by side."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import select

from portal.extensions import db
from portal.models import Change, Item, Person, Unit
from portal.rulebook import changing, policy
from portal.rulebook.deadline_texts import deadline_text, long_date

LABELS = {
    "void": "作废",
    "reassign": "调整承办单位",
    "adjust": "调整事项要素",
    "reset": "重新确定期限",
    "reopen": "恢复督办",
}
DEADLINE = ("deadline_kind", "deadline_days", "deadline_date", "deadline_basis", "due_effective")
STATE_AFTER = {"void": "void", "reassign": "filed", "reopen": "in_progress"}


class Row(NamedTuple):
    """One element of the sheet."""

    label: str
    before: str
    after: str


def rows_of(item: Item, change: Change) -> list[Row]:
    """The elements that the change changes, in the order of annex 1.

    Of a change that waits, the left side is what the item holds now.
    """
    values = changing.read(change.values)
    before = changing.present(item, {*DEADLINE, "level", "due_reset", *values})
    if change.state == "agreed":
        before |= changing.read(change.before)
    after = before | values
    rows = [
        Row(label, _text(item, name, before), _text(item, name, after))
        for name, label in _ELEMENTS.items()
        if _shown(name, change.kind, values)
    ]
    if change.kind in STATE_AFTER and change.state == "open":
        state = policy.CURRENT.state
        rows.append(Row("状态", state(item.state).label, state(STATE_AFTER[change.kind]).label))
    return rows


def present_of(item: Item) -> dict[str, str]:
    """The elements as they stand, in words, for the form that changes them; the deadline that the
    lights run to is 期限."""
    names = {*DEADLINE, *_ELEMENTS} - {"deadline"}
    values = changing.present(item, names)
    return {name: _text(item, name, values) for name in _ELEMENTS}


def _shown(name: str, kind: str, values: Mapping[str, Any]) -> bool:
    if name == "due_reset":
        return kind == "reset"
    return name in values or (name == "deadline" and not values.keys().isdisjoint(DEADLINE))


_ELEMENTS = {
    "level": "等级",
    "deadline": "完成时限",
    "due_reset": "办结期限",
    "responsible_leader_id": "责任校领导",
    "lead_unit_id": "牵头单位",
    "co_unit_ids": "协办单位",
    "requirement": "办理要求",
}


def _text(item: Item, name: str, values: Mapping[str, Any]) -> str:
    if name == "deadline":
        return _deadline(item, values)
    value = values[name]
    if name == "due_reset":
        return f"{long_date(value)}前" if value else _deadline(item, values)
    if name == "level":
        return policy.of(item.policy_version).level(value).label
    if name == "responsible_leader_id":
        return db.session.get_one(Person, value).name
    if name == "lead_unit_id":
        return _units([value])
    if name == "co_unit_ids":
        return _units(value) or "无"
    return str(value)


def _deadline(item: Item, values: Mapping[str, Any]) -> str:
    text = deadline_text(
        policy.of(item.policy_version).level(values["level"]),
        due=values["due_effective"] or values["deadline_date"],
        days=values["deadline_days"],
        open_ended=values["deadline_kind"] == "open",
    )
    basis = values["deadline_basis"]
    return f"{text}（{basis}）" if basis else text


def _units(unit_ids: Collection[int]) -> str:
    names = db.session.scalars(
        select(Unit.short_name).where(Unit.id.in_(unit_ids)).order_by(Unit.sort_no)
    )
    return "、".join(names)
