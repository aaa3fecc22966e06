"""SPEC §7.6: who opened what of a sensitive item, when and from where; written in the request.

Written for every answer that may show something of the item, whichever route made it: the item
is noted where it is loaded, so that a new page cannot forget to. Without the row no answer.
"""

from __future__ import annotations

from flask import Flask, Response, g, request

from portal.extensions import db
from portal.models import ViewLog
from portal.rulebook.scope import Viewer
from portal.web import viewer

SHOWS = frozenset({200, 206, 409, 422})
SILENT = frozenset({"documents.lines", "archives.lines"})
"""They say only which sheets there are, or which package, and ask again every two seconds."""
LONGEST_DETAIL = 100
CASES, ITEM = "accountability.", "item.page"


def init_app(app: Flask) -> None:
    """Note the answer once it is made."""

    @app.after_request
    def note_view(response: Response) -> Response:
        opened: set[int] = g.get("opened", set())
        if opened and response.status_code in SHOWS and request.endpoint not in SILENT:
            db.session.rollback()
            db.session.add_all(_row(item_id, viewer()) for item_id in sorted(opened))
            db.session.commit()
        return response


def _row(item_id: int, who: Viewer) -> ViewLog:
    # Whoever reads the item's log may not know that there is a case of 问责 (decision 0147).
    of_case = (request.endpoint or "").startswith(CASES)
    return ViewLog(
        item_id=item_id,
        person_id=who.person_id,
        page=ITEM if of_case else request.endpoint or "",
        detail="" if of_case else _detail(),
        at=who.moment.instant,
        address=request.remote_addr or "",
    )


def _detail() -> str:
    """What the address names below the item: the kind of a sheet, the id of a file or report."""
    named = {**(request.view_args or {})}
    named.pop("public_id", None)
    return " ".join(str(value) for value in named.values())[:LONGEST_DETAIL]
