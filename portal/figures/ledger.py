"""时点台账: the ledger's items as they stood at the end of a past day, and what they hash to."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy import Select, exists, func, select

from portal.extensions import db
from portal.figures.past import stood
from portal.models import Item, Standing
from portal.rulebook.readers import DRAFTING
from portal.rulebook.scope import Viewer, visible

LENGTH: Final = 64
"""Hexadecimal digits of a SHA-256."""


def then(viewer: Viewer, at: date) -> Select[Any]:
    """How the items stood that the viewer may know of today; forms with their drafters are in no
    ledger."""
    return (
        visible(viewer, Standing)
        .join(Item, Item.id == Standing.item_id)
        .where(stood(at), Standing.state.not_in(DRAFTING))
    )


def digest_of(at: date) -> str:
    """SHA-256 over the canonical rows of all items that had a number and were not sensitive then,
    by their ids: the same for ever (decision 0141). Empty for who does not see everything open."""
    return db.session.scalar(select(func.ledger_digest(at))) or ""


def incomplete(viewer: Viewer, at: date) -> bool:
    """Whether items were under way on that day of which is not known how they stood: the table
    began later."""
    began = visible(viewer, Standing).where(Standing.rebuilt, Standing.day > at)
    return db.session.scalar(select(exists(began.with_only_columns(Standing.day)))) or False
