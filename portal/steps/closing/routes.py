"""/items/<id>/closing/entry: 代录办结申请, on a page of its own."""

from __future__ import annotations

import uuid

from flask import Response, render_template, url_for

from portal.errors import NotOffered
from portal.rulebook import offers
from portal.steps.closing import commands
from portal.steps.closing.forms import EntryForm
from portal.steps.closing.pages import blueprint
from portal.web import intent_of, item_or_404, run, viewer

__all__ = ["blueprint"]

FOLDER = "steps/closing/"


@blueprint.get("/items/<uuid:public_id>/closing/entry")
def entry(public_id: uuid.UUID) -> str:
    """The form, for whoever may type in the application now."""
    item = item_or_404(public_id)
    if not offers.is_offered(viewer(), "enter_close", item, None):
        raise NotOffered("本事项当前不由您代录办结申请。", article="16(6)")
    return render_template(
        FOLDER + "entry.html",
        item=item,
        form=EntryForm(item=item),
        action=url_for("closing.enter", public_id=public_id),
    )


@blueprint.post("/items/<uuid:public_id>/closing/entry")
def enter(public_id: uuid.UUID) -> Response:
    """代录办结申请."""
    item = item_or_404(public_id)
    form = EntryForm(item=item)
    return run(
        item,
        form,
        FOLDER + "_entry.html",
        lambda: commands.enter_close(
            viewer(),
            item,
            form.result_text.data,
            form.entry(),
            intent_of(form),
            declared=bool(form.declared.data),
            without_co_units=bool(form.without_co_units.data),
            files=form.sound_files,
        ),
        "办结申请已代录",
        still=lambda item: offers.is_offered(viewer(), "enter_close", item, None),
        besides=lambda: commands.refusal_of_entry(
            viewer(),
            item,
            form.result_text.data or "",
            form.entry(),
            len(form.files.data or ()),
            without=bool(form.without_co_units.data),
        ),
        action=url_for("closing.enter", public_id=public_id),
    )
