"""证据汇编: asking for the PDF of a case, and a worker's making it (SPEC §6.3).

It is read as the person who asked, at every step: nothing is in it that this person could not open.
The row is the truth; a queue that is away only delays it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from flask import current_app
from sqlalchemy import func, select, update

from portal import store
from portal.clock import Clock
from portal.config import Settings
from portal.documents.commands import stored
from portal.documents.queries import listed_of
from portal.documents.render import DocumentError, render
from portal.documents.sheets import ListSheet
from portal.errors import NotFound
from portal.extensions import db
from portal.item.cases import handles, is_concerned
from portal.models import Case, CaseBundle, Item
from portal.queued_work import Work, now
from portal.rooms.accountability import contents
from portal.rooms.accountability.contents import Part
from portal.rulebook.scope import Viewer, everything, view_as, visible

BUNDLES = Work(CaseBundle, "bundle_case")
SAME_WITHIN = timedelta(seconds=30)
FAILED: Final = "汇编未完成，请稍后重新生成；仍不能生成的，请联系系统管理员。"


def binds(viewer: Viewer, case: Case) -> bool:
    """Whether 证据汇编 is for this person: who handles cases, and not that of his own unit."""
    return handles(viewer) and not is_concerned(viewer, case)


def ask(viewer: Viewer, case: Case) -> CaseBundle:
    """Ask for the PDF of a case; twice in half a minute is once. NotFound for whom it is not."""
    if not binds(viewer, case):
        raise NotFound
    same = db.session.scalars(
        visible(viewer, CaseBundle).where(
            CaseBundle.case_id == case.id,
            CaseBundle.asked_by_id == viewer.person_id,
            CaseBundle.state.in_(("asked", "making")),
            CaseBundle.asked_at > now() - SAME_WITHIN,
        )
    ).first()
    if same is not None:
        return same
    bundle = CaseBundle(
        case_id=case.id, state="asked", asked_by_id=viewer.person_id, asked_at=now()
    )
    bundle.tries = bundle.done = bundle.total = 0
    db.session.add(bundle)
    db.session.commit()
    BUNDLES.ask(bundle.id)
    return bundle


def own(viewer: Viewer, case: Case) -> list[CaseBundle]:
    """What this person asked for of the case, latest first."""
    rows = visible(viewer, CaseBundle).where(
        CaseBundle.case_id == case.id, CaseBundle.asked_by_id == viewer.person_id
    )
    return list(db.session.scalars(rows.order_by(CaseBundle.id.desc()).limit(5)))


def place_of(viewer: Viewer, bundle: CaseBundle) -> int:
    """Which of the person's own of the case it is, from 1."""
    own = visible(viewer, CaseBundle).where(
        CaseBundle.case_id == bundle.case_id,
        CaseBundle.asked_by_id == viewer.person_id,
        CaseBundle.id <= bundle.id,
    )
    return db.session.scalar(select(func.count()).select_from(own.subquery())) or 0


def make(bundle_id: int) -> None:
    """Make one. A second call finds nothing to do."""
    with everything(because="取出待生成的问责材料汇编"):
        asked_by = BUNDLES.claim(bundle_id, done=0)
        db.session.commit()
    if asked_by is None:
        return
    clock: Clock = current_app.extensions["portal.clock"]
    viewer = view_as(asked_by, clock)
    try:
        _make(viewer, bundle_id)
    except DocumentError as error:
        _fail(bundle_id, str(error))
    except NotFound:  # the case went out of this person's sight meanwhile
        _fail(bundle_id, FAILED)


def _make(viewer: Viewer, bundle_id: int) -> None:
    settings: Settings = current_app.extensions["portal.settings"]
    bundle = db.session.scalars(
        visible(viewer, CaseBundle).where(CaseBundle.id == bundle_id)
    ).one_or_none()
    if bundle is None:
        raise NotFound
    case = db.session.scalars(select(Case).where(Case.id == bundle.case_id)).one()
    if not binds(viewer, case):  # the office ended since it was asked for
        raise NotFound
    item = db.session.get_one(Item, case.item_id)
    parts = _sheets(viewer, item, bundle_id, settings)
    files = contents.files_of(viewer, case, item)
    history = Part("事项办理过程", "办理过程", _rendered(contents.history(viewer, item)))
    log = Part("问责办理记录", "办理记录", _rendered(contents.log(viewer, case, item)))
    bound = [log, *parts, history]
    cover = _rendered(contents.cover(viewer, case, item, bound, files))
    pdf = _joined([cover, *(part.content for part in bound)])
    digest = store.put(settings.files_dir, pdf)
    bundle = db.session.get_one(CaseBundle, bundle_id)
    bundle.sha256, bundle.size, bundle.state, bundle.made_at = digest, len(pdf), "made", now()
    bundle.done = bundle.total
    db.session.commit()


def _rendered(sheet: ListSheet) -> bytes:
    return render("list", sheet)


def _sheets(viewer: Viewer, item: Item, bundle_id: int, settings: Settings) -> list[Part]:
    """The item's sheets this person may open, printed where nobody has asked for them yet."""
    listed = listed_of(viewer, item, once=True)
    found: list[Part] = []
    for kind, one in listed.items():
        sheet = stored(viewer, item, kind, viewer.person_id or 0)
        if sheet.sha256 is None:
            raise ValueError("a sheet that is stored has its digest")
        path = store.path_of(settings.files_dir.absolute(), sheet.sha256)
        found.append(Part(one.label, "文书", path.read_bytes()))
        db.session.execute(
            update(CaseBundle)
            .where(CaseBundle.id == bundle_id)
            .values(done=len(found), total=len(listed), started_at=now())
        )
        db.session.commit()
    return found


def _joined(pdfs: Sequence[bytes]) -> bytes:
    """One PDF of the portal's own, one behind the other."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    for pdf in pdfs:
        writer.append(io.BytesIO(pdf))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def sweep() -> None:
    """Enqueue again what was lost with the queue or a worker; give up after three tries."""
    with everything(because="补办未完成的问责材料汇编"):
        waiting = BUNDLES.lost(FAILED)
        db.session.commit()
    BUNDLES.ask_again(waiting)


def _fail(bundle_id: int, reason: str) -> None:
    db.session.rollback()
    with everything(because="记录问责材料汇编未能生成"):
        BUNDLES.fail(bundle_id, reason)
        db.session.commit()
