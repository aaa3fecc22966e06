"""The secret that application and database share: entered, replaced, checked (decision 0063).

The database keeps it in `gate_secret`, which its owner alone reads; the application derives it from
its secret key.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    and_,
    delete,
    exists,
    func,
    insert,
    not_,
    or_,
    select,
    text,
    update,
)

from portal.models import GateSecret
from portal.rulebook.identity import Prover, say


def has_gate(connection: Connection) -> bool:
    """Whether the tables are new enough to ask for a proof."""
    return bool(connection.scalar(text("SELECT to_regclass('gate') IS NOT NULL")))


def enter_first(connection: Connection, prover: Prover) -> None:
    """Give a database that believes nobody this application's secret. As the owner."""
    if not connection.scalar(select(exists().select_from(GateSecret))):
        _enter(connection, prover)


def replace(connection: Connection, prover: Prover, keep: timedelta) -> bool:
    """Make this application's secret the database's; False if it was already the only one.

    Others are believed for `keep` more, so that running processes can be restarted one by one.
    As the owner.
    """
    ends = func.now() + keep
    lasting = or_(GateSecret.retires_at.is_(None), GateSecret.retires_at > ends)
    ours = _is(prover)
    connection.execute(delete(GateSecret).where(GateSecret.retires_at <= func.now()))
    retired = connection.execute(
        update(GateSecret).where(not_(ours), lasting).values(retires_at=ends)
    )
    known = select(exists().where(ours, GateSecret.retires_at.is_(None)))
    if connection.scalar(known):
        return retired.rowcount > 0
    _enter(connection, prover)
    return True


def is_believed(engine: Engine) -> bool:
    """Whether the database believes the application of this engine, by the database's own clock."""
    with engine.connect() as connection:
        now = connection.scalar(text("SELECT extract(epoch FROM now())::double precision"))
        return say(connection, "{0}", now=now)


def _enter(connection: Connection, prover: Prover) -> None:
    inner, outer = prover.pads()
    connection.execute(insert(GateSecret).values(inner_pad=inner, outer_pad=outer))


def _is(prover: Prover) -> ColumnElement[bool]:
    inner, outer = prover.pads()
    return and_(GateSecret.inner_pad == inner, GateSecret.outer_pad == outer)
