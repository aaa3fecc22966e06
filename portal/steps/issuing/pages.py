"""交办、签收、承办人、计划、异议 as people meet them: /notice, /units/<code>/receipt …"""

from __future__ import annotations

from flask import Blueprint
from flask.sansio.blueprints import BlueprintSetupState

from portal.act_pages import ActPage, Pages, form_of
from portal.extensions import db
from portal.forms import ReasonForm
from portal.models import Unit
from portal.part_addresses import OBJECTION, SHARE
from portal.steps.issuing import commands, objections
from portal.steps.issuing.forms import (
    CallForm,
    CoordinationForm,
    FirstForm,
    ObjectionForm,
    handler_form,
    plan_form,
    receipt_form,
)
from portal.web import settings, viewer

blueprint = Blueprint("issuing", __name__)
FOLDER = "steps/issuing/"
REASON = "steps/_reason.html"


@blueprint.record_once
def add_globals(state: BlueprintSetupState) -> None:
    """Panels name the unit they are about, and what it asked for."""
    state.app.jinja_env.globals.update(
        unit_of=lambda unit_id: db.session.get_one(Unit, unit_id),
        coordination_of=lambda share: commands.coordination_of(viewer(), share),
    )


def _answer(act: str, *, accepted: bool) -> ActPage:
    return ActPage(
        act=act,
        address="/answer",
        command=lambda viewer, item, objection, _form, intent: objections.answer(
            viewer, item, objection, intent, accepted=accepted
        ),
        said="已答复异议",
        form=form_of(ReasonForm),
        template=FOLDER + "_answer.html",
        follows="采纳后请办理调整承办单位。" if accepted else "不采纳的，该单位继续承办。",
        part=OBJECTION,
        quiet=not accepted,
    )


PAGES = Pages(
    blueprint,
    (
        ActPage(
            act="issue",
            address="/notice",
            command=lambda viewer, item, _part, _form, intent: commands.issue(
                viewer, item, intent, separate=settings().separate_release
            ),
            said="已下达交办通知",
            template=FOLDER + "_issue.html",
            follows="下达之日为起算日，通知各承办单位签收。",
        ),
        ActPage(
            act="issue_first",
            address="/notice/first",
            command=lambda viewer, item, _part, form, intent: commands.issue_first(
                viewer, item, intent, declared=bool(form.declared.data), consent=form.consent
            ),
            said="已先行交办",
            form=lambda item, _part: FirstForm(item=item),
            template=FOLDER + "_first.html",
            button="先行交办",
            follows="立即进入办理，今天为起算日；签批和编号应在2个工作日内补齐。",
            quiet=True,
        ),
        ActPage(
            act="sign_receipt",
            address="/receipt",
            command=lambda viewer, item, share, form, intent: commands.sign_receipt(
                viewer, item, share, intent, form.handler_id, form.plan()
            ),
            said="已签收",
            form=receipt_form,
            template=FOLDER + "_receipt.html",
            follows="签收不改变完成时限。",
            part=SHARE,
        ),
        ActPage(
            act="receipt_on_behalf",
            address="/call",
            command=lambda viewer, item, share, form, intent: commands.receive_on_behalf(
                viewer, item, share, intent, form.confirmed_by.data
            ),
            said="已代签收",
            form=lambda _item, _share: CallForm(),
            template=FOLDER + "_call.html",
            title=lambda share: f"代{db.session.get_one(Unit, share.unit_id).short_name}签收",
            follows="仅限单位负责人电话确认后代签收。",
            part=SHARE,
            quiet=True,
        ),
        ActPage(
            act="assign_handler",
            address="/handler",
            command=lambda viewer, item, share, form, intent: commands.assign_handler(
                viewer, item, share, intent, form.handler.data
            ),
            said="已指定承办人",
            form=handler_form,
            template=FOLDER + "_handler.html",
            part=SHARE,
        ),
        ActPage(
            act="replace_handler",
            address="/handler/another",
            command=lambda viewer, item, share, form, intent: commands.replace_handler(
                viewer, item, share, intent, form.handler.data
            ),
            said="已更换承办人",
            form=handler_form,
            template=FOLDER + "_handler.html",
            follows="更换后由新的承办人办理，原承办人的办理记录保留。",
            part=SHARE,
            quiet=True,
        ),
        ActPage(
            act="plan",
            address="/plan",
            command=lambda viewer, item, share, form, intent: commands.send_plan(
                viewer, item, share, intent, form.plan()
            ),
            said="已报送工作计划",
            form=plan_form,
            template=FOLDER + "_plan.html",
            follows="可随工作推进重新报送，以最近一次为准。",
            part=SHARE,
            quiet=True,
        ),
        ActPage(
            act="coordinate",
            address="/coordination",
            command=lambda viewer, item, share, _form, intent: commands.ask_coordination(
                viewer, item, share, intent
            ),
            said="已提请党政办协调",
            form=lambda _item, _share: ReasonForm(),
            template=REASON,
            follows="写明需要协调的单位和事由。",
            part=SHARE,
            quiet=True,
        ),
        ActPage(
            act="answer_coordination",
            address="/coordination/answer",
            command=lambda viewer, item, share, _form, intent: commands.answer_coordination(
                viewer, item, share, intent
            ),
            said="已登记协调情况",
            form=form_of(CoordinationForm),
            template=FOLDER + "_coordination.html",
            follows="告知各承办单位；协办单位仍未办理的，另行催办。",
            part=SHARE,
        ),
        ActPage(
            act="object",
            address="/objection",
            command=lambda viewer, item, share, form, intent: objections.raise_objection(
                viewer, item, share, intent, form.proposed_unit.data or None
            ),
            said="已提出承办异议",
            form=lambda _item, _share: ObjectionForm(),
            template=FOLDER + "_object.html",
            follows="由党政办主任答复；答复前仍应继续承办。",
            in_time=lambda item: objections.in_time(viewer(), item),
            part=SHARE,
            quiet=True,
        ),
        _answer("accept_objection", accepted=True),
        _answer("refuse_objection", accepted=False),
    ),
)
