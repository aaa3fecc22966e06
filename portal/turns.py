"""One after the other: what arrives at the same moment and has no row yet to wait for waits here.

Held until the transaction ends; the second one sees what the first has committed.
"""

from __future__ import annotations

import uuid

from sqlalchemy import func, select

from portal.extensions import db


def wait_for(what: str) -> None:
    """Wait until nobody else is at this; `what` names it, as 「ledger views 7」."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))


def once(key: uuid.UUID) -> None:
    """Wait until the same form, sent at the same moment, has been acted on."""
    db.session.execute(select(func.pg_advisory_xact_lock(key.int & (2**63 - 1))))
