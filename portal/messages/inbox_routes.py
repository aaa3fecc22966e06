"""/messages: 消息, the reader's own. Looking changes nothing; opening one is a POST."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, flash, render_template, request, url_for

from portal.frame import NavEntry
from portal.messages import inbox
from portal.messages.inbox import Filters, Found
from portal.rulebook.posting import kinds
from portal.web import to, viewer

blueprint = Blueprint("messages", __name__)


@blueprint.get("/messages")
def page() -> str:
    """The inbox: unread ones, or all."""
    wanted = _wanted()
    found = inbox.find(viewer(), wanted)
    return render_template(
        "messages/inbox.html",
        found=found,
        wanted=wanted,
        tabs=_tabs(wanted, found),
        page_size=inbox.PAGE,
        today=viewer().moment.day,
    )


@blueprint.post("/messages/<uuid:message_id>/opening")
def open_item(message_id: uuid.UUID) -> Response:
    """Read, and on to the item it is about; without one back to the inbox."""
    item, asks, of_case = inbox.mark(viewer(), message_id)
    if item is None:
        return _back()
    page = "sign_off.page" if asks else "item.page"
    if of_case:
        page = "accountability.of_item"
    return to(url_for(page, public_id=item.public_id))


@blueprint.post("/messages/<uuid:message_id>/reading")
def mark(message_id: uuid.UUID) -> Response:
    """标为已读."""
    inbox.mark(viewer(), message_id)
    return _back()


@blueprint.post("/messages/reading")
def mark_all() -> Response:
    """全部标为已读, as far as the page's filter goes."""
    inbox.mark_all(viewer(), _kind(request.form.get("kind", "")))
    flash("已全部标为已读", "toast")
    return _back()


def _wanted() -> Filters:
    asked = request.args
    number = asked.get("page", "")
    page_no = int(number) if number.isascii() and number.isdecimal() and len(number) < 7 else 1
    kind = _kind(asked.get("kind", ""))
    unread = asked.get("view") != "all" and inbox.counts(viewer(), kind)
    return Filters(unread, kind, page_no)


def _kind(name: str) -> str:
    return name if name in kinds() else ""


def _back() -> Response:
    """Where the form stood."""
    view = "all" if request.form.get("view") == "all" else None
    return to(url_for("messages.page", view=view, kind=_kind(request.form.get("kind", "")) or None))


def _tabs(wanted: Filters, found: Found) -> tuple[NavEntry, ...]:
    kind = wanted.kind or None
    of_unread = kind if inbox.counts(viewer(), wanted.kind) else None
    return (
        NavEntry("未读", "", url_for("messages.page", kind=of_unread), found.unread, wanted.unread),
        NavEntry("全部", "", url_for("messages.page", view="all", kind=kind), 0, not wanted.unread),
    )
