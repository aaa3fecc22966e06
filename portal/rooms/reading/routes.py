"""/todo/reading: 批量阅知 for the principals."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from portal.forms import OpinionForm
from portal.rooms.reading import commands, queries
from portal.rooms.reading.queries import Reading
from portal.web import note_opened, to, viewer

blueprint = Blueprint("reading", __name__)
NONE_CHOSEN = "请勾选要阅知的事项。"


@blueprint.get("/todo/reading")
def page() -> str:
    """What waits for 阅示: result and verdict a line, to tick or to open."""
    return _page(queries.waiting(viewer()), OpinionForm())


@blueprint.post("/todo/reading")
def read() -> Response:
    """阅知所选 or 全部阅知: each item is signed by itself; how many were not, and why, is said."""
    form, shown = OpinionForm(), _shown()
    ticked = shown if "all" in request.form else _ticked()
    chosen = {public_id: shown[public_id] for public_id in ticked if public_id in shown}
    sound = form.validate_on_submit()
    if sound and not chosen:
        form.opinion.errors = [NONE_CHOSEN]
    if not sound or not chosen or form.key.data is None:
        form.renew(None)
        return make_response(_page(queries.waiting(viewer()), form), 422)
    done, left = commands.read_all(viewer(), chosen, form.key.data, form.opinion.data or "")
    if done:
        flash(f"已阅知{done}项", "toast")
    # By number: what is flashed lies in the cookie, which anybody at this computer can read.
    for why, count in Counter(left).items():
        flash(f"{count}项未签署：{why}", "warn")
    return to(url_for("reading.page") if queries.waiting(viewer()) else url_for("desk.todo"))


def _page(readings: Sequence[Reading], form: OpinionForm) -> str:
    for reading in readings:
        if reading.line.sensitive:  # its 办结情况 stands here, as on its page
            note_opened(reading.line.item_id)
    return render_template(
        "rooms/reading/page.html", today=viewer().moment.day, readings=readings, form=form
    )


def _shown() -> dict[uuid.UUID, int]:
    """The items on the page that was sent, with the versions it showed."""
    found = {}
    for entry in request.form.getlist("shown"):
        public_id, _, version = entry.partition(":")
        if (id_ := _id(public_id)) is not None and version.isdecimal() and len(version) < 10:
            found[id_] = int(version)
    return found


def _ticked() -> list[uuid.UUID]:
    ticked = [_id(value) for value in request.form.getlist("item")]
    return [public_id for public_id in ticked if public_id is not None]


def _id(value: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(value)
    except ValueError:
        return None
