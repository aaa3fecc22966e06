"""Bringing in a table of items: kept and shown, confirmed as it was shown, made row by row.

What kind of table it is, a slice says once (`Kind`, `register`). A worker makes each row in a
transaction of its own, so that one lost on the way goes on where it stood; the rows that were
confirmed, and no others, are made (`Table.digest`).
"""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flask import current_app
from sqlalchemy import select, update

from portal import turns
from portal.accounts.sessions import ABSOLUTE
from portal.clock import Clock
from portal.errors import NotFound, NotOffered, PortalError
from portal.extensions import db
from portal.models import ImportedRow, Item, WorkbookImport
from portal.queued_work import Work, now
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import Viewer, everything, view_as, visible
from portal.workbooks import tables
from portal.workbooks.columns import Book, Row, Table

IMPORTS: Final = Work(WorkbookImport, "import_rows", seconds=3600, silence=timedelta(seconds=120))
"""Ten thousand rows take minutes; each is a word from the worker."""
SHOWN_FOR: Final = ABSOLUTE
"""As long as a session: a file that nobody confirms is thrown away then."""
CHANGED: Final = "核对以后情况已有变化，请查看最新的核对结果后再确认。"
MOVED_ON: Final = "确认以后情况已有变化，未继续导入；请重新上传同一文件，核对后再确认。"
NOTHING_NEW: Final = "没有可导入的行，请在原表中改正后重新上传。"
FAILED: Final = "导入未完成，已导入的各行不受影响；请重新上传同一文件，只导入其余各行。"


def _new(_viewer: Viewer, _row: Row, _making: WorkbookImport) -> str:
    """Nothing more to look at."""
    return ""


@dataclass(frozen=True)
class Kind:
    """A table of items: its declaration for a person of a day, what is checked beyond the cells,
    and the item that a row becomes, in the transaction of the caller.

    `check` gets the import that is being made, whose own rows are not there already. `known` says
    that again of a single row at the moment it is made, while nobody else makes one that says the
    same; "" if it is new. Without it the item's own conditions see to that.
    """

    purpose: str
    book: Callable[[Viewer], Book]
    check: Callable[[Viewer, Table, WorkbookImport | None], None]
    make: Callable[[Viewer, Row, uuid.UUID], Item]
    known: Callable[[Viewer, Row, WorkbookImport], str] = _new


_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known to the worker."""
    _KINDS[kind.purpose] = kind
    return kind


def read(viewer: Viewer, kind: Kind, content: bytes, making: WorkbookImport | None = None) -> Table:
    """The table of a file, checked. WorkbookRefused or FileRefused with a sentence."""
    table = tables.read(io.BytesIO(content), kind.book(viewer))
    kind.check(viewer, table, making)
    return table


def keep(viewer: Viewer, kind: Kind, name: str, content: bytes) -> WorkbookImport:
    """Keep a file to be looked at; nothing of it is brought in."""
    kept = WorkbookImport(
        purpose=kind.purpose,
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        state="shown",
        asked_by_id=viewer.person_id,
        asked_at=now(),
        readers=[-(viewer.person_id or 0)],
    )
    db.session.add(kept)
    db.session.commit()
    return kept


def find(viewer: Viewer, kind: Kind, public_id: uuid.UUID) -> WorkbookImport:
    """The person's own import. NotFound also for one that was given up or waited too long."""
    found = db.session.scalars(
        visible(viewer, WorkbookImport).where(
            WorkbookImport.public_id == public_id,
            WorkbookImport.purpose == kind.purpose,
            WorkbookImport.state != "dropped",
        )
    ).one_or_none()
    if found is None or (found.state == "shown" and found.asked_at <= now() - SHOWN_FOR):
        raise NotFound
    return found


