"""/group-notices: 复制群通知, by unit."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_login import current_user

from portal.errors import NotFound
from portal.item import offices
from portal.item.offices import offices_of
from portal.models import Unit
from portal.rooms.group_notices import queries
from portal.rooms.group_notices.wording import Sender, text_of
from portal.rulebook import policy
from portal.web import viewer

blueprint = Blueprint("group_notices", __name__)
OFFICE = "党政办公室"


@blueprint.get("/group-notices")
def page() -> str:
    """The units with what each is to be reminded of; the text for the chosen one."""
    reader = viewer()
    units = queries.units_for(reader)
    code = request.args.get("unit", "")
    chosen = next((unit for unit in units if unit.code == code), None)
    if code and chosen is None:
        raise NotFound
    if len(units) == 1:
        chosen = units[0]
    found = queries.matters_of(reader, units)
    text = ""
    if chosen is not None:
        matters = next(one.matters for one in found if one.unit.id == chosen.id)
        days = policy.CURRENT.limit("extension_notice")
        text = text_of(chosen.name, matters, reader.moment.day, days, _sender(chosen))
    return render_template(
        "rooms/group_notices/page.html",
        units=[one for one in found if one.matters or one.unit is chosen],
        chosen=chosen,
        text=text,
    )


def _sender(unit: Unit) -> Sender:
    """党政办; a unit's own head, deputy or liaison reminds in the unit's name."""
    own = not offices_of(viewer()) & offices.OFFICE
    return Sender(unit.name if own else OFFICE, current_user.name, own)
