"""/archives/transfers: 移交清单, drawn up, signed by both sides, printed."""

from __future__ import annotations

import io
import uuid

from flask import Response, flash, render_template, request, send_file, url_for

from portal.documents.render import DocumentError
from portal.errors import NotFound
from portal.extensions import db
from portal.item.counts import transfers_waiting
from portal.item.people import named
from portal.models import TransferList
from portal.rooms.archives import queries, transfer, transfer_paper
from portal.rooms.archives.routes import FIRST_YEAR, FOLDER, LAST_YEAR
from portal.rooms.archives.shelf_routes import blueprint
from portal.rulebook.refusals import Unmet
from portal.web import settings, to, viewer

__all__ = ["blueprint"]


@blueprint.get("/archives/transfers")
def transfers() -> str:
    """The lists, the newest first; with `waiting` those that this person's side is to sign."""
    reader = viewer()
    queries.must_keep(reader)
    lists = transfer.every(reader)
    waiting = bool(request.args.get("waiting"))
    mine = {row.id for row in db.session.scalars(transfers_waiting(reader))} if waiting else set()
    last: dict[int, int] = {}
    for made in lists:
        last.setdefault(made.year, made.id)
    return render_template(
        FOLDER + "transfers.html",
        today=reader.moment.day,
        lists=[made for made in lists if made.id in mine] if waiting else lists,
        waiting=waiting,
        last=set(last.values()),
        title_of=transfer_paper.title_of,
    )


@blueprint.post("/archives/transfers")
def draw_transfer() -> Response:
    """编制移交清单 of a year; its page, or the words why there is none."""
    reader = viewer()
    queries.must_keep(reader)
    year = request.form.get("year", type=int)
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFound
    try:
        made = transfer.draw(reader, year)
    except Unmet as refused:
        flash(refused.reason, "error")
        return to(url_for("archives.page", year=year))
    return _to(made.public_id)


@blueprint.get("/archives/transfers/<uuid:list_id>")
def transfer_list(list_id: uuid.UUID) -> str:
    """What stands on a list, who signed, and the signature that this person may give."""
    reader = viewer()
    made = _made(list_id)
    sides = (transfer.HANDED, transfer.TAKEN)
    mine = [side for side in sides if transfer.may_sign(reader, side)]
    refused = {side: transfer.refusal(reader, made, side) for side in sides}
    ids = {made.drawn_by_id, made.handed_by_id, made.taken_by_id}
    return render_template(
        FOLDER + "transfer.html",
        today=reader.moment.day,
        made=made,
        title=transfer_paper.title_of(made),
        lines=transfer.lines_on(reader, made),
        names=named(ids, reader.moment.day),
        to_sign=[side for side in mine if refused[side] is None],
        replaced=transfer.the_newest(reader, made.year).id != made.id,
        changed=any(one is not None and one.reason == transfer.CHANGED for one in refused.values()),
    )


@blueprint.post("/archives/transfers/<uuid:list_id>/handing-over")
def hand_over(list_id: uuid.UUID) -> Response:
    """移交签名."""
    return _sign(list_id, transfer.HANDED, "已签名移交")


@blueprint.post("/archives/transfers/<uuid:list_id>/taking-over")
def take_over(list_id: uuid.UUID) -> Response:
    """接收签名."""
    return _sign(list_id, transfer.TAKEN, "已签名接收")


@blueprint.post("/archives/transfers/<uuid:list_id>/paper")
def transfer_sheet(list_id: uuid.UUID) -> Response:
    """The list as PDF: who took it is noted."""
    made = _made(list_id)
    try:
        content = transfer_paper.make(viewer(), made, settings().college)
    except DocumentError as error:
        flash(str(error), "error")
        return _to(list_id)
    answer = send_file(
        io.BytesIO(content),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"{transfer_paper.title_of(made)}.pdf",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _sign(list_id: uuid.UUID, side: str, said: str) -> Response:
    try:
        transfer.sign(viewer(), _made(list_id), side)
    except Unmet as refused:
        flash(refused.reason, "error")
    else:
        flash(said, "toast")
    return _to(list_id)


def _made(list_id: uuid.UUID) -> TransferList:
    reader = viewer()
    queries.must_keep(reader)
    return transfer.one(reader, list_id)


def _to(list_id: uuid.UUID) -> Response:
    return to(url_for("archives.transfer_list", list_id=list_id))
