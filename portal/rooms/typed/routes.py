"""/typed: what the page's script saves of a form and asks for again (static/js/autosave.js)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, flash, g, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from portal.accounts.gate import safe_next
from portal.errors import Kept
from portal.extensions import db
from portal.filters import clock_time
from portal.item.panels import PAGES
from portal.models import TypedText
from portal.rooms.typed import commands, ended
from portal.rooms.typed.places import is_place, item_of, texts_of, uuid_of
from portal.rulebook.secrecy import scan
from portal.scanned_forms import note_stopped
from portal.text_names import label_of
from portal.web import note_opened, to, viewer

blueprint = Blueprint("typed", __name__)
MOST_PLACES = 30
RESTORE = "restore"
BAD = 400


@blueprint.get("/typed")
def kept() -> Response:
    """What is kept for the forms of a page."""
    places = [one for one in request.args.getlist("place")[:MOST_PLACES] if is_place(one)]
    return jsonify(
        [_said(row) | {"texts": row.texts} for row in commands.kept_at(viewer(), places)]
    )


@blueprint.post("/typed")
def keep() -> tuple[Response, int]:
    """Keep the texts of one form: 409 where another page saved something else meanwhile, 422 for a
    text that must not be in the portal."""
    place, texts = request.form.get("place", ""), texts_of(request.form.get("texts", ""))
    window, seen = uuid_of(request.form.get("window", "")), request.form.get("seen", 0, type=int)
    if not is_place(place) or texts is None or window is None:
        return jsonify({}), BAD
    item_id = item_of(viewer(), place)
    if any(scan(text).kind == "stop" for text in texts.values()):
        commands.forget(viewer(), [place])
        return jsonify({"said": note_stopped()}), 422
    done = commands.keep(viewer(), place, item_id, texts, window=window, seen=seen)
    return jsonify(_said(done.row)), 200 if done.saved else 409


@blueprint.post("/typed/removal")
def forget() -> tuple[Response, int]:
    """舍弃."""
    place = request.form.get("place", "")
    if is_place(place):
        commands.forget(viewer(), [place])
    return jsonify({}), 200


@blueprint.get("/typed/returned")
def returned() -> str:
    """What was written when the session ended, to be put back into its form or copied."""
    place = request.args.get("place", "")
    rows = commands.kept_at(viewer(), [place]) if is_place(place) else []
    texts = [
        Kept(label_of(name), text)
        for row in rows
        for name, text in row.texts.items()
        if text.strip()
    ]
    for item_id in commands.sensitive_of(viewer(), rows):
        note_opened(item_id)
    page = safe_next(request.args.get("page"))
    restores = page != "/" and _is_panel(place)
    if restores:
        page += f"{'&' if '?' in page else '?'}{RESTORE}=1"
    return render_template(
        "rooms/typed/returned.html", kept=texts, place=place, page=page, restores=restores
    )


@blueprint.post("/typed/returned")
def drop() -> Response:
    """舍弃, without script."""
    place = request.form.get("place", "")
    if is_place(place):
        commands.forget(viewer(), [place])
        flash("已舍弃保留的内容。", "toast")
    return to("/")


@blueprint.before_app_request
def bring_back() -> None:
    """A page that is opened to go on writing gets its texts back into its forms."""
    reader = g.get("viewer")
    if request.method == "GET" and reader is not None and RESTORE in request.args:
        g.typed_back = {row.place: row.texts for row in commands.all_kept(reader)}


blueprint.after_app_request(ended.keep_of_ended)


@blueprint.after_app_request
def sent(response: Response) -> Response:
    """A form that was accepted needs nothing kept of it."""
    accepted = response.status_code == 303 or "HX-Location" in response.headers
    reader = g.get("viewer")
    if request.method == "POST" and accepted and reader and request.blueprint != "typed":
        act = request.form.get("act", "")
        db.session.rollback()
        commands.forget(reader, [request.path, f"{request.path}#{act}"])
    return response


def _is_panel(place: str) -> bool:
    """Whether the form is an act's panel, which puts kept texts back by itself (`act_pages`)."""
    panels = {page.rule for pages in PAGES.values() for page in pages.by_act.values()}
    addresses = current_app.url_map.bind("")
    try:
        rule, _values = addresses.match(place.partition("#")[0], method="POST", return_rule=True)
    except HTTPException:
        return False
    return rule.rule in panels


def _said(row: TypedText) -> dict[str, Any]:
    return {
        "place": row.place,
        "version": row.version,
        "at": clock_time(row.saved_at),
        "window": str(row.window),
    }
