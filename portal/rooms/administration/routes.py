"""/admin: 管理, for the three administrators; others find no such address."""

from __future__ import annotations

from flask import Blueprint, render_template

from portal.accounts.gate import signed_in
from portal.accounts.queries import ADMINISTRATORS
from portal.errors import NotFound
from portal.rooms.administration import queries
from portal.web import clock, settings

blueprint = Blueprint("administration", __name__)


@blueprint.get("/admin")
def page() -> str:
    """What the administrator keeps, how it stands, and what is to be mended."""
    kind = signed_in().kind
    if kind not in ADMINISTRATORS:
        raise NotFound
    return render_template(
        "rooms/administration/page.html",
        rows=queries.kept_by(kind, settings(), clock().now()),
        office=ADMINISTRATORS[kind],
    )
