"""A session that ends while somebody writes: the text is kept for its writer alone (decision 0157).

The cookie of a session that ran out still tells whose it was, by the application's signature; it
lets its text be stored, never read. Who signs in afterwards reads his own, whoever that is.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Response, g, request, url_for

from portal.accounts.gate import path_of, sign_in_address
from portal.accounts.sessions import run_out
from portal.errors import PortalError
from portal.extensions import db
from portal.models import SecrecyStop
from portal.rooms.typed import commands, places
from portal.rulebook.scope import view_as, view_as_nobody
from portal.rulebook.secrecy import scan
from portal.text_names import written
from portal.web import clock

KEPT = "Portal-Kept"
"""Tells the page's script that its text is safe, though the session has ended."""


def keep_of_ended(response: Response) -> Response:
    """After the gate sent a form away: keep its texts, and lead to them after the sign-in."""
    ended = g.get("ended_session")
    if ended is None or request.method != "POST":
        return response
    person_id = run_out(ended, datetime.now(UTC))
    place, texts = _sent()
    if person_id is None or not texts or not places.is_place(place):
        return response
    if _kept(person_id, place, texts):
        response.headers[KEPT] = "1"
        if response.status_code == 303:
            page = path_of(request.headers.get("Referer", ""))
            back = url_for("typed.returned", place=place, page=page if page != "/" else None)
            response.location = sign_in_address(back)
    return response


def _sent() -> tuple[str, Mapping[str, str]]:
    """Which form was sent, or saved by the page's script, and its texts."""
    if request.endpoint == "typed.keep":
        texts = places.texts_of(request.form.get("texts", ""))
        return request.form.get("place", ""), texts or {}
    act = request.form.get("act", "")
    return f"{request.path}#{act}" if act else request.path, written(request.form.to_dict())


def _kept(person_id: int, place: str, texts: Mapping[str, str]) -> bool:
    """Kept as what that person wrote last; False where it may not be, as of an item that he or
    she may know of no more."""
    db.session.rollback()
    try:
        reader = view_as(person_id, clock(), request.remote_addr or "")
        if any(scan(text).kind == "stop" for text in texts.values()):
            db.session.add(SecrecyStop(person_id=person_id, at=reader.moment.instant))
            db.session.commit()
            return False
        item_id = places.item_of(reader, place)
        commands.keep(reader, place, item_id, texts, window=uuid.uuid4(), seen=None)
    except PortalError:
        return False
    finally:
        db.session.rollback()
        view_as_nobody()
    return True
