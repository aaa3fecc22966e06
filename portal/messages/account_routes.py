"""/account/messages: 消息设置, what counts as unread, what goes outside, the calendar's address."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from portal.messages import choices, feeds
from portal.messages.channels import WAYS, configured
from portal.messages.wording import label_of, link_to
from portal.rulebook.posting import kinds
from portal.web import clock, settings, to, viewer

blueprint = Blueprint("message_account", __name__)


@blueprint.get("/account/messages")
def page() -> str:
    """The choice as it stands."""
    return _page()


@blueprint.post("/account/messages")
def choose() -> Response:
    """Keep the choice; what was not offered is not taken."""
    offered = choices.offered(configured(settings()))
    ticked = {
        kind: [name for name in names if name in request.form.getlist(kind)]
        for kind, names in offered.items()
    }
    choices.choose(_person(), ticked, quiet=request.form.get("quiet") == "y")
    flash("消息设置已保存", "toast")
    return to(url_for("message_account.page"))


@blueprint.post("/account/messages/inbox")
def count() -> Response:
    """Whether 办理动态 counts as unread."""
    choices.count_noted(_person(), noted=request.form.get("noted") == "y")
    flash("消息设置已保存", "toast")
    return to(url_for("message_account.page"))


@blueprint.post("/account/calendar")
def make_calendar() -> Response:
    """A new address, shown in this answer and never again."""
    token = feeds.make(_person(), clock().now())
    path = url_for("calendar_feed.read", token=token)
    address = link_to(settings(), path) or url_for(
        "calendar_feed.read", token=token, _external=True
    )
    return make_response(_page(calendar_address=address), 201)


@blueprint.post("/account/calendar/end")
def end_calendar() -> Response:
    """停用: the address leads nowhere any more."""
    feeds.take_back(_person())
    flash("日历订阅地址已停用", "toast")
    return to(url_for("message_account.page"))


def _person() -> int:
    """Who is signed in. Forbidden for the administrators, who get no messages."""
    person_id = viewer().person_id
    if person_id is None:
        raise RuntimeError("only the clock has no person")
    return person_id


def _page(calendar_address: str = "") -> str:
    person_id, on = _person(), configured(settings())
    offered, choice = choices.offered(on), choices.of(person_id)
    return render_template(
        "messages/account.html",
        ways=[WAYS[name] for name in WAYS if name in on],
        rows=[
            (kind, label_of(kind), names, choice.wanted(kinds()[kind], names))
            for kind, names in offered.items()
        ],
        quiet=choice.quiet,
        noted=choice.noted,
        calendar_since=feeds.made_at(person_id),
        calendar_address=calendar_address,
        today=clock().today(),
    )
