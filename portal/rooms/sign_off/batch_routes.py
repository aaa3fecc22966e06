"""/todo/signing: 批量签批."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, make_response, render_template, request

from portal.forms import OpinionForm
from portal.rooms.sign_off import batch, commands
from portal.steps.signing.chips import SIGNED
from portal.web import viewer

blueprint = Blueprint("batch_signing", __name__)
NONE_CHOSEN = "请勾选要签批的事项。"


@blueprint.get("/todo/signing")
def page() -> str:
    """What waits of one kind, to tick or to open."""
    return _page(request.args.get("act", ""), OpinionForm())


@blueprint.post("/todo/signing")
def sign() -> Response:
    """签批所选: each by itself; the page says of each what became of it."""
    form, act = OpinionForm(), request.form.get("act", "")
    chosen = _chosen()
    sound = form.validate_on_submit()
    if sound and not chosen:
        form.opinion.errors = [NONE_CHOSEN]
    if not sound or not chosen or act not in batch.ACTS or form.key.data is None:
        form.renew(None)
        return make_response(_page(act, form), 422)
    outcomes = commands.sign_all(viewer(), act, chosen, form.key.data, form.opinion.data or "")
    html = render_template(
        "rooms/sign_off/outcomes.html",
        signed=[one for one in outcomes if not one.why],
        left=[one for one in outcomes if one.why],
        act=act,
        more=batch.kinds(viewer()),
    )
    return make_response(html)


def _page(act: str, form: OpinionForm) -> str:
    reader = viewer()
    kinds = batch.kinds(reader)
    if act not in {kind.act for kind in kinds}:
        act = max(kinds, key=lambda kind: kind.waiting).act if kinds else ""
    return render_template(
        "rooms/sign_off/batch.html",
        kinds=kinds,
        act=act,
        rows=batch.rows_of(reader, act) if act else (),
        of_form=act in SIGNED,
        form=form,
    )


def _chosen() -> dict[uuid.UUID, int]:
    """The ticked items with the versions that were shown."""
    ticked, found = set(request.form.getlist("item")), {}
    for entry in request.form.getlist("shown"):
        public_id, _, version = entry.partition(":")
        if public_id in ticked and version.isascii() and version.isdecimal() and len(version) < 10:
            try:
                found[uuid.UUID(public_id)] = int(version)
            except ValueError:
                continue  # no address of an item: nobody's page has it
    return found
