"""The outbox: taking what is due, and noting what became of it. Nothing here sends.

What one person is due on one channel is taken together, under a lease; a worker that is killed
loses it when the lease ends, and the same bundle is taken again under the same key. So a provider
may get a bundle twice, never more often than workers died with it in hand; the inbox has each
message once.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select, update

from portal.extensions import db
from portal.messages.quiet import next_time
from portal.models import Delivery
from portal.queued_work import now as real_now
from portal.rulebook import working_calendar

LEASE: Final = timedelta(minutes=5)
"""Longer than a job may run (portal/queue.py): who still holds it then is gone."""
TRIES: Final = 6
FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=1)
EXPIRES_AFTER: Final = timedelta(days=3)
LOST: Final = "发送中断，未收到结果"
EXPIRED: Final = "超过3天未能发出"
OPEN: Final = ("planned", "failed")


class Sent(NamedTuple):
    """A row of a bundle: which message, and whether the administrator asked for it again."""

    id: int
    message_id: int | None
    forced: bool


class Bundle(NamedTuple):
    """What was taken: the rows, for whom and where; `tries` counts this one too and says, with the
    key, that it is still ours."""

    key: uuid.UUID
    person_id: int
    channel: str
    tries: int
    urgent: bool
    rows: tuple[Sent, ...]


def take(channels: Collection[str], now: datetime) -> Bundle | None:
    """The longest-waiting bundle that is due on one of these channels, for this worker alone.

    Commits, and with it that the one before was sent: half the transactions.
    """
    first = db.session.scalars(
        select(Delivery)
        .where(Delivery.channel.in_(channels), _free(now))
        .order_by(Delivery.next_at, Delivery.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if first is None:
        db.session.commit()
        return None
    rows = db.session.scalars(_with(first, now)).all()
    key, tries = first.bundle or uuid.uuid4(), first.tries + 1
    for row in rows:
        row.state, row.bundle, row.tries = "sending", key, tries
        row.leased_until = real_now() + LEASE
    bundle = Bundle(
        key,
        first.person_id,
        first.channel,
        tries,
        all(row.urgent for row in rows),
        tuple(Sent(row.id, row.message_id, row.forced_by_id is not None) for row in rows),
    )
    db.session.commit()
    return bundle


def _with(first: Delivery, now: datetime) -> Any:
    """The rows that go together with one: those it went with before, else all that are due to the
    same person on the same channel and went with none."""
    query = select(Delivery).where(_free(now)).order_by(Delivery.id)
    if first.bundle is not None:
        query = query.where(Delivery.bundle == first.bundle)
    else:
        query = query.where(
            Delivery.bundle.is_(None),
            Delivery.person_id == first.person_id,
            Delivery.channel == first.channel,
        )
    return query.with_for_update(skip_locked=True)


def _free(now: datetime) -> ColumnElement[bool]:
    """Due, or lost with the worker that had it."""
    due = and_(Delivery.state.in_(OPEN), Delivery.next_at <= now)
    return and_(Delivery.tries < TRIES, or_(due, _lapsed()))


def _lapsed() -> ColumnElement[bool]:
    return and_(Delivery.state == "sending", Delivery.leased_until < real_now())


def note_sent(bundle: Bundle, rows: Collection[int], provider_id: str, now: datetime) -> bool:
    """The provider took these rows; False if they are not ours any more. Whoever calls it commits,
    or takes the next one."""
    return _end(bundle, rows, now, state="sent", provider_id=provider_id, failure="")


def note_skipped(bundle: Bundle, rows: Collection[int], reason: str, now: datetime) -> bool:
    """These were not to be sent, and why."""
    return _settled(_end(bundle, rows, now, state="skipped", failure=reason))


def note_given_up(bundle: Bundle, rows: Collection[int], reason: str, now: datetime) -> bool:
    """These will not arrive, and why; the administrator may send them again."""
    return _settled(_end(bundle, rows, now, state="given_up", failure=reason))


def note_failed(bundle: Bundle, rows: Collection[int], reason: str, now: datetime) -> bool:
    """These are tried again later, each time later, and not at night; at last they are given up."""
    if bundle.tries >= TRIES:
        return note_given_up(bundle, rows, reason, now)
    later = next_time(
        now + pause(bundle.tries, bundle.key), working_calendar.current(), urgent=bundle.urgent
    )
    return _settled(
        _mark(bundle, rows, state="failed", failure=reason, next_at=later, leased_until=None)
    )


def pause(tries: int, key: uuid.UUID) -> timedelta:
    """How long to wait after so many tries: twice as long each time, up to a fifth more or less by
    the bundle's key, so that what failed together does not come back together."""
    doubled: timedelta = min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE)
    return doubled * (0.8 + 0.4 * (key.int % 1000) / 999)


def give_up_lost(now: datetime) -> None:
    """What was lost with its worker at the last try, and what waited for days (a channel that was
    switched off), is shown as not delivered."""
    lost = and_(_lapsed(), Delivery.tries >= TRIES)
    old = and_(Delivery.state.in_(OPEN), Delivery.next_at < now - EXPIRES_AFTER)
    for which, reason in ((lost, LOST), (old, EXPIRED)):
        db.session.execute(
            update(Delivery)
            .where(which)
            .values(state="given_up", failure=reason, ended_at=now, leased_until=None)
        )
    db.session.commit()


def _end(bundle: Bundle, rows: Collection[int], now: datetime, **values: Any) -> bool:
    return _mark(bundle, rows, ended_at=now, leased_until=None, **values)


def _mark(bundle: Bundle, rows: Collection[int], **values: Any) -> bool:
    """Only while the lease is this worker's: a later try has a higher count."""
    if not rows:
        return True
    done = db.session.execute(
        update(Delivery)
        .where(
            Delivery.id.in_(rows),
            Delivery.state == "sending",
            Delivery.bundle == bundle.key,
            Delivery.tries == bundle.tries,
        )
        .values(**values)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(done) == len(rows)


def _settled(ours: bool) -> bool:
    db.session.commit()
    return ours
