"""/items/<id>/signature: the page of one signature; the message that asks for it leads here."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.decisions import Decision, decisions_of
from portal.forms import NEXT
from portal.item.attachments.queries import lines_of
from portal.rooms.sign_off import queries
from portal.steps.signing.matter import matter_of
from portal.web import item_or_404, viewer

blueprint = Blueprint("sign_off", __name__)


class Place(NamedTuple):
    """Where a signature stands among those that wait: its place, how many, what is next."""

    number: int
    total: int
    next: Decision | None


@blueprint.get("/items/<uuid:public_id>/signature")
def page(public_id: uuid.UUID) -> ResponseReturnValue:
    """What is to be signed, and the answers; the item's page if nothing waits for this person."""
    item, reader = item_or_404(public_id), viewer()
    asked = queries.asked_of(reader, item, request.args.get("act", ""))
    if asked is None:
        return redirect(url_for("item.page", public_id=public_id), 303)
    place = _place(decisions_of(reader), public_id, asked.panel.page.act)
    asked.lead_on(place.next.key if place and place.next else NEXT)
    return render_template(
        "rooms/sign_off/page.html",
        item=item,
        today=reader.moment.day,
        asked=asked,
        matter=matter_of(reader, item, asked.panel.page.act),
        facts=queries.facts_of(reader, item),
        opinions=queries.opinions_of(reader, item),
        files=lines_of(reader, item, ()),
        sheet=queries.sheet_of(reader, item, asked),
        place=place,
    )


def _place(waiting: Sequence[Decision], public_id: uuid.UUID, act: str) -> Place | None:
    """None where the box is open to the person without being asked of him or her now."""
    for number, one in enumerate(waiting, 1):
        if (one.public_id, one.act) == (public_id, act):
            others = [*waiting[number:], *waiting[: number - 1]]
            return Place(number, len(waiting), others[0] if others else None)
    return None
