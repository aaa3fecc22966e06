"""/items/<id>/documents: the item's sheets, asking for one, and the file itself."""

from __future__ import annotations

import io
import uuid

from flask import Blueprint, Response, make_response, render_template, send_file
from flask_login import current_user

from portal.documents import commands
from portal.documents.checks import DocumentError
from portal.documents.handing import handed_out
from portal.documents.queries import label_of, sheet_of, sheets_of, word_copy
from portal.documents.table import labels_of
from portal.documents.word import copies
from portal.errors import NotFound
from portal.filters import watermark_line
from portal.models import Document, Item
from portal.web import clock, item_or_404, settings, to_item, viewer

blueprint = Blueprint("documents", __name__)
LOOK_AGAIN = 2  # seconds


@blueprint.get("/items/<uuid:public_id>/documents")
def lines(public_id: uuid.UUID) -> str:
    """The list of sheets, which the page renews while one is being made."""
    item = item_or_404(public_id)
    return render_template("documents/_sheets.html", item=item, sheets=sheets_of(viewer(), item))


@blueprint.post("/items/<uuid:public_id>/documents/<kind>")
def ask(public_id: uuid.UUID, kind: str) -> Response:
    """Ask for a sheet; the page shows that it is being made."""
    item, _label = _with_kind(public_id, kind)
    commands.ask(viewer(), item, kind)
    return to_item(public_id)


@blueprint.get("/items/<uuid:public_id>/documents/<kind>.pdf")
def pdf(public_id: uuid.UUID, kind: str) -> Response:
    """The stored sheet; 202 with Retry-After until it is stored."""
    item, label = _with_kind(public_id, kind)
    sheet = sheet_of(viewer(), item, kind)
    if sheet is None or sheet.state != "made" or sheet.sha256 is None:
        return _not_yet(item, kind, label, sheet)
    return handed_out(viewer(), item, sheet, label)


@blueprint.get("/items/<uuid:public_id>/documents/<kind>.docx")
def word(public_id: uuid.UUID, kind: str) -> Response:
    """The Word copy, made on the spot; of a sensitive item it names who took it and when."""
    item, label = _with_kind(public_id, kind)
    sensitive = item.classification == "sensitive"
    stamp = (
        watermark_line(current_user.name, current_user.username, clock().now()) if sensitive else ""
    )
    try:
        content = word_copy(viewer(), item, kind, settings().college, stamp)
    except DocumentError as error:
        html = render_template("documents/making.html", item=item, label=label, failure=str(error))
        return make_response(html, 422)
    answer = send_file(
        io.BytesIO(content),
        mimetype=copies.MIMETYPE,
        as_attachment=True,
        download_name=f"{label}.docx",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _not_yet(item: Item, kind: str, label: str, sheet: Document | None) -> Response:
    if sheet is None:
        commands.ask(viewer(), item, kind)
    item = item_or_404(item.public_id)
    failure = sheet.failure if sheet is not None and sheet.state == "failed" else None
    html = render_template("documents/making.html", item=item, label=label, failure=failure)
    answer = make_response(html, 202)
    if failure is None:
        answer.headers["Retry-After"] = str(LOOK_AGAIN)
        answer.headers["Refresh"] = str(LOOK_AGAIN)
    return answer


def _with_kind(public_id: uuid.UUID, kind: str) -> tuple[Item, str]:
    """The item, and what the kind is called. NotFound for a kind that is none."""
    item = item_or_404(public_id)
    label = labels_of([kind]).get(kind)
    if label is None:
        raise NotFound
    return item, label_of(viewer(), item, kind) or label
