"""/admin/deliveries: 消息发送, for the system administrator alone."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, flash, render_template, request, url_for

from portal.accounts.gate import signed_in
from portal.accounts.sessions import SignedIn
from portal.errors import Forbidden, NotFound
from portal.frame import NavEntry
from portal.messages import deliveries
from portal.messages.channels import WAYS, configured
from portal.messages.deliveries import STATES, Filters, Found
from portal.queue import enqueue_rule
from portal.web import clock, settings, to

blueprint = Blueprint("deliveries", __name__)
RULE = "deliver_messages"


@blueprint.get("/admin/deliveries")
def page() -> str:
    """What was sent to whom, what was not, and why."""
    _administrator()
    wanted = _wanted()
    found = deliveries.find(wanted)
    on = configured(settings())
    return render_template(
        "messages/deliveries.html",
        found=found,
        wanted=wanted,
        tabs=_tabs(wanted, found),
        states=STATES,
        ways=[(way.name, way.label, way.name in on) for way in WAYS.values()],
        page_size=deliveries.PAGE,
        today=clock().today(),
    )


@blueprint.post("/admin/deliveries/<uuid:delivery_id>/again")
def again(delivery_id: uuid.UUID) -> Response:
    """重发."""
    user = _administrator()
    deliveries.send_again(delivery_id, user.account_id, clock().now())
    return _queued("已重新排队发送")


@blueprint.post("/admin/deliveries/tests/<channel>")
def test(channel: str) -> Response:
    """测试消息 to the administrator's own address on a channel that is switched on."""
    user = _administrator()
    if channel not in configured(settings()):
        raise NotFound
    deliveries.send_test(channel, user.account_id, clock().now())
    return _queued("测试消息已排队发送，结果见下表")


def _administrator() -> SignedIn:
    user = signed_in()
    if user.kind != "sys_admin":
        raise Forbidden
    return user


def _queued(said: str) -> Response:
    """Have it sent now, if the queue is there; else its next turn does."""
    enqueue_rule(RULE)
    flash(said, "toast")
    return to(url_for("deliveries.page"))


def _wanted() -> Filters:
    asked = request.args
    number, state, channel = (asked.get(name, "") for name in ("page", "state", "channel"))
    return Filters(
        state if state in STATES else "",
        channel if channel in WAYS else "",
        int(number) if number.isascii() and number.isdecimal() and len(number) < 7 else 1,
    )


def _tabs(wanted: Filters, found: Found) -> list[NavEntry]:
    channel = wanted.channel or None

    def tab(label: str, state: str, count: int) -> NavEntry:
        href = url_for("deliveries.page", state=state or None, channel=channel)
        return NavEntry(label, "", href, count, wanted.state == state)

    states = (tab(label, name, found.counts.get(name, 0)) for name, label in STATES.items())
    return [tab("全部", "", sum(found.counts.values())), *states]
