"""工作日历 is changed in two acts: a version is proposed, looked at, and confirmed (decision 0085).

Each is one transaction. The dates of the items follow by `clock`, not here: who keeps the calendar
sees no business data.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import func, select

from portal.errors import Done, NotFound, NotOffered, Stale
from portal.extensions import db
from portal.models import Account, CalendarVersion, Person
from portal.rooms.calendar import queries
from portal.rooms.calendar.tables import changed
from portal.rulebook.recording import SPENT
from portal.rulebook.refusals import Unmet

KEEPER: Final = "sys_admin"
"""Whose account keeps the calendar (SPEC §1.3, `sys.config`)."""
_ONE_AT_A_TIME: Final = 0x63616C656E646172  # "calendar"
UNCHANGED: Final = "内容与现行工作日历相同，没有需要更新的内容。"
CHANGED: Final = "预览以后事项情况已有变化，请查看最新的预览后再确认。"


class Editor(NamedTuple):
    """Who changes the calendar: an administrator's account, not a person's office."""

    account_id: int
    kind: str
    instant: datetime


def propose(editor: Editor, tables: Mapping[str, Any], key: uuid.UUID) -> CalendarVersion:
    """Keep a version as a proposal, drawn up from the one in force; the same form sent twice gives
    the first one again. Raises NotOffered, Unmet if nothing is new."""
    _must_keep(editor)
    _hold()
    earlier = db.session.scalars(select(CalendarVersion).filter_by(key=key)).one_or_none()
    if earlier is not None:
        if earlier.proposed_by_id != editor.account_id:
            raise NotOffered(SPENT)
        return earlier
    before = queries.newest()
    said = changed(before.tables, tables)
    if not said:
        raise Unmet(UNCHANGED)
    made = CalendarVersion(
        key=key,
        based_on=before.number,
        tables=dict(tables),
        said="、".join(said),
        proposed_by_id=editor.account_id,
        proposed_at=editor.instant,
    )
    db.session.add(made)
    db.session.commit()
    return made


def confirm(editor: Editor, public_id: uuid.UUID, *, seen: int, shown: str) -> None:
    """Put a proposal in force, if the version it was drawn up from (`seen`) still is and its
    outlook (`shown`) is the one looked at. Twice changes nothing. Raises NotFound, Stale, Unmet.
    """
    _must_keep(editor)
    _hold()
    proposal = db.session.scalars(
        select(CalendarVersion)
        .filter_by(public_id=public_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if proposal is None:
        raise NotFound
    if proposal.number is not None and proposal.confirmed_by_id == editor.account_id:
        return
    newest = queries.newest()
    if newest.number is None or not newest.number == proposal.based_on == seen:
        raise Stale(_since(seen))
    if queries.outlook_of(proposal).digest != shown:
        raise Unmet(CHANGED)
    proposal.number = newest.number + 1
    proposal.confirmed_by_id, proposal.confirmed_at = editor.account_id, editor.instant
    db.session.commit()


def _must_keep(editor: Editor) -> None:
    if editor.kind != KEEPER:
        raise NotOffered("工作日历由系统管理员维护。")


def _hold() -> None:
    """Two administrators at once: the second waits for the first."""
    db.session.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))


def _since(seen: int) -> tuple[Done, ...]:
    """What came into force since the version that was seen."""
    rows = db.session.execute(
        select(CalendarVersion, Person.name)
        .join(Account, Account.id == CalendarVersion.confirmed_by_id)
        .join(Person, Person.id == Account.person_id)
        .where(CalendarVersion.number > seen)
        .order_by(CalendarVersion.number)
    )
    return tuple(
        Done(name, "更新工作日历", version.confirmed_at, version.said)
        for version, name in rows
        if version.confirmed_at is not None
    )
