"""/items/<id>/attachments/<id>/pages: an uploaded PDF as pictures of its pages (decision 0116)."""

from __future__ import annotations

import uuid
from pathlib import Path

from flask import Blueprint, Response, make_response, render_template, request, url_for

from portal import store
from portal.attachments import page_pictures, page_turns
from portal.attachments.page_pictures import NotDrawn
from portal.errors import NotFound
from portal.item.attachments.queries import attachment_of
from portal.models import Attachment, Item
from portal.web import item_or_404, settings, viewer

blueprint = Blueprint("attachment_pages", __name__)


@blueprint.get("/items/<uuid:public_id>/attachments/<uuid:attachment_id>/pages")
def pages(public_id: uuid.UUID, attachment_id: uuid.UUID) -> str:
    """All of them below one another; for the page of a signature only this part."""
    item = item_or_404(public_id)
    row = _pdf(item, attachment_id)
    page_turns.take_turn(viewer().person_id or 0)
    try:
        total = page_pictures.count(_stored(row))
    except NotDrawn:
        total = 0
    part = request.headers.get("HX-Request") == "true"
    template = "item/_file_pages.html" if part else "item/file_pages.html"
    pictures = [
        url_for(
            "attachment_pages.page",
            public_id=public_id,
            attachment_id=attachment_id,
            number=number,
        )
        for number in range(1, min(total, page_pictures.MOST) + 1)
    ]
    return render_template(
        template, item=item, file=row, name=row.name, total=total, pictures=pictures
    )


@blueprint.get("/items/<uuid:public_id>/attachments/<uuid:attachment_id>/pages/<int:number>.jpg")
def page(public_id: uuid.UUID, attachment_id: uuid.UUID, number: int) -> Response:
    """One page."""
    row = _pdf(item_or_404(public_id), attachment_id)
    page_turns.take_turn(viewer().person_id or 0)
    try:
        drawn = page_pictures.picture(_stored(row), number)
    except NotDrawn as error:
        raise NotFound from error
    answer = make_response(drawn)
    answer.mimetype = page_pictures.TYPE
    return answer


def _pdf(item: Item, attachment_id: uuid.UUID) -> Attachment:
    """A kept PDF of an item; of a sensitive one there are only stamped copies (decision 0104)."""
    row = attachment_of(viewer(), item, attachment_id)
    if row is None or row.state != "kept" or row.kind != "pdf":
        raise NotFound
    if item.classification == "sensitive":
        raise NotFound
    return row


def _stored(row: Attachment) -> Path:
    return store.path_of(settings().files_dir.absolute(), row.sha256)
