"""签批 as people meet it: /signature for every box, /return, /rejection."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask.sansio.blueprints import BlueprintSetupState

from portal.accounts.phrases import own_phrases
from portal.act_pages import ActPage, Pages, PartAddress, form_of
from portal.extensions import db
from portal.forms import OpinionForm, ReasonForm
from portal.models import Unit
from portal.part_addresses import BOX, CHANGE, EXTENSION, INSPECTION, SHARE, URGE
from portal.rulebook import approvals
from portal.rulebook.machines import machine_label
from portal.rulebook.text import ground_anchor, ground_label
from portal.steps.signing import commands
from portal.steps.signing.chips import SIGNED, phrases_for, reasons
from portal.steps.signing.forms import ReturnForm, transfer_form
from portal.steps.signing.matter import matter_of
from portal.web import viewer

blueprint = Blueprint("signing", __name__)


@blueprint.record_once
def add_globals(state: BlueprintSetupState) -> None:
    """What the templates of acts ask for: articles, chips, what is signed."""
    state.app.jinja_env.globals.update(
        phrases_for=lambda act: [*_own(), *phrases_for(act)],
        own_phrases=_own,
        matter_of=lambda item, act: matter_of(viewer(), item, act),
        reasons=reasons,
        ground_label=ground_label,
        ground_anchor=ground_anchor,
    )


def _own() -> list[str]:
    """The signer's own 常用语, which come first."""
    return [row.words for row in own_phrases(viewer())]


def _signature(act: str) -> ActPage:
    return ActPage(
        act=act,
        address="/signature",
        command=lambda viewer, item, _part, _form, intent: commands.sign(viewer, item, act, intent),
        said="已签批",
        form=form_of(OpinionForm),
        template="steps/signing/_sign.html",
        follows="不填写意见即为“同意。”",
    )


def _transfer(act: str, part: PartAddress | None) -> ActPage:
    return ActPage(
        act=act,
        address="/transfer",
        command=lambda viewer, item, subject, form, intent: commands.transfer(
            viewer, item, intent, form.delegate.data or 0, subject
        ),
        said="已转受托人办理",
        form=transfer_form,
        template="steps/signing/_transfer.html",
        title=_transferred,
        button="确认转办",
        follows="受托人收到消息后代为办理；您仍可办理，先办者有效。",
        quiet=True,
        part=part,
    )


def _transferred(part: Any) -> str:
    """「转授权人（延期）」: an item may wait for several signatures of one person."""
    about = "" if part is None else f"（{machine_label(part.__tablename__)}）"
    return f"转授权人{about}"


TRANSFERS = {
    "transfer": None,
    "transfer_urge": URGE,
    "transfer_extension": EXTENSION,
    "transfer_change": CHANGE,
    "transfer_inspection": INSPECTION,
}
"""转授权人 of the item's own approvals, and of those of its parts by how the part is addressed."""


PAGES = Pages(
    blueprint,
    (
        *(_signature(act) for act in SIGNED),
        ActPage(
            act="countersign",
            address="/countersignature",
            command=lambda viewer, item, share, _form, intent: commands.countersign(
                viewer, item, share, intent
            ),
            said="已会签",
            form=form_of(OpinionForm),
            template="steps/signing/_sign.html",
            title=lambda share: f"会签（{db.session.get_one(Unit, share.unit_id).short_name}协办）",
            follows="会签不影响审签、审核、审定的进行；不填写意见即为“同意。”",
            part=SHARE,
            quiet=True,
        ),
        ActPage(
            act="take_back",
            address="/withdrawal",
            command=lambda viewer, item, slot, _form, intent: commands.take_back(
                viewer, item, slot, intent
            ),
            said="已撤回签批",
            title=lambda slot: f"撤回签批（{approvals.label_of(slot.step)}）",
            button="确认撤回",
            follows="下一环节尚未办理的，可以撤回后重新签批。",
            part=BOX,
            quiet=True,
        ),
        ActPage(
            act="return",
            address="/return",
            command=lambda viewer, item, _part, form, intent: commands.send_back(
                viewer,
                item,
                intent,
                to_previous=form.target.data == "previous",
                straight_back=bool(form.straight_back.data),
            ),
            said="已退回",
            form=form_of(ReturnForm),
            template="steps/signing/_return.html",
            title=lambda _part: "退回",
            button="确认退回",
            follows="退回拟稿人的，修改后重新提交。",
            quiet=True,
        ),
        *(_transfer(act, part) for act, part in TRANSFERS.items()),
        ActPage(
            act="reject",
            address="/rejection",
            command=lambda viewer, item, _part, _form, intent: commands.reject(
                viewer, item, intent
            ),
            said="已作出不予立项的决定",
            form=form_of(ReasonForm),
            template="steps/signing/_reject.html",
            button="确认不予立项",
            follows="不予立项后本事项终止，理由送拟稿人和党政办。",
            quiet=True,
            refuse=True,
        ),
    ),
)
