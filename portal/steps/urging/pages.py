"""催办 as people meet it: /urges/<id>/agreement, /issue, /receipt, /reply …, /reasons/<id>/…"""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask.sansio.blueprints import BlueprintSetupState

from portal.act_pages import ActPage, Pages, form_of
from portal.forms import OpinionForm, ReasonForm
from portal.part_addresses import QUESTION, URGE
from portal.steps.urging import commands, queries, replying
from portal.steps.urging.forms import (
    ReplyEntryForm,
    StateReasonForm,
    UrgeReplyForm,
    VoidUrgeForm,
)
from portal.web import settings, viewer

blueprint = Blueprint("urging", __name__)
FOLDER = "steps/urging/"
NOTICE = FOLDER + "_notice.html"
REASON = FOLDER + "_reason.html"


@blueprint.record_once
def add_globals(state: BlueprintSetupState) -> None:
    """What the templates ask for: the notice in words, and what the unit said."""
    state.app.jinja_env.globals.update(
        urge_rows=lambda part: queries.rows_of(viewer(), part),
    )


def _unit(label: str) -> Any:
    return lambda part: f"{label}（{queries.unit_of(part)}）"


def _signature(act: str, label: str) -> ActPage:
    return ActPage(
        act=act,
        address="/agreement",
        command=lambda viewer, item, notice, _form, intent: commands.sign(
            viewer, item, act, notice, intent
        ),
        said="已签批",
        form=form_of(OpinionForm),
        template=FOLDER + "_agree.html",
        title=_unit(label),
        button="同意",
        follows="签批完成后由党政办编号下达；催办不改变完成时限。",
        part=URGE,
    )


def _noted(act: str) -> ActPage:
    return ActPage(
        act=act,
        address="/note",
        command=lambda viewer, item, notice, _form, intent: commands.note(
            viewer, item, act, notice, intent
        ),
        said="已备案",
        template=NOTICE,
        title=_unit("催办备案"),
        button="已备案",
        follows="备案不影响催办。",
        part=URGE,
    )


PAGES = Pages(
    blueprint,
    (
        _signature("sign_urge", "审签催办"),
        _signature("review_urge", "审核催办"),
        _signature("approve_urge", "审定催办"),
        ActPage(
            act="refuse_urge",
            address="/refusal",
            command=lambda viewer, item, notice, _form, intent: commands.refuse(
                viewer, item, notice, intent
            ),
            said="已作出不同意的决定",
            form=form_of(ReasonForm),
            template="steps/_reason.html",
            title=_unit("不同意催办"),
            button="确认不同意",
            follows="不同意的，本次催办结束，不占用文号。",
            quiet=True,
            refuse=True,
            part=URGE,
        ),
        ActPage(
            act="number_urge",
            address="/issue",
            command=lambda viewer, item, notice, _form, intent: commands.issue(
                viewer, item, notice, intent, word=settings().urge_word
            ),
            said="已编号下达",
            template=NOTICE,
            title=_unit("编号下达催办通知单"),
            button="编号下达",
            follows="下达后送承办单位、分管校领导，并送组织人事部、纪委办备案。",
            part=URGE,
        ),
        ActPage(
            act="sign_urge_receipt",
            address="/receipt",
            command=lambda viewer, item, notice, _form, intent: commands.receive(
                viewer, item, notice, intent
            ),
            said="已签收",
            template=NOTICE,
            title=_unit("签收催办通知单"),
            button="签收",
            follows="签收后请在2个工作日内书面回复。",
            part=URGE,
        ),
        ActPage(
            act="reply_urge",
            address="/reply",
            command=lambda viewer, item, notice, form, intent: replying.reply(
                viewer,
                item,
                notice,
                intent,
                measures=form.measures.data,
                promised_on=form.promised_on.data,
                declared=bool(form.declared.data),
            ),
            said="已回复催办",
            form=form_of(UrgeReplyForm),
            template=FOLDER + "_reply.html",
            title=_unit("回复催办"),
            follows="回复不改变催办限期。",
            part=URGE,
        ),
        ActPage(
            act="enter_urge_reply",
            address="/reply/entry",
            command=lambda viewer, item, notice, form, intent: replying.enter(
                viewer,
                item,
                notice,
                intent,
                answered=form.answered,
                measures=form.measures.data,
                promised_on=form.promised_on.data,
                declared=bool(form.declared.data),
            ),
            said="已代录催办回复",
            form=lambda item, notice: ReplyEntryForm(item=item, notice=notice),
            template=FOLDER + "_reply_entry.html",
            title=_unit("代录催办回复"),
            button="代录",
            follows="代录后告知被催办单位负责人和承办人。回复不改变催办限期。",
            quiet=True,
            part=URGE,
        ),
        ActPage(
            act="cancel_urge",
            address="/cancellation",
            command=lambda viewer, item, notice, _form, intent: commands.cancel(
                viewer, item, notice, intent
            ),
            said="已取消催办",
            form=form_of(OpinionForm),
            template="steps/_reason.html",
            title=_unit("取消催办"),
            button="确认取消",
            follows="取消后不占用文号，可以重新催办。",
            quiet=True,
            part=URGE,
        ),
        ActPage(
            act="void_urge",
            address="/void",
            command=lambda viewer, item, notice, form, intent: commands.void(
                viewer, item, notice, intent, consent=form.consent.data or ""
            ),
            said="已作废",
            form=form_of(VoidUrgeForm),
            template=FOLDER + "_void.html",
            title=_unit("作废催办通知单"),
            button="确认作废",
            follows="须经党政办分管领导同意；文号保留，不再使用。",
            quiet=True,
            refuse=True,
            part=URGE,
        ),
        _noted("note_urge_hr"),
        _noted("note_urge_discipline"),
        ActPage(
            act="state_reason",
            address="/statement",
            command=lambda viewer, item, question, form, intent: commands.state_reason(
                viewer, item, question, intent, declared=bool(form.declared.data)
            ),
            said="已说明正当理由",
            form=form_of(StateReasonForm),
            template=FOLDER + "_statement.html",
            title=_unit("说明正当理由"),
            button="提交说明",
            follows="只询问一次，不影响催办签批；由党政办主任决定是否采纳。",
            part=QUESTION,
        ),
        ActPage(
            act="accept_reason",
            address="/acceptance",
            command=lambda viewer, item, question, _form, intent: commands.accept_reason(
                viewer, item, question, intent
            ),
            said="已采纳",
            form=form_of(ReasonForm),
            template=REASON,
            title=_unit("采纳正当理由"),
            button="采纳",
            follows="采纳后，尚未下达的催办即取消；已下达的，不作为追责依据。",
            part=QUESTION,
        ),
        ActPage(
            act="refuse_reason",
            address="/rejection",
            command=lambda viewer, item, question, _form, intent: commands.refuse_reason(
                viewer, item, question, intent
            ),
            said="已作出不采纳的决定",
            form=form_of(ReasonForm),
            template=REASON,
            title=_unit("不采纳正当理由"),
            button="不采纳",
            follows="理由告知承办单位和分管校领导。",
            quiet=True,
            refuse=True,
            part=QUESTION,
        ),
    ),
)
