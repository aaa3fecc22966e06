"""Texts beside the event log: an event carries a salted digest, so that a text entered against the
law can be erased and the log still proves what was there (design: event log)."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import date
from typing import Any, Final

from sqlalchemy import select

from portal.extensions import db
from portal.models import Feedback, FeedbackVersion, Item, ItemUnit, Opinion, Unit

FORM: Final = (
    "title", "requirement", "category", "level", "method", "classification", "source_type",
    "source_ref", "source_date", "deadline_kind", "deadline_days", "deadline_date",
    "deadline_basis", "principal", "responsible_leader_id",
)  # fmt: skip
"""What a version of the form says, besides the units."""


def salted(text: str) -> tuple[str, str]:
    """A fresh salt and the salted digest of a text, both hexadecimal."""
    salt = secrets.token_hex(16)
    return salt, salted_with(salt, text)


def salted_with(salt: str, text: str) -> str:
    """The digest of a text with its salt, hexadecimal."""
    return hashlib.sha256((salt + text).encode()).hexdigest()


def keep(item: Item, body: str) -> Opinion:
    """Store a text of this item."""
    salt, _digest = salted(body)
    kept = Opinion(item_id=item.id, body=body, salt=salt)
    db.session.add(kept)
    db.session.flush()
    return kept


def digest_of(kept: Opinion | FeedbackVersion) -> str:
    """The salted digest, hexadecimal."""
    return salted_with(kept.salt, kept.body)


def keep_form(item: Item) -> dict[str, Any]:
    """The form as it is submitted now, word for word; what its event keeps of it (SPEC §2.2)."""
    units = db.session.execute(
        select(ItemUnit.role, Unit.code)
        .join(Unit, Unit.id == ItemUnit.unit_id)
        .where(ItemUnit.item_id == item.id)
        .order_by(ItemUnit.role.desc(), Unit.code)
    )
    values: dict[str, Any] = {name: getattr(item, name) for name in FORM}
    values["units"] = [[row.role, row.code] for row in units]
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, default=date.isoformat)
    kept = keep(item, text)
    return {"version": item.form_version, "text": kept.id, "digest": digest_of(kept)}


REPORT: Final = (
    "measures", "progress", "effect", "problems", "next_steps", "percent", "no_progress", "final",
)  # fmt: skip


def keep_report(report: Feedback) -> dict[str, Any]:
    """The report as it is handed in now, word for word; what its event keeps of it."""
    body = json.dumps(
        {name: getattr(report, name) for name in REPORT}, ensure_ascii=False, sort_keys=True
    )
    salt, digest = salted(body)
    kept = FeedbackVersion(
        item_id=report.item_id,
        feedback_id=report.id,
        unit_id=report.unit_id,
        version=report.form_version,
        body=body,
        salt=salt,
    )
    db.session.add(kept)
    db.session.flush()
    return {"version": kept.version, "text": kept.id, "digest": digest}
