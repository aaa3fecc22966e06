"""POST /items/<id>/signature: one signature."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, request
from flask.sansio.blueprints import BlueprintSetupState

from portal.errors import NotOffered
from portal.forms import OpinionForm
from portal.rulebook import workflow
from portal.rulebook.text import ground_anchor, ground_label
from portal.steps.signing import commands
from portal.steps.signing.chips import GROUP, phrases_for
from portal.steps.signing.panels import TEMPLATE
from portal.web import intent_of, item_or_404, run, viewer

blueprint = Blueprint("signing", __name__)


@blueprint.record_once
def add_globals(state: BlueprintSetupState) -> None:
    """What the templates of acts ask for: labels, articles, chips."""
    state.app.jinja_env.globals.update(
        phrases_for=phrases_for,
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
