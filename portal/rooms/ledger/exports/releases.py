"""导出审批: more rows than are exported without more ado, or sensitive items, once, for one file,
by leave of 党政办主任 (SPEC §7.5 rule 10, §7.6)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import select, update

from portal.errors import Forbidden, NotFound
from portal.extensions import db
from portal.forms import clean
from portal.item.counts import RELEASE_LASTS
from portal.item.offices import offices_of
from portal.models import Appointment, LedgerExport, LedgerRelease, Person
from portal.queued_work import now
from portal.rooms.ledger import queries
from portal.rooms.ledger.exports import commands
from portal.rooms.ledger.exports.making import EXCEL
from portal.rooms.ledger.exports.rights import AT_ONCE, Reach, must_export
from portal.rooms.ledger.exports.wording import said_filters
from portal.rulebook import posting
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Role, in_force
from portal.rulebook.scope import Viewer, visible

REASON_LENGTH: Final = 200
NO_REASON: Final = "请填写导出事由。"
TOO_MANY: Final = f"一次最多导出{AT_ONCE}项，请缩小筛选范围后再导出。"
STATES: Final = {"asked": "待审批", "granted": "已同意", "refused": "未同意", "used": "已导出"}


class Count(NamedTuple):
    """What an export would hold: all rows, and the sensitive ones among them."""

    rows: int
    sensitive: int

    @property
    def needs_release(self) -> bool:
        """Whether it is more than is exported without more ado."""
        return self.rows > AT_ONCE


class Shown(NamedTuple):
    """A request as the page shows it."""

    public_id: uuid.UUID
    by: str
    at: datetime
    filters: str
    query: str
    form: str
    reason: str
    counted: int
    with_sensitive: bool
    state: str
    decided_by: str
    opinion: str
    usable: bool


def count(viewer: Viewer, reach: Reach, query: str, words: Sequence[str]) -> Count:
    """How many rows the filters of `query` find that this person may export."""
    found = queries.matching(viewer, commands.wanted_of(query), words, reach.within)
    return Count(len(found.ids), len(found.sensitive))


def ask(
    viewer: Viewer, query: str, form: str, reason: str, words: Sequence[str], *, sensitive: bool
) -> LedgerRelease:
    """Ask for one file. What 党政办主任 asks for is released with it, with the reason on record.

    Unmet without a reason, or where this person may not have that many rows by anybody's leave.
    """
    reach = must_export(viewer)
    if not reach.beyond:
        raise Unmet(TOO_MANY)
    reason = clean(reason)[:REASON_LENGTH]
    if not reason:
        raise Unmet(NO_REASON, fields={"reason": NO_REASON})
    same = db.session.scalars(
        visible(viewer, LedgerRelease)
        .where(
            LedgerRelease.asked_by_id == viewer.person_id,
            LedgerRelease.query == query,
            LedgerRelease.form == form,
            LedgerRelease.reason == reason,
            LedgerRelease.state.in_(("asked", "granted")),
            LedgerRelease.asked_at > now() - commands.SAME_WITHIN,
        )
        .limit(1)
    ).one_or_none()
    if same is not None:  # the button was pressed twice
        return same
    release = LedgerRelease(
        query=query,
        form=form,
        reason=reason,
        counted=count(viewer, reach, query, words).rows,
        with_sensitive=sensitive and form == EXCEL,
        asked_by_id=viewer.person_id,
        asked_at=now(),
        readers=[-(viewer.person_id or 0), *_office(viewer)],
    )
    db.session.add(release)
    db.session.flush()
    public_id = release.public_id
    if not may_decide(viewer):
        _tell(viewer, posting.RELEASE_ASKED, _heads(viewer), public_id)
    db.session.commit()
    if may_decide(viewer):
        decide(viewer, public_id, words, granted=True)
    return _one(viewer, public_id)


def decide(
    viewer: Viewer,
    release_id: uuid.UUID,
    words: Sequence[str],
    *,
    granted: bool,
    opinion: str = "",
) -> None:
    """同意 or 不同意. Of sensitive items those may stand in the file that both persons may know of;
    which of them the other one may, is found when it is made. NotFound: decided already."""
    if not may_decide(viewer):
        raise Forbidden
    release = _one(viewer, release_id)
    if not _lasts(release):
        raise NotFound
    found = queries.matching(viewer, commands.wanted_of(release.query), words)
    let_in = found.sensitive if granted and release.with_sensitive else frozenset()
    # Of two who decide at once the first one does.
    decided = db.session.scalar(
        update(LedgerRelease)
        .where(LedgerRelease.id == release.id, LedgerRelease.state == "asked")
        .values(
            state="granted" if granted else "refused",
            decided_by_id=viewer.person_id,
            decided_at=now(),
            opinion=clean(opinion)[:REASON_LENGTH],
            granted_ids=sorted(let_in),
        )
        .returning(LedgerRelease.id)
    )
    if decided is None:
        raise NotFound
    _tell(viewer, posting.RELEASE_DECIDED, {release.asked_by_id}, release_id)
    db.session.commit()


def use(viewer: Viewer, release_id: uuid.UUID) -> LedgerExport:
    """The one file it gives; asked for again, the same one. NotFound: not one's own, or over."""
    release = _one(viewer, release_id)
    if release.asked_by_id != viewer.person_id or release.state not in ("granted", "used"):
        raise NotFound
    if release.state == "granted" and not _lasts(release):
        raise NotFound
    return commands.ask(viewer, release.query, release.form, release)


