"""The sealer (等保 8.1.4.3): chains the committed events, so that no act waits for another.

The chain's order is the order of sealing; an event that commits late is in the next round.
"""

from __future__ import annotations

from sqlalchemy import delete, func, insert, select

from portal.audit.digests import BEGINNING, CURRENT, SEALED, linked
from portal.extensions import db
from portal.models import Event, Seal, Unsealed
from portal.rulebook.scope import everything

ROUND = 1000
"""Events sealed in one transaction."""

LOCK = 0x5EA1
"""The advisory lock that one sealer at a time holds until its round has committed."""


def seal() -> int:
    """Seal what waits, in whole rounds; how many events. 0 while another sealer is at it.

    Runs under the worker's role. Killed at any point it leaves whole rounds only.
    """
    total = 0
    with everything(because="封存办理记录"):
        while sealed := _round():
            total += sealed
    return total


def _round() -> int:
    """One transaction; how many events it sealed."""
    try:
        rows = _seals() if db.session.scalar(select(func.pg_try_advisory_xact_lock(LOCK))) else []
        if rows:
            db.session.execute(insert(Seal), rows)
            done = [row["event_id"] for row in rows]
            db.session.execute(delete(Unsealed).where(Unsealed.event_id.in_(done)))
            db.session.commit()
    finally:
        db.session.rollback()
    return len(rows)


def _seals() -> list[dict[str, object]]:
    """The next seals, behind the last one."""
    last = db.session.execute(
        select(Seal.position, Seal.digest).order_by(Seal.position.desc()).limit(1)
    ).one_or_none()
    position, digest = (last.position, last.digest) if last else (0, BEGINNING)
    made: list[dict[str, object]] = []
    for event in _waiting():
        previous, position = digest, position + 1
        digest = linked(CURRENT, previous, event)
        made.append(
            {
                "position": position,
                "event_id": event["id"],
                "alg": CURRENT.name,
                "previous": previous,
                "digest": digest,
            }
        )
    return made


def _waiting() -> list[dict[str, object]]:
    """The events of the next round. One that bears a seal already is left for `verify` to find."""
    sealed = select(Seal.position).where(Seal.event_id == Event.id).exists()
    waiting = (
        select(*SEALED)
        .join(Unsealed, Unsealed.event_id == Event.id)
        .where(~sealed)
        .order_by(Event.id)
        .limit(ROUND)
    )
    return [dict(row) for row in db.session.execute(waiting).mappings()]
