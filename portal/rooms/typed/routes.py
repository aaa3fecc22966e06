"""/typed: what the page's script saves of a form and asks for again (static/js/autosave.js)."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from sqlalchemy.exc import IntegrityError

from portal.errors import NotFound
from portal.extensions import db
from portal.filters import clock_time
from portal.models import Item, TypedText
from portal.rooms.typed import commands
from portal.rulebook.scope import visible
from portal.rulebook.secrecy import scan
from portal.scanned_forms import note_stopped
from portal.web import viewer

blueprint = Blueprint("typed", __name__)
PLACE = re.compile(r"/[\w/.-]{1,180}(?:#[a-z_]{1,40})?", re.ASCII)
ITEM = re.compile(r"/items/(?P<id>[0-9a-f-]{36})(?:/|#|$)")
MOST_PLACES, MOST_TEXTS, LONGEST = 30, 30, 5000
BAD = 400


@blueprint.get("/typed")
def kept() -> Response:
    """What is kept for the forms of a page."""
    places = [one for one in request.args.getlist("place")[:MOST_PLACES] if PLACE.fullmatch(one)]
    return jsonify(
        [_said(row) | {"texts": row.texts} for row in commands.kept_at(viewer(), places)]
    )


@blueprint.post("/typed")
def keep() -> tuple[Response, int]:
    """Keep the texts of one form: 409 where another page saved something else meanwhile, 422 for a
    text that must not be in the portal."""
    place, texts = request.form.get("place", ""), _texts(request.form.get("texts", ""))
    window, seen = _uuid(request.form.get("window", "")), request.form.get("seen", 0, type=int)
    if not PLACE.fullmatch(place) or texts is None or window is None:
        return jsonify({}), BAD
    item_id = _item(place)
    if any(scan(text).kind == "stop" for text in texts.values()):
        commands.forget(viewer(), [place])
        return jsonify({"said": note_stopped()}), 422
    try:
        done = commands.keep(viewer(), place, item_id, texts, window=window, seen=seen)
    except IntegrityError:  # two pages began at once: the other one was first
        db.session.rollback()
        done = commands.Kept(commands.kept_at(viewer(), [place])[0], saved=False)
    return jsonify(_said(done.row)), 200 if done.saved else 409


@blueprint.post("/typed/removal")
def forget() -> tuple[Response, int]:
    """舍弃."""
    place = request.form.get("place", "")
    if PLACE.fullmatch(place):
        commands.forget(viewer(), [place])
    return jsonify({}), 200


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


def _said(row: TypedText) -> dict[str, Any]:
    return {
        "place": row.place,
        "version": row.version,
        "at": clock_time(row.saved_at),
        "window": str(row.window),
    }


def _texts(sent: str) -> dict[str, str] | None:
    """The texts by the names of their fields; None if that is not what was sent."""
    try:
        found = json.loads(sent)
    except ValueError:
        return None
    if not isinstance(found, dict) or len(found) > MOST_TEXTS:
        return None
    if not all(isinstance(text, str) and len(text) <= LONGEST for text in found.values()):
        return None
    # PostgreSQL keeps no NUL, and no half of a sign.
    texts = {name[:60].replace("\0", ""): text.replace("\0", "") for name, text in found.items()}
    return texts if _is_whole("".join([*texts, *texts.values()])) else None


def _is_whole(text: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


def _uuid(sent: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(sent)
    except ValueError:
        return None


def _item(place: str) -> int | None:
    """The item that the form is about; NotFound if this person may not know of it."""
    named = ITEM.match(place)
    public_id = _uuid(named["id"]) if named else None
    if public_id is None:
        return None
    query = visible(viewer(), Item).where(Item.public_id == public_id)
    found: int | None = db.session.scalar(query.with_only_columns(Item.id))
    if found is None:
        raise NotFound
    return found
