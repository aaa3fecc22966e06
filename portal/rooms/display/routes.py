"""/display: 大屏, for the account of a screen; others find no such address."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from portal.accounts.gate import signed_in
from portal.accounts.queries import DISPLAY
from portal.errors import NotFound
from portal.item.lights import LIT
from portal.rooms.display.queries import board
from portal.rulebook.scope import view_as_display
from portal.web import clock

blueprint = Blueprint("display", __name__)


@blueprint.get("/display")
def page() -> str:
    """The screen, or only its numbers when it renews itself; whoever looks at it need not touch
    anything, so renewing keeps it signed in, until the day's session ends."""
    if signed_in().kind != DISPLAY:
        raise NotFound
    reader = view_as_display(clock())
    part = request.args.get("part") == "1"
    return render_template(
        "rooms/display/_board.html" if part else "rooms/display/page.html",
        today=reader.moment.day,
        board=board(reader),
        lit=LIT,
    )
