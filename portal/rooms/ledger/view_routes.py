"""/ledger/views: saving an address of the ledger under a name, and keeping those one has."""

from __future__ import annotations

import uuid

from flask import Response, flash, make_response, render_template, request, url_for

from portal.rooms.ledger import filters, views
from portal.rooms.ledger.routes import PART, blueprint
from portal.rooms.ledger.wording import chips, order_words
from portal.rulebook.refusals import Unmet
from portal.web import to, viewer

__all__ = ["blueprint"]


@blueprint.get("/ledger/views")
def views_page() -> str:
    """视图: one's own, to rename, order, open with, delete; and those of colleagues."""
    return _page()


@blueprint.get("/ledger/views/new")
def new_view() -> Response:
    """存为视图: a name for the filters, columns and order of the address."""
    return _new(filters.read(request.args), "", 200)


@blueprint.post("/ledger/views")
def save_view() -> Response:
    """Keep it, and open it."""
    wanted = filters.read(request.form)
    try:
        views.save(
            viewer(),
            request.form.get("name", ""),
            wanted.query,
            shared=bool(request.form.get("shared")),
        )
    except Unmet as refused:
        return _new(wanted, refused.reason, 422)
    flash("视图已保存", "toast")
    return to(wanted.href())


@blueprint.post("/ledger/views/<uuid:view_id>")
def change_view(view_id: uuid.UUID) -> Response:
    """Its name, and whether colleagues find it."""
    shared = bool(request.form.get("shared"))
    try:
        views.rename(viewer(), view_id, request.form.get("name", ""), shared=shared)
    except Unmet as refused:
        return make_response(_page(view_id, refused.reason), 422)
    flash("视图已修改", "toast")
    return to(url_for("ledger.views_page"))


@blueprint.post("/ledger/views/<uuid:view_id>/default")
def default_view(view_id: uuid.UUID) -> Response:
    """The ledger opens in it, or no longer."""
    views.open_with(viewer(), view_id, wanted=bool(request.form.get("wanted")))
    return to(url_for("ledger.views_page"))


@blueprint.post("/ledger/views/<uuid:view_id>/place")
def move_view(view_id: uuid.UUID) -> Response:
    """One place further to the front."""
    views.move_up(viewer(), view_id)
    return to(url_for("ledger.views_page"))


@blueprint.post("/ledger/views/<uuid:view_id>/removal")
def forget_view(view_id: uuid.UUID) -> Response:
    """Delete it."""
    views.forget(viewer(), view_id)
    flash("视图已删除", "toast")
    return to(url_for("ledger.views_page"))


def _page(wrong: uuid.UUID | None = None, said: str = "") -> str:
    reader = viewer()
    kept = views.views_of(reader)
    return render_template(
        "rooms/ledger/views.html",
        views=kept,
        said={view.public_id: [chip.said for chip in chips(view.wanted)] for view in kept},
        may_share=views.may_share(reader),
        name_length=views.NAME_LENGTH,
        wrong=wrong,
        wrong_said=said,
    )


def _new(wanted: filters.Filters, wrong: str, status: int) -> Response:
    template = "_view" if request.headers.get(PART) else "view"
    html = render_template(
        f"rooms/ledger/{template}.html",
        wanted=wanted,
        chips=chips(wanted),
        order=order_words(wanted),
        name=request.form.get("name", ""),
        may_share=views.may_share(viewer()),
        name_length=views.NAME_LENGTH,
        wrong=wrong,
    )
    return make_response(html, status)
