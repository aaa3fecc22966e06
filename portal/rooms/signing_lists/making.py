"""The printed list: typeset by a worker, as the person who asked may read it; lost ones are found
again. The row is the truth; a queue that is away only delays it."""

from __future__ import annotations

from flask import current_app

from portal import store
from portal.clock import Clock
from portal.config import Settings
from portal.documents.control import number_of
from portal.documents.render import DocumentError, render
from portal.documents.sheets import ListedItem, SigningListSheet
from portal.errors import NotFound
from portal.extensions import db
from portal.item.people import named
from portal.models import SigningList
from portal.queued_work import Work, now
from portal.rooms.signing_lists.queries import Row, label_of, rows_of
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.scope import Viewer, everything, view_as, visible

LISTS = Work(SigningList, "print_signing_list")
FAILED = "生成未完成，请重新制作签批单；仍不能生成的，请联系系统管理员。"
FOOTNOTE = "注：逐项意见与总意见不同的，以逐项意见为准；不同意或要求退回的，请在该项意见栏写明。"


def make(list_id: int) -> None:
    """Make one list's sheet. A second call finds nothing to do."""
    with everything(because="取出待生成的一览签批单"):
        asked_by = LISTS.claim(list_id)
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
        content = render(
            "signing_list", sheet_of(viewer, found, settings.college), base=settings.public_url
        )
    except DocumentError as error:
        _fail(list_id, str(error))
        return
    except NotFound:  # an item went out of this person's sight meanwhile
        _fail(list_id, FAILED)
        return
    found.sha256 = store.put(settings.files_dir, content)
    found.size, found.made_at, found.state = len(content), now(), "made"
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
        control_code=number_of(found.public_id),
    )


def _listed(row: Row) -> ListedItem:
    line = row.line
    return ListedItem(
        number=line.number,
        title=line.title,
        lead_unit=line.unit,
        deadline=long_date(line.due) if line.due else line.limit,
        asked=label_of(row.slot),
        matter=row.matter,
    )


def sweep() -> None:
    """Enqueue again what was lost with the queue or a worker; give up after three tries."""
    with everything(because="补办未完成的一览签批单"):
        waiting = LISTS.lost(FAILED)
        db.session.commit()
    LISTS.ask_again(waiting)


def _fail(list_id: int, reason: str) -> None:
    db.session.rollback()
    with everything(because="记录一览签批单未能生成"):
        LISTS.fail(list_id, reason)
        db.session.commit()
