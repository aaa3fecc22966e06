"""What a change sheet changes: the new values by column name (第十八、十九条)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.models import Item
from portal.rulebook import deadlines, policy, stored_lights, working_calendar
from portal.rulebook.refusals import Unmet


@dataclass(frozen=True, kw_only=True)
class AdjustFields:
    """What is typed. `deadline_kind` empty: the deadline stays."""

    level: int
    requirement: str
    responsible_leader_id: int
    deadline_kind: str = ""
    deadline_days: int | None = None
    deadline_date: date | None = None
    deadline_basis: str = ""


def dated(due: date, basis: str) -> dict[str, Any]:
    """The columns of an explicit deadline (第十八条（五）)."""
    return {
        "deadline_kind": "date",
        "deadline_days": None,
        "deadline_date": due,
        "deadline_basis": basis,
        "due_effective": due,
        "due_reset": None,
    }


def adjusted(item: Item, fields: AdjustFields) -> dict[str, Any]:
    """The values that differ from the item's. Unmet if a deadline is chosen but not given."""
    values: dict[str, Any] = {
        name: getattr(fields, name)
        for name in ("level", "requirement", "responsible_leader_id")
        if getattr(fields, name) != getattr(item, name)
    }
    if fields.deadline_kind:
        chosen = _deadline(item, fields)
        if any(value != getattr(item, name) for name, value in chosen.items()):
            values |= chosen
    return values


def _deadline(item: Item, fields: AdjustFields) -> dict[str, Any]:
    if fields.deadline_kind == "date":
        if fields.deadline_date is None:
            raise _without_date(item, fields)
        return _for(item, dated(fields.deadline_date, fields.deadline_basis))
    days = None
    if fields.deadline_kind == "days":
        level = policy.of(item.policy_version).level(fields.level)
        days = fields.deadline_days or level.default_days
        if days is None:
            raise Unmet(
                f"{level.label}事项请填写明确日期或选择长期。",
                article=level.article,
                fields={"deadline_kind": "请选择明确日期或长期。"},
            )
    return _for(
        item,
        {
            "deadline_kind": fields.deadline_kind,
            "deadline_days": days,
            "deadline_date": None,
            "deadline_basis": "",
            "due_effective": _counted(item, fields.level, days),
            "due_reset": None,
        },
    )


def _without_date(item: Item, fields: AdjustFields) -> Unmet:
    """第十八条（五）: the date that was chosen is not there; nor its basis, if it needs one."""
    missing = {"deadline_date": "请填写日期。"}
    level = policy.of(item.policy_version).level(fields.level)
    if not fields.deadline_basis.strip() and level.default_days is not None:
        missing["deadline_basis"] = "请写明依据。"
    return Unmet("请填写完成时限。", article="18", fields=missing)


def _for(item: Item, values: dict[str, Any]) -> dict[str, Any]:
    """Before the first 交办 there is no day yet: it follows from the notice."""
    if item.issued_on is None:
        del values["due_effective"], values["due_reset"]
    return values


def _counted(item: Item, level_number: int, days: int | None) -> date | None:
    """The last day of so many days from 交办; none before the notice goes out (again)."""
    if days is None or item.issued_on is None or item.state == "filed":
        return None
    level = policy.of(item.policy_version).level(level_number)
    base = stored_lights.counts_from(item)
    return deadlines.last_day(level, base, days, working_calendar.current())[1]
