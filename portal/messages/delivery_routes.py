"""/admin/deliveries: 消息发送, for the system administrator alone."""

from __future__ import annotations

import uuid
from datetime import datetime

from flask import Blueprint, Response, flash, render_template, request, url_for
from werkzeug.exceptions import BadRequest

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
        now=clock().now(),
        undelivered=_undelivered(wanted),
        most=deliveries.MOST_AGAIN,
        days=deliveries.SHOWN_FOR.days,
    )


@blueprint.post("/admin/deliveries/<uuid:delivery_id>/again")
def again(delivery_id: uuid.UUID) -> Response:
    """重发."""
    user = _administrator()
    deliveries.send_again(delivery_id, user.account_id, clock().now())
    return _queued("已重新排队发送")


@blueprint.post("/admin/deliveries/undelivered")
def all_again() -> Response:
    """重新发送全部未送达, as far as the page's filter goes, up to the moment it was shown."""
    _administrator()
    try:
        shown_at = datetime.fromisoformat(request.form.get("shown_at", ""))
    except ValueError:
        raise BadRequest from None
    if shown_at.tzinfo is None:
        raise BadRequest
    channel = _channel(request.form.get("channel", ""))
    count = deliveries.send_all_again(channel, shown_at, clock().now())
    return _queued(f"已重新排队发送{count}条", channel)


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


def _undelivered(wanted: Filters) -> int:
    """How many may be sent again at once; none under a filter that shows others."""
    shown = wanted.state in ("", "given_up")
    return deliveries.undelivered(clock().now(), wanted.channel) if shown else 0


def _queued(said: str, channel: str = "") -> Response:
    """Have it sent now, if the queue is there; else its next turn does."""
    enqueue_rule(RULE)
    flash(said, "toast")
    return to(url_for("deliveries.page", channel=channel or None))


def _channel(name: str) -> str:
    return name if name in WAYS else ""


def _wanted() -> Filters:
    asked = request.args
    number, state, channel = (asked.get(name, "") for name in ("page", "state", "channel"))
    return Filters(
        state if state in STATES else "",
        _channel(channel),
        int(number) if number.isascii() and number.isdecimal() and len(number) < 7 else 1,
    )


def _tabs(wanted: Filters, found: Found) -> list[NavEntry]:
    channel = wanted.channel or None

    def tab(label: str, state: str, count: int) -> NavEntry:
        href = url_for("deliveries.page", state=state or None, channel=channel)
        return NavEntry(label, "", href, count, wanted.state == state)

    states = (tab(label, name, found.counts.get(name, 0)) for name, label in STATES.items())
    return [tab("全部", "", sum(found.counts.values())), *states]
