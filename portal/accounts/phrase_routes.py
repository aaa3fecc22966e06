"""/account/phrases: 常用语, one's own."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import phrases
from portal.accounts.phrase_form import PhraseForm
from portal.errors import NotOffered
from portal.web import to, viewer

blueprint = Blueprint("phrases", __name__)


@blueprint.get("/account/phrases")
def page() -> str:
    """The list, and the form for one more."""
    return _page(PhraseForm(formdata=None))


@blueprint.post("/account/phrases")
def add() -> ResponseReturnValue:
    """添加."""
    form = PhraseForm()
    if form.validate_on_submit():
        try:
            phrases.add(viewer(), form.words.data)
        except NotOffered as refused:
            form.words.errors = [*form.words.errors, refused.reason]
        else:
            flash("常用语已添加", "toast")
            return to(url_for("phrases.page"))
    return _page(form), 422


@blueprint.post("/account/phrases/<uuid:phrase_id>/removal")
def remove(phrase_id: uuid.UUID) -> ResponseReturnValue:
    """删除."""
    phrases.remove(viewer(), phrase_id)
    flash("常用语已删除", "toast")
    return to(url_for("phrases.page"))


@blueprint.post("/account/phrases/<uuid:phrase_id>/rise")
def rise(phrase_id: uuid.UUID) -> ResponseReturnValue:
    """上移."""
    phrases.raise_(viewer(), phrase_id)
    return to(url_for("phrases.page"))


def _page(form: PhraseForm) -> str:
    rows = phrases.own_phrases(viewer())
    return render_template("accounts/phrases.html", form=form, rows=rows, most=phrases.MOST)