def confirm(viewer: Viewer, kind: Kind, kept: WorkbookImport, shown: str, key: uuid.UUID) -> None:
    """Have the rows made that were shown. Twice the same is once.

    Unmet if the table would by now be read otherwise, or brings nothing; NotOffered if the key is
    another import's.
    """
    held = db.session.scalars(
        visible(viewer, WorkbookImport)
        .where(WorkbookImport.id == kept.id, WorkbookImport.state == "shown")
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if held is None:  # confirmed before
        return
    table = read(viewer, kind, held.content or b"")
    if table.digest != shown:
        raise Unmet(CHANGED, fields={"shown": CHANGED})
    if not table.new:
        raise Unmet(NOTHING_NEW, fields={"shown": NOTHING_NEW})
    if db.session.scalar(select(WorkbookImport.id).where(WorkbookImport.key == key)):
        raise NotOffered("表单已提交过，请刷新页面后重新操作。")
    held.state, held.asked_at = "asked", now()
    held.key, held.digest, held.total = key, shown, len(table.new)
    db.session.commit()
    IMPORTS.ask(kept.id)


def drop(kept: WorkbookImport) -> None:
    """Give up what was found and not confirmed; its file goes."""
    db.session.execute(
        update(WorkbookImport)
        .where(WorkbookImport.id == kept.id, WorkbookImport.state == "shown")
        .values(state="dropped", content=None)
    )
    db.session.commit()


def make(import_id: int) -> None:
    """Make the confirmed rows of one import, as the person who confirmed it; a second call finds
    nothing to do. What the worker runs."""
    with everything(because="取出待导入的表格"):
        asked_by = IMPORTS.claim(import_id)
        db.session.commit()
    if asked_by is None:
        return
    clock: Clock = current_app.extensions["portal.clock"]
    viewer = view_as(asked_by, clock)
    kept = db.session.scalars(
        visible(viewer, WorkbookImport).where(WorkbookImport.id == import_id)
    ).one_or_none()
    if kept is None or kept.content is None:
        return
    kind = _KINDS[kept.purpose]
    table = read(viewer, kind, kept.content, kept)
    if table.digest != kept.digest:
        IMPORTS.fail(import_id, MOVED_ON)
        db.session.commit()
        return
    left_out = _make_rows(viewer, kind, kept, table.new)
    db.session.execute(
        update(WorkbookImport)
        .where(WorkbookImport.id == import_id)
        .values(state="made", made_at=now(), content=None, left_out=left_out)
    )
    db.session.commit()


def _make_rows(
    viewer: Viewer, kind: Kind, kept: WorkbookImport, rows: Iterable[Row]
) -> dict[str, str]:
    """Row by row; the reason, by its place, of each that was refused after all."""
    import_id = kept.id
    made = set(
        db.session.scalars(
            visible(viewer, ImportedRow)
            .with_only_columns(ImportedRow.place)
            .where(ImportedRow.import_id == import_id)
        )
    )
    left_out: dict[str, str] = {}
    for done, row in enumerate(rows, start=1):
        if row.place not in made:
            try:
                _make_row(viewer, kind, kept, row)
            except PortalError as refused:
                db.session.rollback()
                left_out[str(row.place)] = _reason(refused)
        db.session.execute(
            update(WorkbookImport)
            .where(WorkbookImport.id == import_id)
            .values(done=done, started_at=now())
        )
        db.session.commit()
    return left_out


def _make_row(viewer: Viewer, kind: Kind, kept: WorkbookImport, row: Row) -> None:
    """The item of one row. Two imports of the same table, confirmed at once by two persons, make it
    once: the second waits for the first and finds the row there. NotOffered then."""
    turns.wait_for(f"row {row.key}")
    known = kind.known(viewer, row, kept)
    if known:
        raise NotOffered(known)
    item = kind.make(viewer, row, uuid.uuid5(kept.public_id, str(row.place)))
    db.session.add(ImportedRow(item_id=item.id, import_id=kept.id, place=row.place, key=row.key))
    db.session.flush()


def _reason(refused: PortalError) -> str:
    if isinstance(refused, Unmet | NotOffered):
        return refused.reason
    return "未能导入，请在页面上单独录入。"


def sweep() -> None:
    """Enqueue again what was lost with the queue or a worker; throw away what nobody confirmed."""
    with everything(because="补办未完成的表格导入"):
        waiting = IMPORTS.lost(FAILED)
        db.session.execute(
            update(WorkbookImport)
            .where(
                WorkbookImport.state.in_(("shown", "failed")),
                WorkbookImport.content.is_not(None),
                WorkbookImport.asked_at <= now() - SHOWN_FOR,
            )
            .values(content=None)
        )
        db.session.commit()
    IMPORTS.ask_again(waiting)
