"""/items/new, /items/<id>/form, /submission, /filing: 立项 and 编号备案."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from portal.errors import NotOffered
from portal.extensions import db
from portal.forms import ActForm, DeclaredForm, ReasonForm
from portal.rulebook import offers
from portal.rulebook.refusals import Unmet
from portal.steps.registration import commands
from portal.steps.registration.forms import ItemForm, form_of
from portal.web import (
    intent_of,
    item_or_404,
    panel_page,
    put_errors,
    run,
    settings,
    to,
    to_item,
    viewer,
)

blueprint = Blueprint("registration", __name__)
FOLDER = "steps/registration/"
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


@blueprint.post("/items/<uuid:public_id>/submission")
def submit(public_id: uuid.UUID) -> Response:
    """The draft as it stands goes to 审签."""
    item = item_or_404(public_id)
    form = DeclaredForm()
    return run(
        item,
        form,
        FOLDER + "_submit.html",
        lambda: commands.submit(viewer(), item, intent_of(form), declared=bool(form.declared.data)),
        "已提交立项",
    )


@blueprint.post("/items/<uuid:public_id>/filing")
def file(public_id: uuid.UUID) -> Response:
    """编号备案."""
    item = item_or_404(public_id)
    form = ActForm()
    return run(
        item,
        form,
        FOLDER + "_file.html",
        lambda: commands.file(viewer(), item, intent_of(form), word=settings().item_word),
        "已编号备案",
    )


@blueprint.post("/items/<uuid:public_id>/filing/return")
def send_back(public_id: uuid.UUID) -> Response:
    """退回 by 党政办 instead of filing."""
    item, form = item_or_404(public_id), ReasonForm()
    return run(
        item,
        form,
        FOLDER + "_send_back.html",
        lambda: commands.send_back(viewer(), item, intent_of(form)),
        "已退回",
    )


@blueprint.post("/items/<uuid:public_id>/withdrawal")
def withdraw(public_id: uuid.UUID) -> Response:
    """撤回."""
    item, form = item_or_404(public_id), ActForm()
    return run(
        item,
        form,
        FOLDER + "_withdraw.html",
        lambda: commands.withdraw(viewer(), item, intent_of(form)),
        "已撤回",
    )


@blueprint.post("/items/<uuid:public_id>/deletion")
def delete(public_id: uuid.UUID) -> Response:
    """删除草稿; there is no item's page to go back to."""
    item, form = item_or_404(public_id), ActForm()
    if not form.validate_on_submit():
        form.renew(item.version)
        return panel_page(item, form, FOLDER + "_delete.html")
    commands.delete_draft(viewer(), item, intent_of(form))
    flash("草稿已删除", "toast")
    return to(url_for("desk.todo"))


def _must_have_answered() -> None:
    """第二十一条: the form itself carries the answer; what is left out is no answer."""
    if request.form.get("secret") != "no":
        raise NotOffered("请先回答是否涉及国家秘密。", article="21")


def _must_be_offered(public_id: uuid.UUID, act: str) -> None:
    item = item_or_404(public_id)
    if act not in {offer.act for offer in offers.offered(viewer(), item)}:
        raise NotOffered("本事项当前不能修改。", article="12")
