"""/items/<id>/paper: the sheet signed on paper; /items/<id>/signatures/<id>/correction."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import Response, render_template, request, url_for

from portal.errors import NotFound, NotOffered
from portal.models import Approval, ApprovalSlot, Item
from portal.part_addresses import BOX
from portal.rulebook import offers
from portal.rulebook.refusals import together
from portal.rulebook.roles import Role
from portal.rulebook.scope import Viewer
from portal.steps.paper import commands, queries
from portal.steps.paper.forms import CorrectionForm, PaperForm, paper_form
from portal.steps.paper.pages import FOLDER, blueprint
from portal.web import intent_of, item_or_404, run, viewer

__all__ = ["blueprint"]

NOT_YOURS = "本事项当前没有由您代录的签批。"
ON = "-paper_on"
LARGEST_ID = 2**63 - 1


@blueprint.get("/items/<uuid:public_id>/paper")
def page(public_id: uuid.UUID) -> str:
    """The boxes that wait, of one running approval; the others are a link away."""
    item, reader = item_or_404(public_id), viewer()
    runs = queries.runs_of(reader, item)
    if not runs:
        raise NotOffered(NOT_YOURS, article="12")
    wanted = request.args.get("run", 0, type=int)
    chosen = next((found for found in runs if found.approval.id == wanted), runs[0]).approval
    boxes = queries.boxes_of(reader, item, chosen)
    form = paper_form(boxes)(version=item.version, data=queries.proposed(boxes))
    return render_template(
        FOLDER + "page.html", item=item, runs=runs, form=form, **_shown(item, chosen)
    )


@blueprint.post("/items/<uuid:public_id>/paper")
def enter(public_id: uuid.UUID) -> Response:
    """代录纸质签批."""
    item, reader = item_or_404(public_id), viewer()
    if Role.OFFICE_STAFF.value not in reader.roles:  # before anything is looked up for the form
        raise NotOffered(NOT_YOURS, article="12")
    chosen = _run(reader, item)
    asked = [
        box
        for box in queries.boxes_of(reader, item, chosen, _typed(), all_=True)
        if f"{box.name}-signer_id" in request.form  # as the page showed it, signed since or not
    ]
    form = paper_form(asked)()
    return run(
        item,
        form,
        FOLDER + "_form.html",
        lambda: _enter(reader, item, form),
        "纸质签批已代录",
        besides=lambda: commands.refusal(reader, item, form.entries(), declared=True),
        **_shown(item, chosen),
    )


def _enter(reader: Viewer, item: Item, form: PaperForm) -> None:
    if form.scan is None:
        raise NotOffered("请重新选择扫描件。")
    commands.enter(
        reader,
        item,
        form.entries(),
        form.scan,
        intent_of(form),
        declared=bool(form.declared.data),
    )


@blueprint.get("/items/<uuid:public_id>/signatures/<uuid:box_id>/correction")
def correction(public_id: uuid.UUID, box_id: uuid.UUID) -> str:
    """The contested box as it was entered, to be corrected."""
    item, reader = item_or_404(public_id), viewer()
    slot = BOX.find(item, box_id=box_id)
    _must_be_offered(reader, item, slot)
    box = queries.box_to_correct(reader, item, slot, slot.paper_on or reader.moment.day)
    signer = f"{slot.person_id}" + (f":{slot.on_behalf_of_id}" if slot.on_behalf_of_id else "")
    entered = {
        f"{box.name}-signer_id": signer,
        f"{box.name}-paper_on": slot.paper_on,
        f"{box.name}-opinion": queries.words_of(reader, slot),
    }
    form = paper_form([box], CorrectionForm)(version=item.version, data=entered)
    return render_template(FOLDER + "correction.html", item=item, form=form, **_fixed(item, slot))


@blueprint.post("/items/<uuid:public_id>/signatures/<uuid:box_id>/correction")
def correct(public_id: uuid.UUID, box_id: uuid.UUID) -> Response:
    """更正代录."""
    item, reader = item_or_404(public_id), viewer()
    slot = BOX.find(item, box_id=box_id)
    typed = next(iter(_typed().values()), reader.moment.day)
    form = paper_form([queries.box_to_correct(reader, item, slot, typed)], CorrectionForm)()
    return run(
        item,
        form,
        FOLDER + "_form.html",
        lambda: commands.correct(
            reader,
            item,
            form.entries()[0],
            form.scan,
            intent_of(form),
            declared=bool(form.declared.data),
        ),
        "代录已更正",
        besides=lambda: together(
            [
                refused
                for entry in form.entries()
                if (refused := commands.refusal_of_correction(reader, item, entry, declared=True))
            ]
        ),
        **_fixed(item, slot),
    )


def _must_be_offered(reader: Viewer, item: Item, slot: ApprovalSlot) -> None:
    if not offers.is_offered(reader, "correct_paper", item, slot):
        raise NotOffered("该项代录没有待答复的异议。", article="12")


def _run(reader: Viewer, item: Item) -> Approval:
    wanted = request.form.get("run", 0, type=int)
    found = queries.run_of(reader, item, wanted) if 0 < wanted <= LARGEST_ID else None
    if found is None:
        raise NotFound
    return found


def _typed() -> dict[str, date]:
    """The days on the paper by the name of the box, as far as they are days."""
    found = {}
    for name, value in request.form.items():
        if name.endswith(ON):
            try:
                found[name.removesuffix(ON)] = date.fromisoformat(value)
            except ValueError:
                continue
    return found


def _shown(item: Item, chosen: Approval) -> dict[str, Any]:
    return {
        "action": url_for("paper.enter", public_id=item.public_id),
        "run": chosen.id,
        "title": "代录纸质签批",
        "button": "代录",
        "article": "12",
    }


def _fixed(item: Item, slot: ApprovalSlot) -> dict[str, Any]:
    return {
        "action": url_for("paper.correct", public_id=item.public_id, box_id=slot.public_id),
        "run": None,
        "title": "更正代录",
        "button": "更正",
        "article": "12",
    }
