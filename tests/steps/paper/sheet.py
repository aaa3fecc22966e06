"""A sheet signed on paper as the tests enter it, by commands and through the page."""

from __future__ import annotations

import io
import uuid
from datetime import date
from typing import Any

from bs4 import Tag
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.attachments.checking import Sound
from portal.attachments.kinds import KINDS
from portal.extensions import db
from portal.models import ApprovalSlot, Item
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent
from portal.steps.paper import commands
from portal.steps.paper.commands import Entry
from tests.attachments.files import pdf
from tests.pages import Page, get, values_of
from tests.stages import person

SCAN = pdf("signed sheet")


def slot(item: Item, step: str, role: str = "") -> ApprovalSlot:
    """The latest box of this step."""
    query = select(ApprovalSlot).where(ApprovalSlot.item_id == item.id, ApprovalSlot.step == step)
    if role:
        query = query.where(ApprovalSlot.role == role)
    query = query.order_by(ApprovalSlot.id.desc()).limit(1)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def entry(item: Item, step: str, name: str, day: date, **given: Any) -> Entry:
    """What stands in one box."""
    box = slot(item, step, given.pop("role", ""))
    values: dict[str, Any] = {
        "name": f"{step}-{box.role}",
        "slot_id": box.id,
        "signer_id": person(name) if name else None,
        "signed_for_id": None,
        "decided": "agree",
        "opinion": "同意。",
        "paper_on": day,
    }
    return Entry(**{**values, **given})


def enter(
    app: Flask, viewer: Viewer, item: Item, *entries: Entry, intent: Intent | None = None
) -> None:
    """代录纸质签批."""
    commands.enter(
        viewer,
        item,
        entries,
        Sound("签批单.pdf", KINDS["pdf"], io.BytesIO(SCAN)),
        intent or Intent(item.version, uuid.uuid4()),
        declared=True,
    )


def send(client: FlaskClient, address: str, typed: dict[str, Any], scan: bytes = SCAN) -> Page:
    """Open the page, fill it, send it with the scan (empty: none)."""
    return send_form(
        client, get(client, address).form(address.split("?", maxsplit=1)[0]), typed, scan
    )


def send_form(client: FlaskClient, form: Tag, typed: dict[str, Any], scan: bytes = SCAN) -> Page:
    """Send a form opened before."""
    data: dict[str, Any] = {**values_of(form), "declared": "y", **typed}
    data["files"] = (io.BytesIO(scan), "签批单.pdf") if scan else (io.BytesIO(), "")
    answer = client.post(str(form["action"]), data=data, content_type="multipart/form-data")
    return Page(answer.status_code, answer.get_data(as_text=True), answer.headers.get("Location"))
