"""/calendar/<secret>.ics: a person's days for the calendar of a telephone, without sign-in."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, current_app, make_response, request

from portal.errors import NotFound
from portal.messages import feeds, ics
from portal.messages.days import days_of
from portal.rulebook.scope import view_as
from portal.web import clock, settings

blueprint = Blueprint("calendar_feed", __name__)


@blueprint.get("/calendar/<token>.ics")
def read(token: str) -> Response:
    """The days as they are now, for whoever holds the address; else as if there were none."""
    address = request.remote_addr or ""
    person_id = feeds.owner_of(token, address, key=_key(), now=datetime.now(UTC))
    if person_id is None:
        raise NotFound
    viewer = view_as(person_id, clock(), address)
    answer = make_response(ics.calendar_of(days_of(viewer), settings()))
    answer.mimetype = ics.TYPE
    answer.headers["Content-Disposition"] = 'inline; filename="duban.ics"'
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def _key() -> bytes:
    secret = current_app.secret_key
    if not secret:
        raise RuntimeError("the application has no secret key")
    return secret if isinstance(secret, bytes) else secret.encode()
