"""/items/<id>/extension/entry: 代录延期申请, on a page of its own."""

from __future__ import annotations

import uuid

from flask import Response, render_template, url_for

from portal.errors import NotOffered
from portal.models import Item
from portal.rulebook import offers
from portal.steps.extending import commands
from portal.steps.extending.forms import EntryForm
from portal.steps.extending.pages import FOLDER, blueprint
from portal.web import intent_of, item_or_404, run, viewer

__all__ = ["blueprint"]


@blueprint.get("/items/<uuid:public_id>/extension/entry")
def entry(public_id: uuid.UUID) -> str:
    """The form, for whoever may type in the request now."""
    item = item_or_404(public_id)
    if not _offered(item):
        raise NotOffered("本事项当前不由您代录延期申请。", article="19")
    return render_template(
        FOLDER + "entry.html",
        item=item,
        form=EntryForm(item=item),
        action=url_for("extending.enter", public_id=public_id),
    )


@blueprint.post("/items/<uuid:public_id>/extension/entry")
def enter(public_id: uuid.UUID) -> Response:
    """代录延期申请."""
    item = item_or_404(public_id)
    form = EntryForm(item=item)
    return run(
        item,
        form,
        FOLDER + "_entry.html",
        lambda: commands.enter(
            viewer(),
            item,
            form.asked,
            form.entry(),
            intent_of(form),
            declared=bool(form.declared.data),
            files=form.sound_files,
        ),
        "延期申请已代录",
        still=_offered,
        action=url_for("extending.enter", public_id=public_id),
    )


def _offered(item: Item) -> bool:
    return offers.is_offered(viewer(), "enter_extension", item, commands.spoken(item))
