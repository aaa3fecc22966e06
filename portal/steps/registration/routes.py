"""/items/new, /items/<id>/form: the form of 立项, on a page of its own."""

from __future__ import annotations

import uuid

from flask import Response, flash, make_response, render_template, request

from portal.errors import NotOffered
from portal.extensions import db
from portal.rulebook import offers
from portal.rulebook.refusals import Unmet
from portal.steps.registration import commands
from portal.steps.registration.forms import ItemForm, form_of
from portal.steps.registration.pages import FOLDER, blueprint
from portal.web import intent_of, item_or_404, put_errors, to_item, viewer

__all__ = ["blueprint"]

FORM = FOLDER + "form.html"


@blueprint.get("/items/new")
def new() -> str | Response:
    """First the 涉密 question, then the empty form."""
    answer = request.args.get("secret", "")
    if answer == "no":
        return render_template(FORM, form=ItemForm(), item=None)
    return render_template(FOLDER + "question.html", stopped=bool(answer))


@blueprint.post("/items/new")
def create() -> Response:
    """Save the draft, or submit it in the same act (button 「提交立项」)."""
    form = ItemForm()
    _must_have_answered()
    if form.validate_on_submit():
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
        else:
            flash("已提交立项" if "submit" in request.form else "草稿已保存", "toast")
            return to_item(item.public_id)
    form.renew(None)
    return make_response(render_template(FORM, form=form, item=None), 422)


@blueprint.get("/items/<uuid:public_id>/form")
def edit(public_id: uuid.UUID) -> str:
    """The draft's form."""
    item = item_or_404(public_id)
    _must_be_offered(item.public_id, "save")
    return render_template(FORM, form=form_of(item), item=item)


@blueprint.post("/items/<uuid:public_id>/form")
def revise(public_id: uuid.UUID) -> Response:
    """Save or submit the changed draft."""
    item = item_or_404(public_id)
    form = ItemForm()
    _must_have_answered()
    if form.validate_on_submit():
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
        else:
            flash("已提交立项" if "submit" in request.form else "草稿已保存", "toast")
            return to_item(public_id)
    item = item_or_404(public_id)
    form.renew(item.version)
    return make_response(render_template(FORM, form=form, item=item), 422)


def _must_have_answered() -> None:
    """第二十一条: the form itself carries the answer; what is left out is no answer."""
    if request.form.get("secret") != "no":
        raise NotOffered("请先回答是否涉及国家秘密。", article="21")


def _must_be_offered(public_id: uuid.UUID, act: str) -> None:
    item = item_or_404(public_id)
    if act not in {offer.act for offer in offers.offered(viewer(), item)}:
        raise NotOffered("本事项当前不能修改。", article="12")
