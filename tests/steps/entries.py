"""Reports and applications that came on paper, as the tests have 党政办 type them in."""

from __future__ import annotations

import io
import uuid
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.attachments.checking import Sound
from portal.attachments.kinds import KINDS
from portal.extensions import db
from portal.models import Feedback, Unit
from portal.rulebook.entries import Entry
from portal.steps.closing import commands as closing
from portal.steps.execution import entering
from tests.attachments.files import pdf
from tests.stages import as_of, intent, item_of, person
from tests.steps.acting import HANDLER, HEAD, LEAD, OFFICE, REPORT

TODAY = date(2026, 11, 23)
SHEET = pdf("written report")


def scan(name: str = "反馈.pdf") -> Sound:
    """What the scanner gave."""
    return Sound(name, KINDS["pdf"], io.BytesIO(SHEET))


def entry(signer: str, **given: Any) -> Entry:
    """What stands on the paper."""
    values: dict[str, Any] = {
        "way": "paper",
        "signer_id": person(signer) if signer else None,
        "signed_for_id": None,
        "paper_on": TODAY,
    }
    return Entry(**{**values, **given})


def report(
    app: Flask, public_id: uuid.UUID, code: str = LEAD, signer: str = HANDLER, **given: Any
) -> Feedback:
    """代录反馈 by the office; the report as it then stands. An app context is open."""
    who = given.pop("by", OFFICE)
    point_id, files = given.pop("point_id", None), given.pop("files", None)
    viewer = as_of(app, who)
    item = item_of(viewer, public_id)
    unit_id = db.session.scalars(select(Unit.id).where(Unit.code == code)).one()
    entering.enter(
        viewer,
        item,
        unit_id,
        given.pop("fields", REPORT),
        entry(signer, **given),
        intent(item),
        declared=True,
        point_id=point_id,
        files=(scan(),) if files is None else files,
    )
    return latest(app, public_id)


def latest(app: Flask, public_id: uuid.UUID) -> Feedback:
    """The item's latest report, as the office reads it."""
    item = item_of(as_of(app, OFFICE), public_id)
    query = select(Feedback).where(Feedback.item_id == item.id).order_by(Feedback.id.desc())
    return db.session.scalars(query.limit(1).execution_options(populate_existing=True)).one()


def close(app: Flask, public_id: uuid.UUID, signer: str = HEAD, **given: Any) -> None:
    """代录办结申请 by the office."""
    viewer = as_of(app, given.pop("by", OFFICE))
    item = item_of(viewer, public_id)
    files = given.pop("files", None)
    without = given.pop("without_co_units", True)
    closing.enter_close(
        viewer,
        item,
        "隐患17处已全部整改。",
        entry(signer, **given),
        intent(item),
        declared=True,
        without_co_units=without,
        files=(scan("办结申请.pdf"), scan("佐证.pdf")) if files is None else files,
    )
