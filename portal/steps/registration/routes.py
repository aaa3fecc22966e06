"""/items/new, /items/<id>/form: the form of 立项, on a page of its own."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, flash, make_response, render_template, request

from portal.errors import NotFound, NotOffered, PortalError, Stale
from portal.extensions import db
from portal.kept_forms import differences, kept_of
from portal.models import Item, ItemTemplate
from portal.rulebook import offers
from portal.rulebook.refusals import Unmet
from portal.steps.registration import commands, templates
from portal.steps.registration.copying import copy_of, filled
from portal.steps.registration.forms import ItemForm, form_of
from portal.steps.registration.pages import FOLDER, blueprint
from portal.steps.registration.proposal import Proposal, choices_of, proposal_of
from portal.steps.registration.undoing import offer_undo
from portal.web import intent_of, item_or_404, put_errors, to_item, viewer

__all__ = ["blueprint"]


FORM = FOLDER + "form.html"


@blueprint.get("/items/new")
def new() -> str | Response:
    """First the 涉密 question, then the form: empty, or filled from the item to copy."""
    _must_draft()
    source = _source()
    answer = request.args.get("secret", "")
    template = _template()
    if answer != "no":
        kept = {
            "copy": source.public_id if source else None,
            "template": template.public_id if template else None,
        }
        return render_template(FOLDER + "question.html", stopped=bool(answer), kept=kept)
    if template is not None:
        form = filled(templates.contents_of(template, viewer().moment.day))
        return _page(form, None, copied=template.name)
    if source is None:
        return _page(ItemForm(), None, templates=templates.templates_of(viewer()))
    copy = copy_of(source)
    return _page(copy.form, None, copied=source.title, notes=copy.notes)


@blueprint.get("/items/new/proposal")
def proposal() -> str:
    """What follows from the choices in the address; texts are neither asked for nor read."""
    _must_draft()
    return render_template(FOLDER + "_proposal.html", proposal=_proposal(ItemForm(request.args)))


@blueprint.post("/items/new")
def create() -> Response:
    """Save the draft, or submit it in the same act (button 「提交立项」)."""
    form = ItemForm()
    _must_have_answered()
    if _valid(form):
        try:
            item = commands.draft(
                viewer(),
                form.fields(),
                intent_of(form),
                marking=form.marking(),
                submit="submit" in request.form,
                declared=form.secret.data == "no",
            )
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        except PortalError as error:
            error.kept = kept_of(form)
            raise
        else:
            flash("已提交立项" if "submit" in request.form else "草稿已保存", "toast")
            offer_undo(item.public_id)
            return to_item(item.public_id)
    form.renew(None)
    return make_response(_page(form, None), 422)


@blueprint.get("/items/<uuid:public_id>/form")
def edit(public_id: uuid.UUID) -> str:
    """The draft's form."""
    item = item_or_404(public_id)
    _must_be_offered(item.public_id, "save")
    return _page(form_of(item), item)


@blueprint.post("/items/<uuid:public_id>/form")
def revise(public_id: uuid.UUID) -> Response:
    """Save or submit the changed draft."""
    item = item_or_404(public_id)
    form = ItemForm()
    _must_have_answered()
    if _valid(form):
        try:
            commands.revise(
                viewer(),
                item,
                form.fields(),
                intent_of(form),
                marking=form.marking(),
                submit="submit" in request.form,
                declared=form.secret.data == "no",
            )
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        except Stale as stale:
            db.session.rollback()
            return _stale(item_or_404(public_id), form, stale)
        except PortalError as error:
            error.kept = kept_of(form)
            raise
        else:
            flash("已提交立项" if "submit" in request.form else "草稿已保存", "toast")
            offer_undo(public_id)
            return to_item(public_id)
    form.renew(form.seen.data)
    return make_response(_page(form, item_or_404(public_id)), 422)


def _stale(item: Item, form: ItemForm, stale: Stale) -> Response:
    """Who did what meanwhile, and field by field what stands there now beside what was typed; the
    form itself, to be sent again, while the draft may still be changed."""
    differ = differences(form_of(item, formdata=None), form)
    if offers.is_offered(viewer(), "save", item, None):
        form.renew(item.version)
        return make_response(_page(form, item, stale=stale, again=True, differ=differ), 409)
    said = {"stale": stale, "differ": differ, "kept": kept_of(form)}
    return make_response(render_template("steps/stale.html", item=item, panel="", **said), 409)


def _page(form: ItemForm, item: Item | None, **more: Any) -> str:
    """The form with what is proposed for it."""
    return render_template(FORM, form=form, item=item, proposal=_proposal(form), **more)


def _valid(form: ItemForm) -> bool:
    """A draft may lack what 提交立项 asks for; everything wrong is said in one answer."""
    drafted = form.validate_on_submit()
    return drafted if "submit" not in request.form else form.complete() and drafted


def _proposal(form: ItemForm) -> Proposal:
    return proposal_of(viewer(), choices_of(form))


def _template() -> ItemTemplate | None:
    """The 模板 to draft from, of the viewer's own unit; an address that is none is not found."""
    given = request.args.get("template")
    if given is None:
        return None
    try:
        return templates.template_of(viewer(), uuid.UUID(given))
    except ValueError as broken:
        raise NotFound from broken


def _source() -> Item | None:
    """The item to copy, through the viewer's own scope; an address that is none is not found."""
    given = request.args.get("copy")
    if given is None:
        return None
    try:
        item = item_or_404(uuid.UUID(given))
    except ValueError as broken:
        raise NotFound from broken
    if item.classification == "sensitive":
        raise NotOffered("敏感事项的内容不能复制到新的事项，请新建立项。", article="21")
    return item


def _must_draft() -> None:
    """第十二条: 党政办, and a unit's head, deputy and liaison for their own."""
    if not offers.may_draft(viewer()):
        raise NotOffered("立项由党政办和承办单位负责人、副职、联络员、承办人拟稿。", article="12")


def _must_have_answered() -> None:
    """第二十一条: the form itself carries the answer; what is left out is no answer."""
    if request.form.get("secret") != "no":
        raise NotOffered("请先回答是否涉及国家秘密。", article="21")


def _must_be_offered(public_id: uuid.UUID, act: str) -> None:
    item = item_or_404(public_id)
    if act not in {offer.act for offer in offers.offered(viewer(), item)}:
        raise NotOffered("本事项当前不能修改。", article="12")
