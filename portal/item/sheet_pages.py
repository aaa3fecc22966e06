"""/items/<id>/documents/<kind>/pages: a sheet as it stands now as pictures of its pages, for who
signs on it (decision 0116).

Each signature makes another version of the sheet; it is set when it is looked at first, by a
worker, and the page looks again by itself until it is there. The pictures on a page are all of the
version that was listed: who signs while they are still fetched is shown no broken ones.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, make_response, render_template, request, url_for

from portal import store
from portal.attachments import page_pictures, page_turns
from portal.attachments.page_pictures import NotDrawn
from portal.documents import commands
from portal.documents.queries import label_of, sheet_of, version_of
from portal.errors import NotFound
from portal.models import Document, Item
from portal.web import item_or_404, settings, viewer

blueprint = Blueprint("sheet_pages", __name__)
LOOK_AGAIN: Final = "2"
"""Seconds after which a browser without script asks again for a sheet that is being set."""


@blueprint.get("/items/<uuid:public_id>/documents/<kind>/pages")
def pages(public_id: uuid.UUID, kind: str) -> Response:
    """All pages below one another; for the page of a signature only this part."""
    item, label = _open(public_id, kind)
    sheet = sheet_of(viewer(), item, kind)
    if sheet is None:
        commands.ask(viewer(), item, kind)
        item = item_or_404(public_id)
    total = 0 if sheet is None or sheet.state != "made" else _count(sheet)
    part = request.headers.get("HX-Request") == "true"
    of = None if sheet is None else sheet.public_id
    making = sheet is None or sheet.state in ("asked", "making")
    html = render_template(
        "item/_sheet_pages.html" if part else "item/sheet_pages.html",
        item=item,
        kind=kind,
        name=label,
        making=making,
        total=total,
        pictures=[
            url_for("sheet_pages.page", public_id=public_id, kind=kind, number=number, of=of)
            for number in range(1, min(total, page_pictures.MOST) + 1)
        ],
    )
    answer = make_response(html)
    if making and not part:
        answer.headers["Refresh"] = LOOK_AGAIN
    return answer


@blueprint.get("/items/<uuid:public_id>/documents/<kind>/pages/<int:number>.jpg")
def page(public_id: uuid.UUID, kind: str, number: int) -> Response:
    """One page of the version `of`; without it, of the sheet as it stands now."""
    item, _label = _open(public_id, kind)
    of = request.args.get("of", type=uuid.UUID)
    sheet = sheet_of(viewer(), item, kind) if of is None else version_of(viewer(), item, kind, of)
    if sheet is None or sheet.state != "made":
        raise NotFound
    page_turns.take_turn(viewer().person_id or 0)
    try:
        drawn = page_pictures.picture(_stored(sheet), number)
    except NotDrawn as error:
        raise NotFound from error
    answer = make_response(drawn)
    answer.mimetype = page_pictures.TYPE
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _open(public_id: uuid.UUID, kind: str) -> tuple[Item, str]:
    """The item and what the sheet is called. NotFound: there is no such sheet for this person, or
    the item is sensitive, of which only stamped copies are shown (decision 0104)."""
    item = item_or_404(public_id)
    label = label_of(viewer(), item, kind)
    if label is None or item.classification == "sensitive":
        raise NotFound
    return item, label


def _count(sheet: Document) -> int:
    page_turns.take_turn(viewer().person_id or 0)
    try:
        return page_pictures.count(_stored(sheet))
    except NotDrawn:
        return 0


def _stored(sheet: Document) -> Path:
    if sheet.sha256 is None:
        raise NotFound
    return store.path_of(settings().files_dir.absolute(), sheet.sha256)
