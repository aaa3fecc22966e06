"""对代录提出异议 and its answer as people meet them: /signatures/<id>/objection, /answer."""

from __future__ import annotations

from flask import Blueprint
from flask.sansio.blueprints import BlueprintSetupState

from portal.act_pages import ActPage, Pages, form_of
from portal.extensions import db
from portal.forms import ReasonForm
from portal.models import Approval, ApprovalSlot
from portal.part_addresses import BOX
from portal.rulebook import approvals
from portal.rulebook.contests import contest_of
from portal.steps.paper import commands
from portal.web import viewer

blueprint = Blueprint("paper", __name__)
FOLDER = "steps/paper/"


@blueprint.record_once
def add_globals(state: BlueprintSetupState) -> None:
    """What the templates of an answer ask for: the objection, word for word."""
    state.app.jinja_env.globals.update(contest_of=lambda entry: contest_of(viewer(), entry))


def _label(slot: ApprovalSlot) -> str:
    return approvals.label_of_box(db.session.get_one(Approval, slot.approval_id), slot)


PAGES = Pages(
    blueprint,
    (
        ActPage(
            act="contest_paper",
            address="/objection",
            command=lambda viewer, item, slot, _form, intent: commands.contest(
                viewer, item, slot, intent
            ),
            said="异议已提交党政办",
            form=form_of(ReasonForm),
            template=FOLDER + "_contest.html",
            title=lambda slot: f"对代录提出异议（{_label(slot)}）",
            button="提出异议",
            follows="签批尚在进行的，本栏退回待签；签批已经结束的，由党政办主任答复。",
            quiet=True,
            part=BOX,
        ),
        ActPage(
            act="answer_paper",
            address="/answer",
            command=lambda viewer, item, slot, _form, intent: commands.answer(
                viewer, item, slot, intent
            ),
            said="已答复异议",
            form=form_of(ReasonForm),
            template=FOLDER + "_answer.html",
            title=lambda slot: f"答复代录异议（{_label(slot)}）",
            button="答复",
            follows="答复后代录保持不变；代录有误的，请按“更正代录”重新录入；签批不实的，请办理作废。",
            part=BOX,
        ),
    ),
)
