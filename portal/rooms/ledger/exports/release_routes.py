"""/ledger/releases: asking for leave to export more, deciding it, taking the file."""

from __future__ import annotations

import uuid

from flask import Response, flash, make_response, render_template, request, url_for

from portal.rooms.ledger.exports import commands, releases
from portal.rooms.ledger.exports.making import EXCEL, PDF
from portal.rooms.ledger.exports.rights import AT_ONCE, must_export
from portal.rooms.ledger.exports.wording import said_filters
from portal.rooms.ledger.routes import blueprint
from portal.rulebook.refusals import Unmet
from portal.web import settings, to, viewer

__all__ = ["blueprint"]


@blueprint.get("/ledger/releases/new")
def new_release() -> Response:
    """导出申请: why, and what it would hold."""
    return _asked(request.args.get("query", ""), request.args.get("form", EXCEL), "", 200)


@blueprint.post("/ledger/releases")
def ask_release() -> Response:
    """Send it to 党政办主任; released at once, it leads to the file."""
    query = commands.wanted_of(request.form.get("query", "")).query
    form = PDF if request.form.get("form") == PDF else EXCEL
    try:
        release = releases.ask(
            viewer(),
            query,
            form,
            request.form.get("reason", ""),
            _words(),
            sensitive=bool(request.form.get("sensitive")),
        )
    except Unmet as refused:
        return _asked(query, form, refused.reason, 422)
    if release.state == "granted":
        return _taken(release.public_id)
    flash("已提交党政办主任审批", "toast")
    return to(url_for("ledger.exports"))


@blueprint.post("/ledger/releases/<uuid:release_id>/decision")
def decide_release(release_id: uuid.UUID) -> Response:
    """同意 or 不同意."""
    granted = request.form.get("granted") == "1"
    opinion = request.form.get("opinion", "")
    releases.decide(viewer(), release_id, _words(), granted=granted, opinion=opinion)
    flash("已同意导出" if granted else "已退回导出申请", "toast")
    return to(url_for("ledger.exports"))


@blueprint.post("/ledger/releases/<uuid:release_id>/file")
def use_release(release_id: uuid.UUID) -> Response:
    """The file that it gives: its page shows how far it is."""
    return _taken(release_id)


def _taken(release_id: uuid.UUID) -> Response:
    export = releases.use(viewer(), release_id)
    return to(url_for("ledger.export", export_id=export.public_id))


def _asked(query: str, form: str, wrong: str, status: int) -> Response:
    reader = viewer()
    reach = must_export(reader)
    query = commands.wanted_of(query).query
    html = render_template(
        "rooms/ledger/release.html",
        query=query,
        form=PDF if form == PDF else EXCEL,
        back=commands.wanted_of(query).href(),
        filters=said_filters(commands.wanted_of(query)),
        count=releases.count(reader, reach, query, _words()),
        most=AT_ONCE,
        reach=reach,
        by_oneself=releases.may_decide(reader),
        wrong=wrong,
        reason=request.form.get("reason", ""),
        reason_length=releases.REASON_LENGTH,
    )
    return make_response(html, status)


def _words() -> list[str]:
    return [settings().item_word]
