"""/items/<id>/changes/<kind>: proposing 作废、调整、恢复督办, each on a page of its own."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

from flask import Response, render_template, url_for

from portal.errors import NotFound, NotOffered
from portal.forms import ActForm
from portal.models import Item
from portal.rulebook import offers, workflow
from portal.rulebook.change_texts import present_of
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import Viewer
from portal.steps.changes import commands, forms
from portal.steps.changes.pages import FOLDER, blueprint
from portal.web import intent_of, item_or_404, run, viewer

__all__ = ["blueprint"]


class Proposal(NamedTuple):
    """A change that can be proposed: its form, its command, the words after it."""

    form: Callable[[Item], Any]
    propose: Callable[[Viewer, Item, Any], None]
    follows: str
    besides: Callable[[Viewer, Item, Any], Unmet | None] = lambda _reader, _item, _form: None


def _void(reader: Viewer, item: Item, form: ActForm) -> None:
    commands.void(reader, item, intent_of(form))


def _reassign(reader: Viewer, item: Item, form: forms.ReassignForm) -> None:
    commands.reassign(
        reader,
        item,
        intent_of(form),
        lead_unit_id=form.lead_unit.data,
        co_unit_ids=tuple(form.co_units.data or ()),
        new_due=form.new_due.data,
    )


def _adjust(reader: Viewer, item: Item, form: forms.AdjustForm) -> None:
    commands.adjust(reader, item, form.fields(), intent_of(form), declared=bool(form.declared.data))


def _besides_adjusting(reader: Viewer, item: Item, form: forms.AdjustForm) -> Unmet | None:
    if form.level.errors or form.responsible_leader.errors:
        return None
    reason = form.opinion.data or ""
    return commands.refusal_of_adjustment(reader, item, form.fields(), reason)


def _reopen(reader: Viewer, item: Item, form: forms.ReopenForm) -> None:
    commands.reopen(reader, item, intent_of(form), new_due=form.new_due.data)


PROPOSALS = {
    "void": Proposal(
        forms.void_form, _void, "经党政办分管领导同意后作废；已编的文号保留，不再使用。"
    ),
    "reassign": Proposal(
        forms.reassign_form,
        _reassign,
        "经原、新牵头单位的分管校领导同意后，本事项转为“已立项待交办”，重新下达交办通知。",
    ),
    "adjust": Proposal(
        forms.adjust_form,
        _adjust,
        "经分管校领导、党政办分管领导同意后生效；调整等级的，另经学校主要领导同意。",
        _besides_adjusting,
    ),
    "reopen": Proposal(
        forms.reopen_form, _reopen, "经学校主要领导同意后恢复办理，文号不变，原归档记录保留。"
    ),
}


@blueprint.get("/items/<uuid:public_id>/changes/<kind>")
def new(public_id: uuid.UUID, kind: str) -> str:
    """The form of one kind of change, for whoever may propose it now."""
    item, proposal = item_or_404(public_id), _proposal(kind)
    if not offers.is_offered(viewer(), kind, item, None):
        raise NotOffered(
            "本事项当前不能提出这项调整，或不由您提出。", article=workflow.article_of_act(kind)
        )
    return render_template(
        FOLDER + "propose.html", item=item, form=proposal.form(item), **_shown(item, kind)
    )


@blueprint.post("/items/<uuid:public_id>/changes/<kind>")
def propose(public_id: uuid.UUID, kind: str) -> Response:
    """提出作废、调整、恢复督办."""
    item, reader, proposal = item_or_404(public_id), viewer(), _proposal(kind)
    form = proposal.form(item)
    return run(
        item,
        form,
        FOLDER + "_propose.html",
        lambda: proposal.propose(reader, item, form),
        "已提出，待领导同意",
        still=lambda item: offers.is_offered(viewer(), kind, item, None),
        besides=lambda: proposal.besides(reader, item, form),
        **_shown(item, kind),
    )


def _proposal(kind: str) -> Proposal:
    if kind not in PROPOSALS:
        raise NotFound
    return PROPOSALS[kind]


def _shown(item: Item, kind: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "title": workflow.label_of_act(kind),
        "action": url_for("changes.propose", public_id=item.public_id, kind=kind),
        "article": workflow.article_of_act(kind),
        "follows": PROPOSALS[kind].follows,
        "present": present_of(item),
    }
