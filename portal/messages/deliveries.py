"""What went out of the portal, as the system administrator sees it: to whom, over what, what became
of it and why; kind and neutral text alone, nothing of an item (SPEC §1.3, §7.5, 12)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, func, select, update

from portal.errors import NotFound
from portal.extensions import db
from portal.messages import wording
from portal.messages.channels import WAYS
from portal.messages.quiet import next_time
from portal.models import Account, Delivery, Person
from portal.rulebook import working_calendar

PAGE: Final = 50
STATES: Final[Mapping[str, str]] = {
    "planned": "待发送",
    "sending": "发送中",
    "failed": "待重试",
    "sent": "已发送",
    "given_up": "未送达",
    "skipped": "未发送",
}
SHOWN_FOR: Final = timedelta(days=7)
"""For how long what was not delivered is pointed out to the administrator."""
AGAIN: Final = ("failed", "given_up", "skipped", "sent")
"""States in which 重发 is offered."""
MOST_AGAIN: Final = 500
"""How many are sent again at once; what is left is counted anew afterwards."""
ANEW: Final[Mapping[str, Any]] = {
    "state": "planned", "tries": 0, "bundle": None, "leased_until": None, "ended_at": None,
    "failure": "", "provider_id": "",
}  # fmt: skip
"""From the beginning, and under a new key to the provider."""


class Filters(NamedTuple):
    """A state, a channel ("": any), which page."""

    state: str
    channel: str
    page: int


class Line(NamedTuple):
    """One delivery. `text` is what anybody may read of its kind."""

    public_id: uuid.UUID
    who: str
    emp_no: str
    label: str
    text: str
    channel: str
    state: str
    made_at: datetime
    next_at: datetime | None
    ended_at: datetime | None
    tries: int
    reason: str
    provider_id: str
    again: bool


class Found(NamedTuple):
    """One page, latest first, and how many there are in each state (of the channel)."""

    lines: list[Line]
    page: int
    pages: int
    total: int
    counts: dict[str, int]


def find(wanted: Filters) -> Found:
    """The page asked for, or the last one."""
    of_channel = [Delivery.channel == wanted.channel] if wanted.channel else []
    counts = _counts(of_channel)
    total = counts.get(wanted.state, 0) if wanted.state else sum(counts.values())
    pages = max(1, -(-total // PAGE))
    page = min(max(wanted.page, 1), pages)
    query = select(Delivery, Person).join(Person, Person.id == Delivery.person_id)
    if wanted.state:
        query = query.where(Delivery.state == wanted.state)
    rows = db.session.execute(
        query.where(*of_channel).order_by(Delivery.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    )
    return Found([_line(*row) for row in rows], page, pages, total, counts)


def undelivered(now: datetime, channel: str = "") -> int:
    """How many messages were given up lately and not sent again since, of a channel or of all."""
    return _how_many(*_undelivered(channel, now))


def _undelivered(channel: str, now: datetime) -> list[ColumnElement[bool]]:
    """What is older is no news any more, and a test message is sent by itself."""
    found = [
        Delivery.state == "given_up",
        Delivery.ended_at > now - SHOWN_FOR,
        Delivery.message_id.is_not(None),
    ]
    return [*found, Delivery.channel == channel] if channel else found


def counts_by_state() -> dict[str, int]:
    """How many there are in each state, as the page of this state counts them."""
    return _counts([])


def to_be_tried() -> int:
    """How many failed and are tried again."""
    return _how_many(Delivery.state == "failed")


def _how_many(*conditions: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(Delivery).where(*conditions)) or 0


def send_again(public_id: uuid.UUID, account_id: int, now: datetime) -> None:
    """重发: from the beginning, at once, under a new key. NotFound if it is on its way or none."""
    done = db.session.scalars(
        update(Delivery)
        .where(Delivery.public_id == public_id, Delivery.state.in_(AGAIN))
        .values(**ANEW, next_at=now, forced_by_id=account_id)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    db.session.commit()
    if done is None:
        raise NotFound


def send_all_again(channel: str, shown_at: datetime, now: datetime) -> int:
    """重新发送全部未送达: those of a channel ("": of all) that were undelivered when the page was
    shown, each once however often it is pressed, `MOST_AGAIN` at most; how many.

    Unlike one that was chosen by itself, what was read in the portal meanwhile is not sent, and
    the quiet hours hold.
    """
    which = (
        select(Delivery.id)
        .where(*_undelivered(channel, now), Delivery.ended_at <= shown_at)
        .order_by(Delivery.id)
        .limit(MOST_AGAIN)
        .with_for_update(skip_locked=True)
    )
    ids = db.session.scalars(which).all()
    calendar = working_calendar.current()
    for urgent in (True, False):
        db.session.execute(
            update(Delivery)
            .where(Delivery.id.in_(ids), Delivery.urgent.is_(urgent))
            .values(**ANEW, next_at=next_time(now, calendar, urgent=urgent), forced_by_id=None)
            .execution_options(synchronize_session=False)
        )
    db.session.commit()
    return len(ids)


def send_test(channel: str, account_id: int, now: datetime) -> None:
    """A test message over a channel to the administrator's own address. KeyError for no channel."""
    _ = WAYS[channel]
    holder = db.session.scalars(select(Account.person_id).where(Account.id == account_id)).one()
    row = {
        "public_id": uuid.uuid4(), "person_id": holder, "kind": wording.TEST_KIND,
        "channel": channel, "urgent": True, "state": "planned", "made_at": now, "next_at": now,
        "forced_by_id": account_id,
    }  # fmt: skip
    db.session.add(Delivery(**row))
    db.session.commit()


def _counts(conditions: list[Any]) -> dict[str, int]:
    rows = db.session.execute(
        select(Delivery.state, func.count()).where(*conditions).group_by(Delivery.state)
    )
    return {row[0]: row[1] for row in rows}


def _line(row: Delivery, person: Person) -> Line:
    return Line(
        public_id=row.public_id,
        who=person.name,
        emp_no=person.emp_no,
        label=wording.label_of(row.kind),
        text=wording.neutral_of(row.kind),
        channel=WAYS[row.channel].label,
        state=row.state,
        made_at=row.made_at,
        next_at=row.next_at if row.state in ("planned", "failed") else None,
        ended_at=row.ended_at,
        tries=row.tries,
        reason=row.failure,
        provider_id=row.provider_id,
        again=row.state in AGAIN,
    )
