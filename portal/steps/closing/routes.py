"""/items/<id>/closing, /closure, /copy, /archive: 办结、销号、双备案、归档."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response

from portal.errors import NotFound
from portal.extensions import db
from portal.forms import ActForm
from portal.models import ArchiveRecord
from portal.rulebook.scope import visible
from portal.steps.closing import commands
from portal.steps.closing.forms import ClosingForm
from portal.web import intent_of, item_or_404, run, viewer

blueprint = Blueprint("closing", __name__)
FOLDER = "steps/closing/"


@blueprint.post("/items/<uuid:public_id>/closing")
def apply_close(public_id: uuid.UUID) -> Response:
    """申请办结."""
    item, form = item_or_404(public_id), ClosingForm()
    return run(
        item,
        form,
        FOLDER + "_apply.html",
        lambda: commands.apply_close(
            viewer(),
            item,
            form.result_text.data,
            intent_of(form),
            declared=bool(form.declared.data),
            files=form.sound_files,
        ),
        "已申请办结",
    )


@blueprint.post("/items/<uuid:public_id>/closure")
def close(public_id: uuid.UUID) -> Response:
    """销号."""
    item, form = item_or_404(public_id), ActForm()
    return run(
        item,
        form,
        FOLDER + "_close.html",
        lambda: commands.close(viewer(), item, intent_of(form)),
        "已销号",
    )


@blueprint.post("/items/<uuid:public_id>/copy")
def keep_copy(public_id: uuid.UUID) -> Response:
    """确认存档."""
    item, form = item_or_404(public_id), ActForm()
    record = db.session.scalars(
        visible(viewer(), ArchiveRecord).where(
            ArchiveRecord.item_id == item.id, ArchiveRecord.keeper == "unit"
        )
    ).one_or_none()
    if record is None:
        raise NotFound
    return run(
        item,
        form,
        FOLDER + "_copy.html",
        lambda: commands.keep_copy(viewer(), item, record, intent_of(form)),
        "已确认存档",
    )


@blueprint.post("/items/<uuid:public_id>/archive")
def archive(public_id: uuid.UUID) -> Response:
    """归档."""
    item, form = item_or_404(public_id), ActForm()
    return run(
        item,
        form,
        FOLDER + "_archive.html",
        lambda: commands.archive(viewer(), item, intent_of(form)),
        "已归档",
    )
