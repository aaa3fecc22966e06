"""The forty items of the sample and eight of our own, lived through once by the commands.

The acts of all items are sorted by time and done one by one, each by its person at its moment, so
that numbers, events, lights and figures are what they would have become by themselves (第十二至
十九条). What no command can do yet stands in `later`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import NoResultFound

from portal.clock import Clock
from portal.config import Settings
from portal.demo.guard import HistoryError
from portal.demo.history import briefs
from portal.demo.history.act import Act
from portal.demo.history.clockwork import let_the_clock_act
from portal.demo.history.doing import DOERS
from portal.demo.history.plan import digest_of, history
from portal.demo.history.stage import DrivenClock, Stage
from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.models import DemoHistory, Event, Item
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import everything

_NOTED = """
WITH quick AS (SELECT set_config('synchronous_commit', 'off', true))
UPDATE demo_history SET done = :number FROM quick
"""
_LOCK = 0x68697374  # "hist": of two loaders at once the second finds everything done


def load_history(app: Flask) -> int:
    """Do what is still to be done of the sample's history; how many acts that was.

    `app` connects in the worker's role, for the clock acts too. A load that was killed goes on
    behind the last act done; a database in which people have items of their own is left alone.
    """
    acts = history()
    settings: Settings = app.extensions["portal.settings"]
    with app.app_context(), _alone():
        begun = _begun(acts)
        if begun is None:
            return 0
        with _driven(app) as clock:
            stage = Stage(clock, _drafted())
            for number, act in enumerate(acts[begun:], start=begun + 1):
                _do(stage, act, number, settings)
            briefs.tell(stage)
    return len(acts) - begun


@contextmanager
def _alone() -> Iterator[None]:
    with db.engine.connect() as held:
        held.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        try:
            yield
        finally:
            held.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
            held.rollback()


def _begun(acts: list[Act]) -> int | None:
    """How many acts are done; None if nothing is to be loaded. Raises HistoryError."""
    row = db.session.scalars(select(DemoHistory)).one_or_none()
    if row is None:
        with everything(because="装入示例事项前核对是否已有事项"):
            if db.session.scalar(select(Item.id).limit(1)) is not None:
                return None
        db.session.execute(
            insert(DemoHistory).values(id=1, digest=digest_of(acts), acts=len(acts), done=0)
        )
        db.session.commit()
        return 0
    if row.done == row.acts:
        return None
    if row.digest != digest_of(acts):
        raise HistoryError("示例事项只装入了一部分，且与现版本不同：请删除数据目录后重新启动。")
    return row.done


@contextmanager
def _driven(app: Flask) -> Iterator[DrivenClock]:
    """The application's clock is ours while the history goes on."""
    own: Clock = app.extensions["portal.clock"]
    driven = DrivenClock(own.now())
    app.extensions["portal.clock"] = driven
    try:
        yield driven
    finally:
        app.extensions["portal.clock"] = own


def _drafted() -> dict[str, uuid.UUID]:
    """The items that an earlier load has drafted, by the sample's id."""
    firsts = {act.key: act.item for act in history() if act.kind == "draft"}
    with everything(because="续装示例事项"):
        rows = db.session.execute(
            select(Event.key, Item.public_id)
            .join(Item, Item.id == Event.item_id)
            .where(Event.key.in_(firsts))
        ).all()
    return {firsts[key]: public_id for key, public_id in rows}


def _do(stage: Stage, act: Act, number: int, settings: Settings) -> None:
    let_the_clock_act(stage, act)
    stage.clock.stand(act.at)
    # In the act's own transaction, which its command commits. What a crash of the machine could
    # take of it is done again, so nobody waits for the disk.
    db.session.execute(text(_NOTED), {"number": number})
    try:
        DOERS[act.kind](stage, act, settings)
    except (NoResultFound, NotFound, NotOffered, Unmet) as refused:
        said = f"{act.item} {act.kind} {act.who} {stage.clock.now():%Y-%m-%d %H:%M}Z: {refused}"
        raise HistoryError(said) from refused


__all__ = ["load_history"]
