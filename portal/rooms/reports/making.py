"""What a worker does for a brief: counting its figures, setting its PDF; finding lost ones again.

The rows are the truth; a queue that is away only delays them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from flask import current_app

from portal import store
from portal.clock import Clock
from portal.config import Settings
from portal.documents.control import number_of
from portal.documents.render import GONGWEN, DocumentError, render
from portal.extensions import db
from portal.models import Brief, BriefSheet, BriefSnapshot, BriefText
from portal.queued_work import Work, now
from portal.rooms.reports import drafting
from portal.rooms.reports.composing import paper_of
from portal.rooms.reports.snapshot.taking import take
from portal.rulebook.briefs.acting import edition_of
from portal.rulebook.briefs.guards import texts_of
from portal.rulebook.scope import Viewer, everything, view_as, visible

COUNTING_SECONDS: Final = 300
FIGURES = Work(
    BriefSnapshot,
    "count_brief",
    seconds=COUNTING_SECONDS,
    silence=timedelta(seconds=COUNTING_SECONDS),
)
SHEETS = Work(BriefSheet, "print_brief")
NOT_COUNTED = "取数未完成，请重新取数；仍不能完成的，请联系系统管理员。"
NOT_SET = "生成未完成，请重新申请；仍不能生成的，请联系系统管理员。"
MOVED_ON = "文稿已送审，本次取数不再采用。"


def count(snapshot_id: int) -> None:
    """第二十条: count the figures of a brief and word its sections from them, reading as the person
    who asked. Sections that people wrote stay as they wrote them. A second call finds nothing."""
    with everything(because="取出待统计的汇报通报"):
        asked_by = FIGURES.claim(snapshot_id)
        db.session.commit()
    if asked_by is None:
        return
    viewer = _as(asked_by)
    snapshot = _row(viewer, BriefSnapshot, snapshot_id)
    if snapshot is None:
        _fail(FIGURES, snapshot_id, NOT_COUNTED)
        return
    brief = db.session.get_one(Brief, snapshot.brief_id)
    if brief.first is None or brief.last is None:
        _fail(FIGURES, snapshot_id, NOT_COUNTED)
        return
    try:
        taken = take(viewer, brief.first, brief.last, snapshot.as_of)
    except DocumentError as error:
        _fail(FIGURES, snapshot_id, str(error))
        return
    # Held: a brief that is handed in at this moment is handed in with the figures it has.
    db.session.refresh(brief, with_for_update=True)
    if brief.state != "draft":
        _fail(FIGURES, snapshot_id, MOVED_ON)
        return
    snapshot.data, snapshot.item_ids, snapshot.sha256 = taken
    snapshot.state, snapshot.made_at = "made", now()
    _word(viewer, brief, snapshot.id, drafting.drafted(brief.kind, taken.data))
    brief.names_checked = False  # other words, or other figures in them
    brief.version += 1
    db.session.commit()


def _word(viewer: Viewer, brief: Brief, snapshot_id: int, drafts: dict[str, str]) -> None:
    """The drafted wording of every section that nobody has written in."""
    known = texts_of(viewer, brief)
    for section, body in drafts.items():
        held = known.get(section)
        if held is not None and (held.written_by_id is not None or held.body == body):
            continue
        db.session.add(
            BriefText(
                brief_id=brief.id,
                section=section,
                version=1 if held is None else held.version + 1,
                body=body,
                snapshot_id=snapshot_id,
                written_at=viewer.moment.instant,
            )
        )
    db.session.flush()


def set_sheet(sheet_id: int) -> None:
    """Set the PDF of a brief as it stands. That of a released one bears its 核验码."""
    with everything(because="取出待生成的汇报通报"):
        asked_by = SHEETS.claim(sheet_id)
        db.session.commit()
    if asked_by is None:
        return
    viewer = _as(asked_by)
    settings: Settings = current_app.extensions["portal.settings"]
    sheet = _row(viewer, BriefSheet, sheet_id)
    brief = None if sheet is None else _row(viewer, Brief, sheet.brief_id)
    if sheet is None or brief is None:
        _fail(SHEETS, sheet_id, NOT_SET)
        return
    if edition_of(viewer, brief) != sheet.of_version:
        _fail(SHEETS, sheet_id, NOT_SET)
        return
    code = number_of(sheet.public_id) if brief.released_on else ""
    try:
        paper = paper_of(viewer, brief, settings.college, code)
        content = render(GONGWEN, paper, base=settings.public_url)
    except DocumentError as error:
        _fail(SHEETS, sheet_id, str(error))
        return
    sheet.sha256 = store.put(settings.files_dir, content)
    sheet.size, sheet.made_at, sheet.state = len(content), now(), "made"
    db.session.commit()


def sweep() -> None:
    """Enqueue again what was lost with the queue or a worker; give up after three tries."""
    with everything(because="补办未完成的汇报通报"):
        waiting = [(work, work.lost(said)) for work, said in
                   ((FIGURES, NOT_COUNTED), (SHEETS, NOT_SET))]  # fmt: skip
        db.session.commit()
    for work, ids in waiting:
        work.ask_again(ids)


def _as(person_id: int) -> Viewer:
    clock: Clock = current_app.extensions["portal.clock"]
    return view_as(person_id, clock)


def _row(viewer: Viewer, model: Any, row_id: int) -> Any:
    return db.session.scalars(visible(viewer, model).where(model.id == row_id)).one_or_none()


def _fail(work: Work, row_id: int, reason: str) -> None:
    db.session.rollback()
    with everything(because="记录汇报通报未能生成"):
        work.fail(row_id, reason)
        db.session.commit()
