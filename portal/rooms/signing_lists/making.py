"""The printed list: typeset by a worker, as the person who asked may read it; lost ones are found
again. The row is the truth; a queue that is away only delays it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from flask import current_app
from sqlalchemy import ColumnElement, or_, select, update

from portal import store
from portal.clock import Clock
from portal.config import Settings
from portal.documents.render import DocumentError, render
from portal.documents.sheets import ListedItem, SigningListSheet
from portal.errors import NotFound
from portal.extensions import db
from portal.item.people import named
from portal.models import SigningList
from portal.queue import enqueue
from portal.rooms.signing_lists.queries import Row, label_of, rows_of
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.scope import Viewer, everything, view_as, visible

TRIES: Final = 3
LOST_AFTER = timedelta(seconds=20)
STUCK_AFTER = timedelta(seconds=60)
"""No sheet takes this long: its worker is gone."""
FAILED = "生成未完成，请重新制作签批单；仍不能生成的，请联系系统管理员。"
FOOTNOTE = "注：逐项意见与总意见不同的，以逐项意见为准；不同意或要求退回的，请在该项意见栏写明。"


def make(list_id: int) -> None:
    """Make one list's sheet. A second call finds nothing to do."""
    with everything(because="取出待生成的一览签批单"):
        asked_by = _claim(list_id)
        db.session.commit()
    if asked_by is None:
        return
    clock: Clock = current_app.extensions["portal.clock"]
    settings: Settings = current_app.extensions["portal.settings"]
    viewer = view_as(asked_by, clock)
    found = db.session.scalars(
        visible(viewer, SigningList).where(SigningList.id == list_id)
    ).one_or_none()
    if found is None:
        _fail(list_id, FAILED)
        return
    try:
        content = render("signing_list", sheet_of(viewer, found, settings.college))
    except DocumentError as error:
        _fail(list_id, str(error))
        return
    except NotFound:  # an item went out of this person's sight meanwhile
        _fail(list_id, FAILED)
        return
    found.sha256 = store.put(settings.files_dir, content)
    found.size, found.made_at, found.state = len(content), _now(), "made"
    db.session.commit()


def sheet_of(viewer: Viewer, found: SigningList, college: str) -> SigningListSheet:
    """What is printed. NotFound unless the viewer may know of every item."""
    signer = named([found.signer_id], viewer.moment.day)[found.signer_id]
    return SigningListSheet(
        college=college,
        number=f"呈：{signer.name}　{signer.post}".rstrip(),
        listed=tuple(_listed(row) for row in rows_of(viewer, found)),
        printed_on=found.listed_on,
        footnote=FOOTNOTE,
        control_code=found.public_id.hex[:8],
    )


def _listed(row: Row) -> ListedItem:
    line = row.line
    return ListedItem(
        number=line.number,
        title=line.title,
        lead_unit=line.unit,
        deadline=long_date(line.due) if line.due else line.limit,
        asked=label_of(row.slot),
    )


def sweep() -> None:
    """Enqueue again what was lost with the queue or a worker; give up after three tries."""
    now = _now()
    lost = or_(
        (SigningList.state == "asked") & (SigningList.asked_at < now - LOST_AFTER), _stuck(now)
    )
    with everything(because="补办未完成的一览签批单"):
        rows = db.session.execute(select(SigningList.id, SigningList.tries).where(lost)).all()
        spent = [row.id for row in rows if row.tries >= TRIES]
        waiting = [row.id for row in rows if row.tries < TRIES]
        for ids, values in (
            (spent, {"state": "failed", "failure": FAILED}),
            (waiting, {"state": "asked"}),
        ):
            db.session.execute(update(SigningList).where(SigningList.id.in_(ids)).values(**values))
        db.session.commit()
    for list_id in waiting:
        # Dropped before the next sweep asks again: a worker that is away finds no heap of them.
        enqueue("print_signing_list", list_id, waits=int(LOST_AFTER.total_seconds()))


def _stuck(now: datetime) -> ColumnElement[bool]:
    return (SigningList.state == "making") & (SigningList.started_at < now - STUCK_AFTER)


def _claim(list_id: int) -> int | None:
    """Take the sheet for this worker alone; who asked for it, None if nothing is to be done."""
    asked_by: int | None = db.session.scalar(
        update(SigningList)
        .where(SigningList.id == list_id, SigningList.tries < TRIES)
        .where(or_(SigningList.state == "asked", _stuck(_now())))
        .values(state="making", started_at=_now(), tries=SigningList.tries + 1)
        .returning(SigningList.asked_by_id)
    )
    return asked_by


def _fail(list_id: int, reason: str) -> None:
    db.session.rollback()
    with everything(because="记录一览签批单未能生成"):
        db.session.execute(
            update(SigningList)
            .where(SigningList.id == list_id)
            .values(state="failed", failure=reason)
        )
        db.session.commit()


def _now() -> datetime:
    # Real time: how long a job takes has nothing to do with the demo's date.
    return datetime.now(UTC)
