"""Drafts of the sample made through the portal's own command, as their drafter."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select

from portal.clock import Clock
from portal.extensions import db
from portal.models import Person, Unit
from portal.rulebook import policy
from portal.rulebook.scope import view_as
from portal.rulebook.workflow import Intent
from portal.steps.registration.classification import Marking
from portal.steps.registration.commands import ItemFields, draft

PLAIN = (
    "title", "requirement", "source_ref", "source_date", "category", "level", "method",
    "deadline_kind", "deadline_days", "deadline_date", "deadline_basis", "principal",
)  # fmt: skip


def draft_from(inputs: dict[str, Any], clock: Clock, *, key: uuid.UUID | None = None) -> uuid.UUID:
    """Draft one item of `draft_inputs` (an app context is open); its public id.

    With the same `key` a second time nothing is made anew.
    """
    drafter = db.session.scalars(select(Person.id).where(Person.emp_no == inputs["drafter"])).one()
    source = next(row for row in policy.CURRENT.source_types if row.label == inputs["source_type"])
    fields = ItemFields(
        **{name: inputs[name] for name in PLAIN},
        source_type=source.id,
        lead_unit_id=_unit(inputs["lead_unit"]),
        co_unit_ids=tuple(_unit(code) for code in inputs["co_units"]),
    )
    viewer = view_as(drafter, clock)
    marking = Marking(inputs["classification"], reviewed=True)
    made = draft(viewer, fields, Intent(None, key or uuid.uuid4()), marking=marking)
    return made.public_id


def _unit(code: str) -> int:
    return db.session.scalars(select(Unit.id).where(Unit.code == code)).one()
