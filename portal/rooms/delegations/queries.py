"""Who has let whom act for him: what a person gave and received, and all of it for 党政办."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import or_, select

from portal.clock import shanghai_instant
from portal.extensions import db
from portal.item.people import Named, named
from portal.models import Delegation
from portal.rooms.delegations.commands import may_record, may_revoke
from portal.rulebook.scope import Viewer

KEPT_IN_SIGHT = timedelta(days=365)
"""How long one that has ended is still shown."""
MOST = 200


class Row(NamedTuple):
    """A delegation as the page shows it; `state` in one word, `revocable` by who looks."""

    given: Delegation
    giver: Named
    taker: Named
    setter: Named
    state: str
    revocable: bool

    @property
    def running(self) -> bool:
        """Whether it holds now or is still to come."""
        return self.state in (RUNNING, TO_COME)

    @property
    def on_paper(self) -> bool:
        """Whether 党政办 typed it in."""
        return self.given.created_by_id != self.given.from_id


RUNNING, TO_COME, ENDED, REVOKED = "生效中", "未生效", "已到期", "已撤销"


def rows_of(viewer: Viewer) -> list[Row]:
    """Those of this person, to 党政办 everybody's; what holds first, then newest first."""
    now = viewer.moment.instant
    query = select(Delegation).where(
        Delegation.ends_at > shanghai_instant(viewer.moment.day) - KEPT_IN_SIGHT
    )
    if not may_record(viewer):
        mine = viewer.person_id
        query = query.where(or_(Delegation.from_id == mine, Delegation.to_id == mine))
    found = db.session.scalars(
        query.order_by(Delegation.starts_at.desc(), Delegation.id.desc()).limit(MOST)
    ).all()
    who = {id_ for one in found for id_ in (one.from_id, one.to_id, one.created_by_id)}
    names = named(who, viewer.moment.day)
    rows = [
        Row(
            one,
            names[one.from_id],
            names[one.to_id],
            names[one.created_by_id],
            state_of(one, now),
            may_revoke(viewer, one),
        )
        for one in found
    ]
    return sorted(rows, key=lambda row: not row.running)


def state_of(given: Delegation, now: datetime) -> str:
    """「生效中」, 「未生效」, 「已到期」 or 「已撤销」 at that instant."""
    if given.revoked_at is not None:
        return REVOKED
    if given.ends_at <= now:
        return ENDED
    return RUNNING if given.starts_at <= now else TO_COME
