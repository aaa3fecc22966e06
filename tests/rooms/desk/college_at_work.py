"""A college in which every number of every desk counts something.

The rows are set, not acted: numbers and lists read the same rows, whatever brought them about.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from portal.extensions import db
from portal.models import (
    ApprovalSlot,
    ArchiveRecord,
    Brief,
    BriefBox,
    Comment,
    Extension,
    Feedback,
    FeedbackPoint,
    Inspection,
    Item,
    ItemMember,
    ItemUnit,
    LedgerRelease,
    Loan,
    Rectification,
    UrgeNotice,
)
from portal.queued_work import now
from portal.rulebook.keys import OFFICE_KEYS
from portal.rulebook.readers import readers_of
from portal.steps.registration import commands as registration
from tests.conftest import ANCHOR
from tests.people import draft
from tests.rooms.conftest import _dates, _number
from tests.shaping import read_as, shape
from tests.stages import bring, intent, person, unit
from tests.steps.acting import HANDLER, HEAD, LEADER, OFFICE
from tests.steps.knowledge.listing import sensitive

DAY = timedelta(days=1)
LONG_AGO = datetime(2026, 11, 9, 1, tzinfo=UTC)
REPORT = {"measures": "", "progress": "进展", "effect": "", "problems": "", "next_steps": ""}


def settle(app: Flask) -> None:
    """Bring it about."""
    _late(app)
    _waiting(app)
    _in_closing(app)
    _urged(app)
    _inspected(app)
    _lent(app)
    _of_no_item(app)
    draft(app, "A01", title="草稿")
    with sensitive(app, title="敏感") as actor:
        viewer, item = actor.item()
        registration.submit(viewer, item, intent(item), declared=True)
    shape(app, draft(app, "A01", title="待编号"), state="pending_filing")
    shape(app, draft(app, "A01", title="待交办"), state="filed", **_number(41))


def _late(app: Flask) -> None:
    """Overdue with reports owed, and due this week; both handled by 邓涛 of 保卫处."""
    for seq, (title, due) in enumerate((("已逾期", -3), ("本周", 2)), 51):
        public_id = draft(app, "A01", title=title)
        shape(app, public_id, state="in_progress", **_dates(due), **_number(seq))
        with app.app_context():
            read_as(app, OFFICE)
            item = _item(public_id)
            _units(item, state="received")
            held = ItemMember(
                item_id=item.id, person_id=person(HANDLER), unit_id=unit("BWC"), role="handler",
                readers=item.readers,
            )  # fmt: skip
            points = [
                FeedbackPoint(
                    item_id=item.id, seq=place, due=ANCHOR + day * DAY, readers=item.readers
                )
                for place, day in ((1, due - 2), (2, due - 1))
            ]
            db.session.add_all([held, *points])
            if title == "本周":
                _reports(item)
            item.readers = readers_of(item)
            db.session.commit()


def _reports(item: Item) -> None:
    """One of each state, and a 批示 that waits for the unit."""
    for seq, state in enumerate(("fb_draft", "fb_submitted", "fb_unit", "fb_returned")):
        report = _add(
            item, Feedback, unit_id=item.lead_unit_id, seq=seq or None, state=state, percent=1,
            written_by_id=person(HANDLER), submitted_at=LONG_AGO if seq else None, **REPORT,
        )  # fmt: skip
    said = {"feedback_id": report.id, "given_by_id": person(LEADER), "given_at": LONG_AGO}
    _add(item, Comment, state="given", **said)


def _waiting(app: Flask) -> None:
    """A signature asked for two weeks ago, a notice nobody has signed for, a request for time."""
    unsigned = draft(app, "A01", title="久未签批")
    with app.app_context():
        item = bring(app, unsigned, "pending_sign")
        db.session.execute(
            update(ApprovalSlot)
            .where(ApprovalSlot.item_id == item.id, ApprovalSlot.state == "open")
            .values(opened_at=LONG_AGO)
        )
        db.session.commit()
    unreceived = draft(app, "A01", title="未签收")
    shape(app, unreceived, state="issued", **_dates(20), **_number(62))
    with app.app_context():
        read_as(app, OFFICE)
        _units(_item(unreceived), state="issued", receipt_by=LONG_AGO)
        db.session.commit()
    asking = draft(app, "A01", title="申请延期")
    shape(app, asking, state="in_progress", blue=True, **{**_dates(9), **_number(61)})
    with app.app_context():
        read_as(app, OFFICE)
        _units(_item(asking), state="received")
        _add(
            _item(asking), Extension, seq=1, kind="extend", state="ext_check", salt="",
            asked_due=ANCHOR + 30 * DAY, applied_by_id=person(HEAD), applied_at=LONG_AGO,
            timely=True,
        )  # fmt: skip
        db.session.commit()


def _in_closing(app: Flask) -> None:
    """Being checked, to be struck off, closed two months ago and not archived."""
    checked = draft(app, "A01", title="审核办结")
    shape(app, checked, state="closing_check", blue=True, **{**_dates(9), **_number(71)})
    struck = draft(app, "A01", title="销号")
    shape(app, struck, state="closing_filing", blue=True, **{**_dates(9), **_number(72)})
    for seq, signed in ((73, None), (74, ANCHOR)):
        closed = draft(app, "A01", title="已销号")
        shape(app, closed, state="closed", closed_on=ANCHOR - 61 * DAY, **_number(seq))
        with app.app_context():
            read_as(app, OFFICE)
            item = _item(closed)
            db.session.add_all(
                ArchiveRecord(
                    item_id=item.id, keeper=keeper, archive_no="", retention="30年",
                    kept_on=signed if keeper == "unit" else None, readers=item.readers,
                )
                for keeper in ("office", "unit")
            )  # fmt: skip
            db.session.commit()


def _urged(app: Flask) -> None:
    """A notice that is out, and one whose limit has passed."""
    for seq, state in enumerate(("ug_issued", "ug_signed", "ug_unmet"), 1):
        public_id = draft(app, "A01", title=f"催办{seq}")
        shape(app, public_id, state="in_progress", **{**_dates(-20), **_number(80 + seq)})
        with app.app_context():
            read_as(app, OFFICE)
            _add(
                _item(public_id), UrgeNotice, unit_id=unit("BWC"),
                state=state, nth=1, ground="overdue", missed_on=ANCHOR - 20 * DAY, subject="催办",
                limit_days=3, drafted_by_id=person(OFFICE), drafted_at=LONG_AGO,
                doc_word="阿职催办", doc_year=2026, doc_seq=80 + seq, issued_on=ANCHOR - 9 * DAY,
                limit_on=ANCHOR - 4 * DAY, receipt_by=LONG_AGO,
            )  # fmt: skip
            db.session.commit()


def _inspected(app: Flask) -> None:
    """第十七条: a point that is being put right, one that is late; both of 保卫处."""
    public_id = draft(app, "A01", title="整改")
    shape(app, public_id, state="in_progress", **{**_dates(9), **_number(91)})
    with app.app_context():
        read_as(app, OFFICE)
        item, day = _item(public_id), ANCHOR - 9 * DAY
        visit = _add(
            item, Inspection, unit_id=unit("BWC"), journey=uuid.uuid4(), state="rectifying",
            methods=["on_site"], talks_to_head=False, matter="整改", planned_on=day, outline="",
            shortfall="", repeat_reason="", drafted_by_id=person(OFFICE), drafted_at=LONG_AGO,
        )  # fmt: skip
        for nth, (state, due) in enumerate((("open", 2), ("overdue", -2)), 1):
            _add(
                item, Rectification, inspection_id=visit.id, unit_id=unit("BWC"), nth=nth,
                state=state, problem="问题", requirement="要求", owner_id=person(HANDLER),
                asked_owner_id=person(HANDLER), asked_due=ANCHOR + due * DAY,
                due=ANCHOR + due * DAY,
            )  # fmt: skip
        db.session.commit()


def _lent(app: Flask) -> None:
    """第十六条（七）: papers that are asked for, and papers that should be back."""
    for seq, state in enumerate(("asked", "lent"), 95):
        public_id = draft(app, "A01", title=f"借阅{seq}")
        shape(app, public_id, state="archived", closed_on=ANCHOR, **_number(seq))
        with app.app_context():
            read_as(app, OFFICE)
            _add(
                _item(public_id), Loan, state=state, kind="copy", reason="核对",
                borrower_id=person(HANDLER), asked_at=LONG_AGO, due_back=ANCHOR - 2 * DAY,
            )  # fmt: skip
            db.session.commit()


def _of_no_item(app: Flask) -> None:
    """An export that is asked for; a 通报 that waits for 党政办主任."""
    with app.app_context():
        read_as(app, OFFICE)
        office = [OFFICE_KEYS["office_head"], OFFICE_KEYS["office_staff"]]
        mine = -person(OFFICE)
        brief = Brief(
            kind="circular", state="checking", name="", title="通报", drafted_by_id=-mine,
            drafted_at=LONG_AGO, readers=office,
        )  # fmt: skip
        release = LedgerRelease(
            query="", form="excel", reason="核对", counted=9, asked_by_id=-mine, asked_at=now(),
            readers=[mine, unit("DZB")],
        )  # fmt: skip
        db.session.add_all([brief, release])
        db.session.flush()
        db.session.add(
            BriefBox(
                brief_id=brief.id, run=1, position=1, step="check", role="office_head",
                state="open", readers=office,
            )
        )  # fmt: skip
        db.session.commit()


def _units(item: Item, **columns: Any) -> None:
    db.session.execute(update(ItemUnit).where(ItemUnit.item_id == item.id).values(**columns))


def _item(public_id: uuid.UUID) -> Item:
    return db.session.scalars(select(Item).where(Item.public_id == public_id)).one()


def _add(item: Item, model: Any, **columns: Any) -> Any:
    row = model(item_id=item.id, public_id=uuid.uuid4(), readers=item.readers, **columns)
    db.session.add(row)
    db.session.flush()
    return row
