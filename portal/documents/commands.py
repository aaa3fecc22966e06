"""Asking for a sheet, making it in a worker, finding lost ones; each one transaction."""

from __future__ import annotations

from flask import current_app
from psycopg.errors import SerializationFailure
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError

from portal import store
from portal.clock import Clock
from portal.config import Settings
from portal.documents.queries import standing
from portal.documents.render import DocumentError, render
from portal.documents.table import sort_of
from portal.errors import NotFound
from portal.extensions import db
from portal.models import Document, Item
from portal.queued_work import Work, now
from portal.rulebook.scope import Viewer, everything, view_as, visible

SHEETS = Work(Document, "make_sheet")
FAILED = "生成未完成，请稍后重新申请；仍不能生成的，请联系系统管理员。"


def ask(viewer: Viewer, item: Item, kind: str) -> None:
    """Ask for the sheet as the item stands now; however often asked, it is made once.

    The row is the truth; a queue that is away only delays it (`sweep`).
    """
    try:
        sheet_id = _asked(viewer, item, kind)
        db.session.commit()
    except OperationalError as error:
        if not isinstance(error.orig, SerializationFailure):
            raise
        db.session.rollback()  # another one has asked since this page began to read
        return
    if sheet_id is not None:
        SHEETS.ask(sheet_id)


def _asked(viewer: Viewer, item: Item, kind: str) -> int | None:
    """Enter the sheet as one to be made; its id, None if it stands already."""
    of = standing(viewer, item, kind)
    row = insert(Document).values(
        item_id=item.id,
        kind=kind,
        as_of_id=of.as_of_id,
        unit_id=of.unit_id,
        state="asked",
        asked_by_id=viewer.person_id,
        asked_at=now(),
        tries=0,
    )
    again = row.on_conflict_do_update(
        index_elements=[Document.item_id, Document.kind, Document.as_of_id],
        set_={
            "state": "asked",
            "asked_by_id": viewer.person_id,
            "asked_at": now(),
            "tries": 0,
            "failure": None,
        },
        where=Document.state == "failed",
    ).returning(Document.id)
    return db.session.execute(again).scalar_one_or_none()


def make(sheet_id: int) -> None:
    """Make one sheet, reading as the person who asked. A second call finds nothing to do."""
    with everything(because="取出待生成的文书"):
        asked_by = SHEETS.claim(sheet_id)
        db.session.commit()
    if asked_by is None:
        return
    clock: Clock = current_app.extensions["portal.clock"]
    settings: Settings = current_app.extensions["portal.settings"]
    viewer = view_as(asked_by, clock)
    sheet = db.session.scalars(
        visible(viewer, Document).where(Document.id == sheet_id)
    ).one_or_none()
    if sheet is None:
        _fail(sheet_id, FAILED)
        return
    item = db.session.scalars(visible(viewer, Item).where(Item.id == sheet.item_id)).one()
    try:
        bound = _set(viewer, item, sheet, settings)
    except DocumentError as error:
        _fail(sheet_id, str(error))
        return
    except NotFound:  # the notice was taken back while it waited to be made
        _fail(sheet_id, FAILED)
        return
    db.session.commit()
    for bound_id in bound:
        SHEETS.ask(bound_id)


def stored(viewer: Viewer, item: Item, kind: str, asked_by_id: int) -> Document:
    """The sheet as the item stands now, set on the spot if nobody has asked for it yet, in the
    transaction of the caller, a worker. DocumentError: it cannot be printed."""
    of = standing(viewer, item, kind)
    key = {"item_id": item.id, "kind": kind, "as_of_id": of.as_of_id}
    asked = {"state": "asked", "asked_by_id": asked_by_id, "asked_at": now(), "tries": 0}
    row = insert(Document).values(**key, **asked, unit_id=of.unit_id)
    db.session.execute(row.on_conflict_do_nothing())
    sheet = db.session.scalars(visible(viewer, Document).filter_by(**key)).one()
    if sheet.state != "made":
        _set(viewer, item, sheet, current_app.extensions["portal.settings"])
        sheet.failure = None
    return sheet


def _set(viewer: Viewer, item: Item, sheet: Document, settings: Settings) -> list[int]:
    """Set the sheet and store it; the ids of those it binds that are to be made now: each bears a
    number of its own, which must lead somewhere."""
    sort = sort_of(sheet.kind)
    bound = [_asked(viewer, item, kind) for kind in sort.bound(viewer, item)]
    filled = sort.fill(viewer, item, sheet.kind, sheet.as_of_id, settings.college)
    content = render(sort.form, filled, base=settings.public_url)
    sheet.sha256 = store.put(settings.files_dir, content)
    sheet.size, sheet.made_at, sheet.state = len(content), now(), "made"
    return [bound_id for bound_id in bound if bound_id is not None]


def sweep() -> None:
    """Enqueue again what was lost with the queue or a worker; give up after three tries."""
    with everything(because="补办未完成的文书"):
        waiting = SHEETS.lost(FAILED)
        db.session.commit()
    SHEETS.ask_again(waiting)


def _fail(sheet_id: int, reason: str) -> None:
    db.session.rollback()
    with everything(because="记录文书未能生成"):
        SHEETS.fail(sheet_id, reason)
        db.session.commit()
