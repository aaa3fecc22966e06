"""/items/import: the template, the file, what was read of it, the confirmation, how far it is."""

from __future__ import annotations

import uuid
from typing import Final

from flask import Response, flash, make_response, render_template, request, url_for

from portal.attachments.refusal import FileRefused
from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.models import WorkbookImport
from portal.rulebook import offers
from portal.rulebook.refusals import Unmet
from portal.steps.registration.importing.kind import DRAFTS
from portal.steps.registration.importing.queries import imported
from portal.steps.registration.pages import FOLDER
from portal.steps.registration.routes import blueprint
from portal.web import put_errors, to, viewer
from portal.workbooks import importing, pages
from portal.workbooks.columns import Table
from portal.workbooks.forms import ConfirmForm, WorkbookForm
from portal.workbooks.refusal import WorkbookRefused

__all__ = ["blueprint"]

LOOK_AGAIN: Final = 1
"""Seconds after which a page without a script looks how far the import is."""
HERE: Final = FOLDER + "importing/"


@blueprint.get("/items/import")
def import_drafts() -> str:
    """批量导入: the template, and the form of the file."""
    _must_draft()
    return render_template(HERE + "page.html", form=WorkbookForm())


@blueprint.get("/items/import/template.xlsx")
def import_template() -> Response:
    """The template with today's units, leaders and lists."""
    _must_draft()
    return pages.template_file(DRAFTS.book(viewer()))


@blueprint.post("/items/import")
def keep_import() -> Response:
    """Keep a file that can be read, to be looked at; nothing of it is a draft yet."""
    _must_draft()
    form = WorkbookForm()
    if form.validate_on_submit():
        try:
            importing.read(viewer(), DRAFTS, form.content)
        except (WorkbookRefused, FileRefused) as refused:
            form.files.errors = [str(refused)]
        else:
            kept = importing.keep(viewer(), DRAFTS, form.file_name, form.content)
            return to(url_for("registration.show_import", public_id=kept.public_id))
    form.renew(None)
    return make_response(render_template(HERE + "page.html", form=form), 422)


@blueprint.get("/items/import/<uuid:public_id>")
def show_import(public_id: uuid.UUID) -> Response:
    """What was read of the file, to be confirmed; afterwards how far it is and what came of it."""
    kept = _kept(public_id)
    if kept.state == "shown":
        return make_response(_preview(kept, ConfirmForm()))
    return _progress(kept)


@blueprint.post("/items/import/<uuid:public_id>")
def confirm_import(public_id: uuid.UUID) -> Response:
    """确认导入: a worker makes the drafts that were shown."""
    kept, form = _kept(public_id), ConfirmForm()
    if kept.state != "shown":
        return to(url_for("registration.show_import", public_id=public_id))
    if form.validate_on_submit():
        try:
            key = form.key.data or uuid.uuid4()
            importing.confirm(viewer(), DRAFTS, kept, form.shown.data or "", key)
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        else:
            return to(url_for("registration.show_import", public_id=public_id))
    form.renew(None)
    return make_response(_preview(_kept(public_id), form), 422)


@blueprint.post("/items/import/<uuid:public_id>/removal")
def drop_import(public_id: uuid.UUID) -> Response:
    """放弃: the file goes, nothing was brought in."""
    importing.drop(_kept(public_id))
    flash("已放弃导入，文件已删除", "toast")
    return to(url_for("registration.import_drafts"))


@blueprint.get("/items/import/<uuid:public_id>/remarks.xlsx")
def import_remarks(public_id: uuid.UUID) -> Response:
    """The table with 问题说明, while it waits for its confirmation."""
    kept = _kept(public_id)
    if kept.state != "shown":
        raise NotFound
    return pages.remarks_file(DRAFTS.book(viewer()), _table(kept))


def _kept(public_id: uuid.UUID) -> WorkbookImport:
    _must_draft()
    return importing.find(viewer(), DRAFTS, public_id)


def _table(kept: WorkbookImport) -> Table:
    return importing.read(viewer(), DRAFTS, kept.content or b"")


def _preview(kept: WorkbookImport, form: ConfirmForm) -> str:
    table, book = _table(kept), DRAFTS.book(viewer())
    form.shown.data = table.digest
    shown = pages.preview(book, table)
    return render_template(HERE + "preview.html", kept=kept, form=form, preview=shown, book=book)


def _progress(kept: WorkbookImport) -> Response:
    in_work = kept.state in ("asked", "making")
    alone = bool(request.headers.get("HX-Request"))
    html = render_template(
        HERE + ("_progress.html" if alone else "progress.html"),
        kept=kept,
        in_work=in_work,
        drafts=() if in_work else imported(viewer(), kept),
    )
    answer = make_response(html)
    answer.headers["Cache-Control"] = "no-store"
    if in_work and not alone:
        answer.headers["Refresh"] = str(LOOK_AGAIN)
    return answer


def _must_draft() -> None:
    """第十二条: whoever may draft one item may bring in several."""
    if not offers.may_draft(viewer()):
        raise NotOffered("立项由党政办和承办单位负责人、副职、联络员、承办人拟稿。", article="12")
