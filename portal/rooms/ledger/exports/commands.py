"""Asking for an export, making it in a worker, finding lost ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final, Protocol
from urllib.parse import parse_qsl

from flask import current_app
from sqlalchemy import BigInteger, any_, literal, update
from sqlalchemy.dialects.postgresql import ARRAY

from portal import store
from portal.clock import Clock
from portal.config import Settings
from portal.documents.render import DocumentError
from portal.extensions import db
from portal.models import Item, LedgerExport, Person
from portal.queued_work import Work, now
from portal.rooms.ledger import filters, queries
from portal.rooms.ledger.exports.printed import PrintedLedger
from portal.rooms.ledger.exports.rows import Cell, rows_of
from portal.rooms.ledger.exports.wording import explanation
from portal.rooms.ledger.exports.workbook import LedgerFile
from portal.rulebook.scope import Viewer, everything, view_as, visible

EXCEL, PDF = "excel", "pdf"
BATCH: Final = 200
"""Items read at a time; after each batch the page hears how far it is."""
SAME_WITHIN = timedelta(seconds=30)
EXPORTS = Work(LedgerExport, "export_ledger")
KEPT = timedelta(days=1)
FAILED = "导出未完成，请稍后重新导出；仍不能导出的，请联系系统管理员。"


def ask(viewer: Viewer, query: str, form: str = EXCEL) -> LedgerExport:
    """Ask for the ledger under the filters of `query` as `form`, a key of FORMS; the same one asked
    twice in half a minute is made once, unless rights changed since. The row is the truth; a queue
    that is away only delays it (`sweep`)."""
    moment = now()
    same = db.session.scalars(
        visible(viewer, LedgerExport)
        .where(
            LedgerExport.query == query,
            LedgerExport.form == form,
            LedgerExport.asked_at > moment - SAME_WITHIN,
            LedgerExport.state != "failed",
        )
        .order_by(LedgerExport.id.desc())
        .limit(1)
    ).one_or_none()
    if same is not None and still_known(viewer, same):
        return same
    export = LedgerExport(
        query=query,
        form=form,
        state="asked",
        asked_by_id=viewer.person_id,
        asked_at=moment,
        readers=[-(viewer.person_id or 0)],
    )
    db.session.add(export)
    db.session.flush()
    export_id = export.id
    db.session.commit()
    EXPORTS.ask(export_id)
    return db.session.scalars(
        visible(viewer, LedgerExport).where(LedgerExport.id == export_id)
    ).one()


class File(Protocol):
    """What is written row by row; `row` counts them."""

    row: int

    def add(self, cells: Sequence[Cell]) -> None:
        """One item."""


@dataclass(frozen=True)
class Making:
    """How an export is made, whatever its form: its rows, and the lines that explain it, of as many
    items as are in it."""

    college: str
    fill: Callable[[File], None]
    explain: Callable[[int], list[tuple[str, str]]]


def expired(export: LedgerExport) -> bool:
    """Whether the bytes may be gone: a day after they were made."""
    return export.made_at is not None and export.made_at < now() - KEPT


def still_known(viewer: Viewer, export: LedgerExport) -> bool:
    """Whether the viewer may know of all that the export speaks of, as on the day it was made:
    a file does not outlive a right (SPEC §7.5)."""
    spoken_of = literal([*export.item_ids, *export.withheld_ids], ARRAY(BigInteger))
    mine = visible(viewer, Item).with_only_columns(Item.id, Item.classification)
    found = db.session.execute(mine.where(Item.id == any_(spoken_of))).all()
    known = {row.id for row in found}
    ordinary = {row.id for row in found if row.classification != "sensitive"}
    return ordinary.issuperset(export.item_ids) and known.issuperset(export.withheld_ids)


def make(export_id: int) -> None:
    """Make one export, reading as the person who asked. A second call finds nothing to do."""
    with everything(because="取出待生成的台账导出"):
        asked_by = EXPORTS.claim(export_id, done=0)
        db.session.commit()
    if asked_by is None:
        return
    clock: Clock = current_app.extensions["portal.clock"]
    settings: Settings = current_app.extensions["portal.settings"]
    viewer = view_as(asked_by, clock)
    export = db.session.scalars(
        visible(viewer, LedgerExport).where(LedgerExport.id == export_id)
    ).one_or_none()
    if export is None:
        return
    wanted = filters.read(dict(parse_qsl(export.query)))
    ids, withheld = queries.matching(viewer, wanted, {settings.item_word})
    exporter = db.session.get_one(Person, asked_by).name
    work = Making(
        college=settings.college,
        fill=partial(_fill, viewer, export_id, ids),
        explain=lambda count: explanation(viewer, wanted, exporter, count, len(withheld)),
    )
    try:
        content = FORMS[export.form](work)
    except DocumentError as error:
        db.session.rollback()
        EXPORTS.fail(export_id, str(error))
        db.session.commit()
        return
    export = db.session.get_one(LedgerExport, export_id)
    export.item_ids, export.withheld_ids = ids, withheld
    export.sha256 = store.put(settings.files_dir, content)
    export.size, export.made_at, export.state = len(content), now(), "made"
    db.session.commit()


def _excel(work: Making) -> bytes:
    with LedgerFile() as file:
        work.fill(file)
        file.explain(work.explain(file.row))
        return file.content()


def _pdf(work: Making) -> bytes:
    file = PrintedLedger(work.college, dict(work.explain(0)))
    work.fill(file)
    return file.content(dict(work.explain(file.row)))


FORMS: Final[dict[str, Callable[[Making], bytes]]] = {EXCEL: _excel, PDF: _pdf}


def _fill(viewer: Viewer, export_id: int, ids: Sequence[int], file: File) -> None:
    """All rows, batch by batch; how far it is, is committed after each."""
    for begin in range(0, len(ids), BATCH):
        for cells in rows_of(viewer, ids[begin : begin + BATCH], file.row + 1):
            file.add(cells)
        _note(export_id, min(begin + BATCH, len(ids)), len(ids))
    if not ids:
        _note(export_id, 0, 0)


def _note(export_id: int, done: int, total: int) -> None:
    """How far it is; a worker that says so is not taken for gone."""
    db.session.execute(
        update(LedgerExport)
        .where(LedgerExport.id == export_id)
        .values(done=done, total=total, started_at=now())
    )
    db.session.commit()


def sweep() -> None:
    """Enqueue again what was lost with the queue or a worker; give up after three tries."""
    with everything(because="补办未完成的台账导出"):
        waiting = EXPORTS.lost(FAILED)
        db.session.commit()
    EXPORTS.ask_again(waiting)
