"""POST /items/<id>/signature: one signature."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, request
from flask.sansio.blueprints import BlueprintSetupState

from portal.errors import NotOffered
from portal.forms import OpinionForm, ReasonForm
from portal.rulebook import workflow
from portal.rulebook.text import ground_anchor, ground_label
from portal.steps.signing import commands
from portal.steps.signing.chips import GROUP, phrases_for, reasons
from portal.steps.signing.forms import ReturnForm
from portal.steps.signing.panels import TEMPLATE
from portal.web import intent_of, item_or_404, run, viewer

blueprint = Blueprint("signing", __name__)


@blueprint.record_once
def add_globals(state: BlueprintSetupState) -> None:
    """What the templates of acts ask for: labels, articles, chips."""
    state.app.jinja_env.globals.update(
        phrases_for=phrases_for,
        reasons=reasons,
        label_of_act=workflow.label_of_act,
        article_of_act=workflow.article_of_act,
        ground_label=ground_label,
        ground_anchor=ground_anchor,
    )


@blueprint.post("/items/<uuid:public_id>/signature")
def sign(public_id: uuid.UUID) -> Response:
    """Agree; `act` says which box, so that a stale page never signs another one."""
    item = item_or_404(public_id)
    act = request.form.get("act", "")
    if act not in GROUP:
        raise NotOffered("未指明要签批的环节，请刷新页面后重新办理。")
    form = OpinionForm()
    return run(
        item,
        form,
        TEMPLATE,
        lambda: commands.sign(viewer(), item, act, intent_of(form)),
        "已签批",
        act_name=act,
    )


@blueprint.post("/items/<uuid:public_id>/return")
def send_back(public_id: uuid.UUID) -> Response:
    """退回修改."""
    item, form = item_or_404(public_id), ReturnForm()
    return run(
        item,
        form,
        "steps/signing/_return.html",
        lambda: commands.send_back(
            viewer(), item, intent_of(form), to_previous=form.target.data == "previous"
        ),
        "已退回",
    )


@blueprint.post("/items/<uuid:public_id>/rejection")
def reject(public_id: uuid.UUID) -> Response:
    """不予立项."""
    item, form = item_or_404(public_id), ReasonForm()
    return run(
        item,
        form,
        "steps/signing/_reject.html",
        lambda: commands.reject(viewer(), item, intent_of(form)),
        "已作出不予立项的决定",
    )
