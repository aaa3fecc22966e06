"""Asking for an export: handed out at once, or made in a worker; finding lost ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final
from urllib.parse import parse_qsl

from flask import current_app
from sqlalchemy import BigInteger, any_, literal, update
from sqlalchemy.dialects.postgresql import ARRAY

from portal import store
from portal.clock import Clock
from portal.config import Settings
from portal.documents.render import DocumentError
from portal.extensions import db
from portal.filters import watermark_line
from portal.models import Item, LedgerExport, LedgerRelease, Person
from portal.queued_work import Work, now
from portal.rooms.ledger import filters, queries
from portal.rooms.ledger.columns import Column, shown
from portal.rooms.ledger.exports.making import EXCEL, FORMS, File, Making, rows_of
from portal.rooms.ledger.exports.rights import AT_ONCE, must_export
from portal.rooms.ledger.exports.wording import Amount, explanation
from portal.rooms.ledger.exports.workbook import LedgerFile
from portal.rooms.ledger.filters import Filters
from portal.rulebook.scope import Viewer, everything, view_as, visible

BATCH: Final = 200
"""Items read at a time; after each batch the page hears how far it is."""
SAME_WITHIN = timedelta(seconds=30)
EXPORTS = Work(LedgerExport, "export_ledger")
KEPT = timedelta(days=1)
FAILED = "导出未完成，请稍后重新导出；仍不能导出的，请联系系统管理员。"
NOT_RELEASED = "导出事项超过500项，须经党政办主任同意，请重新申请。"


def wanted_of(query: str) -> Filters:
    """The filters that an export was asked for with."""
    return filters.read(dict(parse_qsl(query)))


def ask(
    viewer: Viewer, query: str, form: str = EXCEL, release: LedgerRelease | None = None
) -> LedgerExport:
    """Ask for the ledger under the filters of `query` as `form`, a key of FORMS; the same one asked
    twice in half a minute is made once, unless rights changed since. The row is the truth; a queue
    that is away only delays it (`sweep`). Forbidden: this person exports nothing."""
    must_export(viewer)
    same = _same(viewer, query, form, release)
    # A release has its one file, also where its page has to say that a right to it is gone.
    if same is not None and (release is not None or still_known(viewer, same)):
        return same
    export = _row(viewer, query, form)
    export.release_id = None if release is None else release.id
    db.session.add(export)
    db.session.flush()
    export_id = export.id
    db.session.commit()
    EXPORTS.ask(export_id)
    return db.session.scalars(
        visible(viewer, LedgerExport).where(LedgerExport.id == export_id)
    ).one()


def _same(
    viewer: Viewer, query: str, form: str, release: LedgerRelease | None
) -> LedgerExport | None:
    """What was just asked for already; of a release the one file that it gave."""
    asked = visible(viewer, LedgerExport).where(LedgerExport.state.not_in(("failed", "given")))
    if release is not None:
        asked = asked.where(LedgerExport.release_id == release.id)
    else:
        asked = asked.where(
            LedgerExport.query == query,
            LedgerExport.form == form,
            LedgerExport.release_id.is_(None),
            LedgerExport.asked_at > now() - SAME_WITHIN,
        )
    return db.session.scalars(asked.order_by(LedgerExport.id.desc()).limit(1)).one_or_none()


def _row(viewer: Viewer, query: str, form: str) -> LedgerExport:
    return LedgerExport(
        query=query,
        form=form,
        state="asked",
        asked_by_id=viewer.person_id,
        asked_at=now(),
        readers=[-(viewer.person_id or 0)],
    )


def give(viewer: Viewer, query: str, settings: Settings) -> bytes:
    """The Excel file at once: of few rows it takes less time than looking whether it is made. The
    row says who took which items; no bytes are kept. Forbidden: this person exports nothing."""
    reach = must_export(viewer)
    wanted = wanted_of(query)
    found = queries.matching(viewer, wanted, {settings.item_word}, reach.within)
    columns = reach.of(shown(wanted.columns))
    with LedgerFile(columns) as file:
        for cells in rows_of(viewer, found.ordinary, columns):
            file.add(cells)
        exporter = db.session.get_one(Person, viewer.person_id).name
        amount = Amount(file.row, len(found.sensitive))
        file.explain(explanation(viewer, wanted, exporter, amount, reach))
        content = file.content()
    export = _row(viewer, query, EXCEL)
    export.state, export.made_at, export.size = "given", now(), len(content)
    export.total = export.done = file.row
    export.item_ids, export.withheld_ids = found.ordinary, sorted(found.sensitive)
    db.session.add(export)
    db.session.commit()
    return content


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
    free = ordinary | (known & set(export.granted_ids))
    return free.issuperset(export.item_ids) and known.issuperset(export.withheld_ids)


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
    try:
        job = _job(viewer, export, settings)
        content = FORMS[export.form](job.making)
    except DocumentError as error:
        db.session.rollback()
        EXPORTS.fail(export_id, str(error))
        db.session.commit()
        return
    export = db.session.get_one(LedgerExport, export_id)
    export.item_ids, export.withheld_ids, export.granted_ids = job.ids, job.withheld, job.granted
    export.sha256 = store.put(settings.files_dir, content)
    export.size, export.made_at, export.state = len(content), now(), "made"
    _use(export)
    db.session.commit()


def _use(export: LedgerExport) -> None:
    """A release gives one file."""
    if export.release_id is not None:
        db.session.execute(
            update(LedgerRelease).where(LedgerRelease.id == export.release_id).values(state="used")
        )


@dataclass(frozen=True)
class Job:
    """One export in work: its items in order, the sensitive ones left out and let in."""

    ids: list[int]
    withheld: list[int]
    granted: list[int]
    making: Making


def _job(viewer: Viewer, export: LedgerExport, settings: Settings) -> Job:
    """What stands in it. DocumentError: more than this person may have without a release."""
    reach = must_export(viewer)
    wanted = wanted_of(export.query)
    release = _release(viewer, export)
    found = queries.matching(viewer, wanted, {settings.item_word}, reach.within)
    if release is None and len(found.ids) > AT_ONCE:
        raise DocumentError(NOT_RELEASED)
    let_in = found.sensitive & set(release.granted_ids if release is not None else ())
    ids = [id_ for id_ in found.ids if id_ not in found.sensitive or id_ in let_in]
    withheld, granted = sorted(found.sensitive - let_in), sorted(let_in)
    exporter = db.session.get_one(Person, viewer.person_id)
    by = "" if release is None else db.session.get_one(Person, release.decided_by_id).name
    line = watermark_line(exporter.name, exporter.emp_no, viewer.moment.instant)
    making = Making(
        college=settings.college,
        columns=reach.of(shown(wanted.columns)),
        marked=f"敏感　{line}" if granted else "",
        fill=partial(_fill, viewer, export.id, ids, let_in),
        explain=lambda count: explanation(
            viewer, wanted, exporter.name, Amount(count, len(withheld), len(granted), by), reach
        ),
    )
    return Job(ids, withheld, granted, making)


def _release(viewer: Viewer, export: LedgerExport) -> LedgerRelease | None:
    """The release it was asked for with, if it was given for this very export."""
    if export.release_id is None:
        return None
    return db.session.scalars(
        visible(viewer, LedgerRelease).where(
            LedgerRelease.id == export.release_id,
            LedgerRelease.asked_by_id == viewer.person_id,
            LedgerRelease.query == export.query,
            LedgerRelease.form == export.form,
            LedgerRelease.state == "granted",
        )
    ).one_or_none()


def _fill(
    viewer: Viewer,
    export_id: int,
    ids: Sequence[int],
    granted: frozenset[int],
    file: File,
    columns: Sequence[Column],
) -> None:
    """All rows, batch by batch; how far it is, is committed after each."""
    for begin in range(0, len(ids), BATCH):
        batch = ids[begin : begin + BATCH]
        for cells in rows_of(viewer, batch, columns, file.row + 1, granted):
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
