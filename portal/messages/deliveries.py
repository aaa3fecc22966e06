"""What went out of the portal, as the system administrator sees it: to whom, over what, what became
of it and why; kind and neutral text alone, nothing of an item (SPEC §1.3, §7.5, 12)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import func, select, update

from portal.errors import NotFound
from portal.extensions import db
from portal.messages import wording
from portal.messages.channels import WAYS
from portal.models import Account, Delivery, Person

PAGE: Final = 50
STATES: Final[Mapping[str, str]] = {
    "planned": "待发送",
    "sending": "发送中",
    "failed": "待重试",
    "sent": "已发送",
    "given_up": "未送达",
    "skipped": "未发送",
}
AGAIN: Final = ("failed", "given_up", "skipped", "sent")
"""States in which 重发 is offered."""


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


def send_again(public_id: uuid.UUID, account_id: int, now: datetime) -> None:
    """重发: from the beginning, at once, under a new key. NotFound if it is on its way or none."""
    done = db.session.scalars(
        update(Delivery)
        .where(Delivery.public_id == public_id, Delivery.state.in_(AGAIN))
        .values(
            state="planned", next_at=now, tries=0, bundle=None, leased_until=None, ended_at=None,
            failure="", provider_id="", forced_by_id=account_id,
        )
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()  # fmt: skip
    db.session.commit()
    if done is None:
        raise NotFound


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
