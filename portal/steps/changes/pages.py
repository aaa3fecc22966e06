"""Consent to a change as people meet it: /changes/<id>/agreement, /refusal, /withdrawal."""

from __future__ import annotations

from flask import Blueprint
from flask.sansio.blueprints import BlueprintSetupState

from portal.act_pages import ActPage, Pages, form_of
from portal.forms import OpinionForm, ReasonForm
from portal.models import Change
from portal.part_addresses import CHANGE
from portal.rulebook.change_texts import LABELS, rows_of
from portal.steps.changes import commands

blueprint = Blueprint("changes", __name__)
FOLDER = "steps/changes/"


@blueprint.record_once
def add_globals(state: BlueprintSetupState) -> None:
    """What the templates of a change ask for: both sides of its sheet."""
    state.app.jinja_env.globals.update(rows_of_change=rows_of)


ALL = "全部同意后生效。"
CONSENTS = {
    "agree_void": "同意后本事项作废，文号不再使用。",
    "agree_reassign": "原、新牵头单位的分管校领导均同意后，重新下达交办通知。",
    "sign_adjust": ALL,
    "review_adjust": ALL,
    "approve_adjust": ALL,
    "agree_reset": "同意后按新的期限办理，是否按时仍以现行时限认定。",
    "agree_reopen": "主要领导同意后本事项恢复办理，文号不变。",
}
"""The acts that agree, and what follows."""


def _named(change: Change) -> str:
    return LABELS[change.kind]


def _consent(act: str) -> ActPage:
    return ActPage(
        act=act,
        address="/agreement",
        command=lambda viewer, item, change, _form, intent: commands.agree(
            viewer, item, act, change, intent
        ),
        said="已签批",
        form=form_of(OpinionForm),
        template=FOLDER + "_agree.html",
        follows=CONSENTS[act],
        part=CHANGE,
    )


PAGES = Pages(
    blueprint,
    (
        *(_consent(act) for act in CONSENTS),
        ActPage(
            act="refuse_change",
            address="/refusal",
            command=lambda viewer, item, change, _form, intent: commands.refuse(
                viewer, item, change, intent
            ),
            said="已作出不同意的决定",
            form=form_of(ReasonForm),
            template="steps/_reason.html",
            title=lambda change: f"不同意{_named(change)}",
            button="确认不同意",
            follows="不同意的，本事项不作改变，理由送党政办。",
            quiet=True,
            refuse=True,
            part=CHANGE,
        ),
        ActPage(
            act="withdraw_change",
            address="/withdrawal",
            command=lambda viewer, item, change, _form, intent: commands.withdraw(
                viewer, item, change, intent
            ),
            said="已撤回",
            title=lambda change: f"撤回{_named(change)}",
            button="确认撤回",
            follows="撤回后本事项不作改变，可以重新提出。",
            quiet=True,
            part=CHANGE,
        ),
    ),
)
