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
from portal.models import Item, ItemUnit, Opinion, Unit

FORM: Final = (
    "title", "requirement", "category", "level", "method", "classification", "source_type",
    "source_ref", "source_date", "deadline_kind", "deadline_days", "deadline_date",
    "deadline_basis", "principal", "responsible_leader_id",
)  # fmt: skip
"""What a version of the form says, besides the units."""


def salted(text: str) -> tuple[str, str]:
    """A fresh salt and the salted digest of a text, both hexadecimal."""
    salt = secrets.token_hex(16)
    return salt, hashlib.sha256((salt + text).encode()).hexdigest()


def keep(item: Item, body: str) -> Opinion:
    """Store a text of this item."""
    salt, _digest = salted(body)
    kept = Opinion(item_id=item.id, body=body, salt=salt)
    db.session.add(kept)
    db.session.flush()
    return kept


def digest_of(kept: Opinion) -> str:
    """The salted digest, hexadecimal."""
    return hashlib.sha256((kept.salt + kept.body).encode()).hexdigest()


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
