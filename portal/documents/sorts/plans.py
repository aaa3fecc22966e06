"""Which 工作计划表 an item has (第十六条（三）): one of each unit that sent its plan.

A plan is its unit's part: of a sensitive item the people of another co-unit have none of it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select

from portal.codes import is_code
from portal.documents.sorts.shape import Listed, Standing
from portal.errors import NotFound
from portal.extensions import db
from portal.models import Event, Item, ItemUnit, Milestone, Unit
from portal.rulebook.offers import acts_on
from portal.rulebook.scope import Viewer, visible

PLAN: Final = "plan"
LABEL: Final = "工作计划表"
NAMING: Final = ("assign_handler", "replace_handler")
"""Acts that change 承办人, whom the sheet names."""


class Planned(NamedTuple):
    """A unit's share of the item, with its milestones in their order."""

    share: ItemUnit
    unit: Unit
    steps: Sequence[Milestone]


def concerns(kind: str) -> bool:
    """Whether it is one: `plan-<code of the unit>`."""
    form, dash, code = kind.partition("-")
    return form == PLAN and bool(dash) and is_code(code)


def labels(kinds: Collection[str]) -> dict[str, str]:
    """「工作计划表（保卫处）」 by kind, of the units there are."""
    codes = [kind.partition("-")[2] for kind in kinds]
    rows = db.session.execute(select(Unit.code, Unit.short_name).where(Unit.code.in_(codes)))
    return {f"{PLAN}-{code}": _label(short_name) for code, short_name in rows}


def _label(unit: str) -> str:
    return f"{LABEL}（{unit}）"


def listed(viewer: Viewer, item: Item) -> dict[str, Listed]:
    """The plans this person may have, the lead unit's first, in official order."""
    return {
        f"{PLAN}-{one.unit.code}": Listed(
            _label(one.unit.short_name), _last_act(viewer, item, one.share)
        )
        for one in _plans(viewer, item)
    }


def standing(viewer: Viewer, item: Item, kind: str) -> Standing:
    """How a plan stands; it is its unit's. NotFound as `plan_of`."""
    one = plan_of(viewer, item, kind)
    return Standing(_last_act(viewer, item, one.share), one.unit.id)


def plan_of(viewer: Viewer, item: Item, kind: str) -> Planned:
    """The plan that the kind prints. NotFound: there is none, or not for this person."""
    code = kind.partition("-")[2]
    for one in _plans(viewer, item):
        if one.unit.code == code:
            return one
    raise NotFound


def _plans(viewer: Viewer, item: Item) -> list[Planned]:
    steps: dict[int, list[Milestone]] = {}
    milestones = visible(viewer, Milestone).where(Milestone.item_id == item.id)
    for row in db.session.scalars(milestones.order_by(Milestone.seq)):
        steps.setdefault(row.unit_id, []).append(row)
    if not steps:
        return []
    shares = db.session.execute(
        visible(viewer, ItemUnit)
        .join(Unit, Unit.id == ItemUnit.unit_id)
        .add_columns(Unit)
        .where(
            ItemUnit.item_id == item.id,
            ItemUnit.unit_id.in_(steps),
            ItemUnit.role != "former",
        )
        .order_by(ItemUnit.role.desc(), Unit.sort_no)
    )
    return [Planned(share, unit, steps[unit.id]) for share, unit in shares]


def _last_act(viewer: Viewer, item: Item, share: ItemUnit) -> int:
    last: int | None = db.session.scalar(
        visible(viewer, Event)
        .where(Event.item_id == item.id, _changes(share))
        .with_only_columns(func.max(Event.id))
    )
    if last is None:
        raise NotFound
    return last


def _changes(share: ItemUnit) -> ColumnElement[bool]:
    """The plan itself, who does the work, the day it runs to and, of the lead unit's, its
    instalments: one may be promised by telephone."""
    own = and_(Event.subject == "item_unit", Event.subject_id == share.id)
    changes = [
        own & Event.act.in_((*acts_on(PLAN), *NAMING)),
        and_(Event.subject == "change", Event.to_state == "agreed"),
        Event.facts.has_key("due"),
    ]
    if share.role == "lead":
        changes.append(Event.act.in_(acts_on("phone")))
    return or_(*changes)