def may_decide(viewer: Viewer) -> bool:
    """党政办主任."""
    return Role.OFFICE_HEAD in offices_of(viewer)


def shown(viewer: Viewer) -> list[Shown]:
    """One's own requests; to whom decides those of others as well, what waits first."""
    found = visible(viewer, LedgerRelease)
    if not may_decide(viewer):
        found = found.where(LedgerRelease.asked_by_id == viewer.person_id)
    rows = db.session.scalars(
        found.order_by(LedgerRelease.state != "asked", LedgerRelease.id.desc()).limit(50)
    ).all()
    names = _names({id_ for row in rows for id_ in (row.asked_by_id, row.decided_by_id) if id_})
    return [_shown(viewer, row, names) for row in rows]


def _shown(viewer: Viewer, row: LedgerRelease, names: dict[int, str]) -> Shown:
    lapsed = row.state in ("asked", "granted") and not _lasts(row)
    return Shown(
        row.public_id,
        names[row.asked_by_id],
        row.asked_at,
        "；".join(said_filters(commands.wanted_of(row.query))) or "不限",
        row.query,
        row.form,
        row.reason,
        row.counted,
        row.with_sensitive,
        "已过期" if lapsed else STATES[row.state],
        names.get(row.decided_by_id or 0, ""),
        row.opinion,
        row.state == "granted" and not lapsed and row.asked_by_id == viewer.person_id,
    )


def _lasts(release: LedgerRelease) -> bool:
    return (release.decided_at or release.asked_at) > now() - RELEASE_LASTS


def _names(ids: set[int]) -> dict[int, str]:
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _tell(viewer: Viewer, kind: str, persons: Collection[int], release_id: uuid.UUID) -> None:
    """Who decides hears that it is asked, who asked that it is decided; nobody of what he did."""
    others = set(persons) - {viewer.person_id or 0}
    posting.post(kind, others, str(release_id), viewer.moment.instant)


def _heads(viewer: Viewer) -> set[int]:
    """党政办主任 of the day."""
    held = select(Appointment.person_id).where(
        Appointment.role == Role.OFFICE_HEAD.value, in_force(Appointment, viewer.moment.day)
    )
    return set(db.session.scalars(held))


def _office(viewer: Viewer) -> list[int]:
    """The units of 党政办主任: their keys find the request."""
    return list(
        db.session.scalars(
            select(Appointment.unit_id)
            .where(
                Appointment.role == Role.OFFICE_HEAD.value,
                Appointment.unit_id.is_not(None),
                in_force(Appointment, viewer.moment.day),
            )
            .distinct()
        )
    )


def _one(viewer: Viewer, release_id: uuid.UUID) -> LedgerRelease:
    found = db.session.scalars(
        visible(viewer, LedgerRelease).where(LedgerRelease.public_id == release_id)
    ).one_or_none()
    if found is None or (found.asked_by_id != viewer.person_id and not may_decide(viewer)):
        raise NotFound
    return found
