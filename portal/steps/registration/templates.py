"""模板 of routine items (值班、慰问、迎检): kept by a unit, filled into new drafts (SPEC §8.3)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import func

from portal.clock import shanghai_day
from portal.errors import NotFound
from portal.extensions import db
from portal.models import ItemTemplate
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import Viewer, visible
from portal.steps.registration.commands import own_unit
from portal.steps.registration.years import in_year

MOST: Final = 100
"""Of one unit: more are not looked through by anybody."""


class Contents(NamedTuple):
    """What a template holds; no date, no classification, no person."""

    name: str
    title: str
    requirement: str
    source_type: str
    level: int
    method: str
    deadline_days: int | None
    lead_unit_id: int
    co_unit_ids: tuple[int, ...]


def templates_of(viewer: Viewer) -> Sequence[ItemTemplate]:
    """Those of the viewer's unit, by name."""
    return db.session.scalars(
        visible(viewer, ItemTemplate).order_by(ItemTemplate.name, ItemTemplate.id)
    ).all()


def template_of(viewer: Viewer, public_id: uuid.UUID) -> ItemTemplate:
    """One of them. NotFound."""
    found = db.session.scalars(
        visible(viewer, ItemTemplate).where(ItemTemplate.public_id == public_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def contents_of(template: ItemTemplate, today: date) -> dict[str, Any]:
    """The fields of a new draft; a year in the title is this year's."""
    days = template.deadline_days
    return {
        "title": in_year(template.title, shanghai_day(template.made_at).year, today.year),
        "requirement": template.requirement,
        "source_type": template.source_type,
        "level": template.level,
        "method": template.method,
        "lead_unit": template.lead_unit_id,
        "co_units": list(template.co_unit_ids),
        **({"deadline_kind": "days", "deadline_days": days} if days else {}),
    }


def keep(viewer: Viewer, contents: Contents) -> None:
    """存为模板, for the viewer's unit; without one for the viewer alone. Unmet if the name is taken
    or there are too many."""
    _check(viewer, contents)
    unit_id = own_unit(viewer)
    reader = unit_id if unit_id in viewer.keys else -(viewer.person_id or 0)
    db.session.add(
        ItemTemplate(
            **contents._asdict() | {"co_unit_ids": list(contents.co_unit_ids)},
            made_by_id=viewer.person_id,
            made_at=viewer.moment.instant,
            readers=[reader],
        )
    )
    db.session.commit()


def change(viewer: Viewer, template: ItemTemplate, contents: Contents) -> None:
    """The template with new contents, dated today: its title's year is this year's."""
    _check(viewer, contents, template)
    for name, value in contents._asdict().items():
        setattr(template, name, list(value) if name == "co_unit_ids" else value)
    template.made_by_id, template.made_at = viewer.person_id or 0, viewer.moment.instant
    db.session.commit()


def remove(template: ItemTemplate) -> None:
    """Delete it; drafts made from it stay as they are."""
    db.session.delete(template)
    db.session.commit()


def _check(viewer: Viewer, contents: Contents, but: ItemTemplate | None = None) -> None:
    others = visible(viewer, ItemTemplate)
    if but is not None:
        others = others.where(ItemTemplate.id != but.id)
    named = others.where(ItemTemplate.name == contents.name)
    if db.session.scalars(named.with_only_columns(ItemTemplate.id).limit(1)).one_or_none():
        said = "已有同名模板，请改用其他名称。"
        raise Unmet(said, article="12", fields={"name": said})
    count = db.session.scalar(others.with_only_columns(func.count()))
    if (count or 0) >= MOST:
        raise Unmet(f"模板最多保留{MOST}个，请先删除不再使用的模板。", article="12")
    if contents.lead_unit_id in contents.co_unit_ids:
        said = "协办单位中不应包括牵头单位。"
        raise Unmet(said, article="8", fields={"co_units": said})
