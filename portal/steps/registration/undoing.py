"""撤回 beside the notice that a form was submitted (SPEC §8.14): eight seconds, one click."""

from __future__ import annotations

import uuid

from flask import Response, flash, request, url_for

from portal.rulebook import offers
from portal.web import item_or_404, to_item, viewer

ACT = "withdraw"
UNDO = "undo"
"""The category of a flashed address to which the notice's 撤回 is sent."""


def offer_undo(public_id: uuid.UUID) -> None:
    """Offer it with the notice, if the act may be taken back: nobody has acted since."""
    if offers.is_offered(viewer(), ACT, item_or_404(public_id), None):
        flash(url_for("registration.withdrawal", public_id=public_id), UNDO)


def submitted() -> Response:
    """After 提交立项 on the item's page: the page again."""
    public_id: uuid.UUID = (request.view_args or {})["public_id"]
    offer_undo(public_id)
    return to_item(public_id)
