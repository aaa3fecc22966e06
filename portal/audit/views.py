"""SPEC §7.6: who opened what of a sensitive item, when and from where; written in the request.

Written for every answer that may show something of the item, whichever route made it: the item
is noted where it is loaded, so that a new page cannot forget to. Without the row no answer.
"""

from __future__ import annotations

from flask import Flask, Response, g, request

from portal.extensions import db
from portal.models import ViewLog
from portal.web import Opened

SHOWS = frozenset({200, 206, 422})
SILENT = frozenset({"documents.lines"})
"""Lists only which sheets there are, and asks again every two seconds."""
LONGEST_DETAIL = 100


def init_app(app: Flask) -> None:
    """Note the answer once it is made."""

    @app.after_request
    def note_view(response: Response) -> Response:
        opened: Opened | None = g.get("opened")
        if opened is None or not opened.sensitive or response.status_code not in SHOWS:
            return response
        if request.endpoint in SILENT:
            return response
        db.session.rollback()
        db.session.add(
            ViewLog(
                item_id=opened.item_id,
                person_id=opened.viewer.person_id,
                page=request.endpoint or "",
                detail=_detail(),
                at=opened.viewer.moment.instant,
                address=request.remote_addr or "",
            )
        )
        db.session.commit()
        return response


def _detail() -> str:
    """What the address names below the item: the kind of a sheet, the id of a file or report."""
    named = {**(request.view_args or {})}
    named.pop("public_id", None)
    return " ".join(str(value) for value in named.values())[:LONGEST_DETAIL]
