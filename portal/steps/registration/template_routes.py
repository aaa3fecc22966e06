"""/templates: 模板 of the own unit: kept from an item, changed, deleted."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Response, flash, make_response, render_template, request, url_for

from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.forms import ActForm
from portal.models import Item, ItemTemplate
from portal.rulebook import offers
from portal.rulebook.refusals import Unmet
from portal.steps.registration import templates
from portal.steps.registration.pages import FOLDER
from portal.steps.registration.routes import blueprint
from portal.steps.registration.template_forms import TemplateForm, form_from, form_with
from portal.web import item_or_404, put_errors, to, viewer

__all__ = ["blueprint"]


@blueprint.get("/templates")
def template_list() -> str:
    """Those of the own unit."""
    _must_draft()
    return render_template(FOLDER + "templates.html", templates=templates.templates_of(viewer()))


@blueprint.get("/templates/new")
def new_template() -> str:
    """存为模板: filled from an item, or empty."""
    _must_draft()
    source = _source()
    return _page(form_from(source) if source else TemplateForm())


@blueprint.post("/templates/new")
def keep_template() -> Response:
    """Keep it."""
    _must_draft()
    form = TemplateForm()
    return _done(form, lambda: templates.keep(viewer(), form.contents()), "模板已保存")


@blueprint.get("/templates/<uuid:template_id>")
def edit_template(template_id: uuid.UUID) -> str:
    """The form of one."""
    _must_draft()
    found = templates.template_of(viewer(), template_id)
    return _page(form_with(found), found)


@blueprint.post("/templates/<uuid:template_id>")
def change_template(template_id: uuid.UUID) -> Response:
    """Change it."""
    _must_draft()
    found, form = templates.template_of(viewer(), template_id), TemplateForm()
    return _done(
        form, lambda: templates.change(viewer(), found, form.contents()), "模板已保存", template_id
    )


@blueprint.post("/templates/<uuid:template_id>/removal")
def remove_template(template_id: uuid.UUID) -> Response:
    """Delete it."""
    _must_draft()
    found, form = templates.template_of(viewer(), template_id), ActForm()
    if not form.validate_on_submit():
        raise NotOffered("表单已失效，请刷新页面后重新操作。")
    templates.remove(found)
    flash("模板已删除", "toast")
    return to(url_for("registration.template_list"))


def _done(
    form: TemplateForm,
    command: Callable[[], None],
    said: str,
    template_id: uuid.UUID | None = None,
) -> Response:
    if form.validate_on_submit():
        try:
            command()
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        else:
            flash(said, "toast")
            return to(url_for("registration.template_list"))
    found = templates.template_of(viewer(), template_id) if template_id else None
    form.renew(None)
    return make_response(_page(form, found), 422)


def _page(form: TemplateForm, found: ItemTemplate | None = None) -> str:
    return render_template(FOLDER + "template.html", form=form, found=found)


def _source() -> Item | None:
    """The item to keep as a template; a sensitive one is none (第二十一条)."""
    given = request.args.get("item")
    if given is None:
        return None
    try:
        item = item_or_404(uuid.UUID(given))
    except ValueError as broken:
        raise NotFound from broken
    if item.classification == "sensitive":
        raise NotOffered("敏感事项的内容不能存为模板。", article="21")
    return item


def _must_draft() -> None:
    if not offers.may_draft(viewer()):
        raise NotOffered("模板由党政办和承办单位拟稿人员管理。", article="12")
