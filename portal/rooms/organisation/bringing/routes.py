"""/admin/import/units and /admin/import/people: the table, what was read, the confirmation."""

from __future__ import annotations

import uuid
from typing import Final, NamedTuple

from flask import Response, flash, make_response, render_template, url_for

from portal.attachments.refusal import FileRefused
from portal.errors import NotFound
from portal.extensions import db
from portal.forms import ActForm
from portal.models import KeptWorkbook
from portal.rooms.organisation.bringing import commands
from portal.rooms.organisation.bringing.books import PEOPLE, UNITS
from portal.rooms.organisation.steps import blueprint, editor
from portal.rulebook.refusals import Unmet
from portal.web import put_errors, to
from portal.workbooks import keeping, pages
from portal.workbooks.forms import ConfirmForm, WorkbookForm
from portal.workbooks.refusal import WorkbookRefused


class Page(NamedTuple):
    """How a table is named on its pages, and where they lead back to."""

    title: str
    back: str
    back_label: str


TABLES: Final = {
    UNITS: Page("导入单位", "organisation.unit_list", "返回单位"),
    PEOPLE: Page("导入人员和任职", "organisation.person_list", "返回人员和任职"),
}
FOLLOWS: Final = "确认后一次保存，任何一行不能保存的，全部不保存。"


@blueprint.get("/admin/import/<purpose>")
def table(purpose: str) -> str:
    """The template, and the form of the file."""
    return _upload(purpose, WorkbookForm(formdata=None))


@blueprint.get("/admin/import/<purpose>/template.xlsx")
def table_template(purpose: str) -> Response:
    """The template with today's units."""
    _page(purpose)
    return pages.template_file(commands.book_of(purpose, editor()))


@blueprint.post("/admin/import/<purpose>")
def keep_table(purpose: str) -> Response:
    """Keep a file that can be read, to be looked at; nothing of it is saved."""
    _page(purpose)
    form = WorkbookForm()
    if form.validate_on_submit():
        try:
            commands.read(purpose, editor(form), form.content)
        except (WorkbookRefused, FileRefused) as refused:
            form.files.errors = [str(refused)]
        else:
            kept = keeping.keep(editor(form).account_id, purpose, form.file_name, form.content)
            address = url_for("organisation.table_shown", purpose=purpose, kept_id=kept.public_id)
            return to(address)
    form.renew(None)
    return make_response(_upload(purpose, form), 422)


@blueprint.get("/admin/import/<purpose>/<uuid:kept_id>")
def table_shown(purpose: str, kept_id: uuid.UUID) -> str:
    """What was read, row by row."""
    return _preview(purpose, _kept(purpose, kept_id), ConfirmForm(formdata=None))


@blueprint.get("/admin/import/<purpose>/<uuid:kept_id>/remarks.xlsx")
def table_remarks(purpose: str, kept_id: uuid.UUID) -> Response:
    """The table with 问题说明."""
    kept, who = _kept(purpose, kept_id), editor()
    found = commands.read(purpose, who, kept.content)
    return pages.remarks_file(commands.book_of(purpose, who), found)


@blueprint.post("/admin/import/<purpose>/<uuid:kept_id>")
def confirm_table(purpose: str, kept_id: uuid.UUID) -> Response:
    """确认导入."""
    kept, form = _kept(purpose, kept_id), ConfirmForm()
    if form.validate_on_submit():
        try:
            count = commands.confirm(purpose, editor(form), kept, form.shown.data or "")
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        else:
            flash(f"已导入{count}行", "toast")
            return to(url_for(TABLES[purpose].back))
    form.renew(None)
    return make_response(_preview(purpose, _kept(purpose, kept_id), form), 422)


@blueprint.post("/admin/import/<purpose>/<uuid:kept_id>/removal")
def drop_table(purpose: str, kept_id: uuid.UUID) -> Response:
    """放弃: the file goes, nothing was saved."""
    _kept(purpose, kept_id)
    keeping.forget(editor().account_id, purpose)
    db.session.commit()
    flash("已放弃导入，文件已删除", "toast")
    return to(url_for("organisation.table", purpose=purpose))


def _page(purpose: str) -> Page:
    if purpose not in TABLES:
        raise NotFound
    return TABLES[purpose]


def _kept(purpose: str, kept_id: uuid.UUID) -> KeptWorkbook:
    _page(purpose)
    return keeping.find(editor().account_id, purpose, kept_id)


def _upload(purpose: str, form: ActForm) -> str:
    return render_template(
        "rooms/organisation/table.html", here=_page(purpose), purpose=purpose, form=form
    )


def _preview(purpose: str, kept: KeptWorkbook, form: ConfirmForm) -> str:
    who = editor()
    found = commands.read(purpose, who, kept.content)
    form.shown.data = found.digest
    return render_template(
        "rooms/organisation/table_preview.html",
        here=_page(purpose),
        purpose=purpose,
        kept=kept,
        form=form,
        preview=pages.preview(commands.book_of(purpose, who), found),
        follows=FOLLOWS,
    )
