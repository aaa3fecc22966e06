"""A form that was sent back and submitted again: what it says now and what it said before
(SPEC §2.3). Who signs, and who had signed, see every word that changed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select

from portal.extensions import db
from portal.models import Event, Item, Opinion, Person, Unit
from portal.rulebook import policy
from portal.rulebook.item_texts import category_text, limit_at_filing, source_text
from portal.rulebook.rule_shapes import SIGNING
from portal.rulebook.scope import Viewer, visible

SHOWN = (*SIGNING, "pending_filing")
DATES = ("source_date", "deadline_date")


class Row(NamedTuple):
    """One element of the form, as it was submitted before and as it was submitted last."""

    label: str
    before: str
    after: str


def changed_of(viewer: Viewer, item: Item) -> list[Row]:
    """What the last submission changed; empty for a first one, and once the item is filed."""
    if item.form_version < 2 or item.state not in SHOWN:
        return []
    text = Event.facts["form"]["text"].as_integer()
    bodies = db.session.scalars(
        visible(viewer, Opinion)
        .join(Event, (Event.item_id == Opinion.item_id) & (text == Opinion.id))
        .where(Opinion.item_id == item.id)
        .order_by(Event.id.desc())
        .limit(2)
        .with_only_columns(Opinion.body)
    ).all()
    if len(bodies) < 2:
        return []
    after, before = (_words(json.loads(body), item) for body in bodies)
    return [
        Row(label, before[label], after[label]) for label in after if before[label] != after[label]
    ]


def _words(said: dict[str, Any], item: Item) -> dict[str, str]:
    """The elements of a kept form in words, in the order of annex 1."""
    units = said.pop("units")
    for name in DATES:
        said[name] = date.fromisoformat(said[name]) if said[name] else None
    form = Item(**said, policy_version=item.policy_version)
    edition = policy.of(item.policy_version)
    leader = select(Person.name).where(Person.id == form.responsible_leader_id)
    basis = f"（{form.deadline_basis}）" if form.deadline_basis else ""
    return {
        "事项": form.title,
        "办理要求": form.requirement,
        "事项来源": source_text(form),
        "类别": category_text(form),
        "等级": edition.level(form.level).label,
        "督办方式": edition.method(form.method).label,
        "密级标识": edition.classification(form.classification).label,
        "完成时限": limit_at_filing(form) + basis,
        "责任校领导": db.session.scalars(leader).one(),
        "牵头单位": _units(code for role, code in units if role == "lead"),
        "协办单位": _units(code for role, code in units if role == "co") or "无",
    }


def _units(codes: Iterable[str]) -> str:
    names = select(Unit.short_name).where(Unit.code.in_(list(codes))).order_by(Unit.sort_no)
    return "、".join(db.session.scalars(names))
