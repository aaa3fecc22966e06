"""实地督查 as people meet it: /inspections/<id>/agreement, /record …, /rectifications/<id>/…"""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask.sansio.blueprints import BlueprintSetupState

from portal.act_pages import ActPage, Pages, form_of
from portal.forms import OpinionForm, ReasonForm
from portal.part_addresses import INSPECTION, POINT
from portal.steps.inspection import commands, queries, rectifying
from portal.steps.inspection.forms import (
    ChiefForm,
    ConclusionForm,
    ObjectForm,
    RecordForm,
    RejectForm,
    ReplyForm,
    opinion_form,
    reassign_form,
    uphold_form,
)
from portal.web import viewer

blueprint = Blueprint("inspection", __name__)
FOLDER = "steps/inspection/"
SHOWN, REASON = FOLDER + "_shown.html", FOLDER + "_reason.html"


@blueprint.record_once
def add_globals(state: BlueprintSetupState) -> None:
    """What the templates ask for: the inspection, or its point, in words."""
    state.app.jinja_env.globals.update(
        inspection_rows=lambda part: queries.rows_of(viewer(), part),
    )


def _unit(label: str) -> Any:
    return lambda part: f"{label}（{queries.unit_of(part)}）"


def _numbered(label: str) -> Any:
    return lambda point: f"{label}（第{point.nth}条）"


def _with_reason(act: str, address: str, command: Any, said: str, **more: Any) -> ActPage:
    return ActPage(
        act=act,
        address=address,
        command=lambda viewer, item, visit, _form, intent: command(viewer, item, visit, intent),
        said=said,
        form=form_of(ReasonForm),
        template=REASON,
        part=INSPECTION,
        **more,
    )


def _ending(act: str, address: str, said: str, **more: Any) -> ActPage:
    return ActPage(
        act=act,
        address=address,
        command=lambda viewer, item, visit, _form, intent: commands.finish(
            viewer, item, visit, act, intent
        ),
        said=said,
        template=SHOWN,
        part=INSPECTION,
        **more,
    )


PAGES = Pages(
    blueprint,
    (
        ActPage(
            act="approve_inspection",
            address="/agreement",
            command=lambda viewer, item, visit, _form, intent: commands.approve(
                viewer, item, visit, intent
            ),
            said="已批准",
            form=form_of(OpinionForm),
            template=FOLDER + "_agree.html",
            title=_unit("审批督查方案"),
            button="同意",
            follows="批准后由督查组实施；督查不改变完成时限。",
            part=INSPECTION,
        ),
        _with_reason(
            "return_inspection",
            "/return",
            commands.send_back,
            "已退回",
            title=_unit("退回督查方案"),
            button="确认退回",
            follows="退回党政办修改后重新送批。",
            quiet=True,
            refuse=True,
        ),
        _with_reason(
            "cancel_inspection",
            "/cancellation",
            commands.cancel,
            "已取消督查",
            title=_unit("取消督查"),
            button="确认取消",
            follows="取消的督查不计入督查次数，告知督查组成员。",
            quiet=True,
        ),
        ActPage(
            act="replace_chief",
            address="/chief",
            command=lambda viewer, item, visit, form, intent: commands.replace_chief(
                viewer, item, visit, intent, chief_id=form.chief.person_id or 0
            ),
            said="已更换组长",
            form=form_of(ChiefForm),
            template=FOLDER + "_chief.html",
            title=_unit("更换组长"),
            button="确认更换",
            follows="告知新、原组长和督查组成员；原组长仍为督查组成员。",
            quiet=True,
            part=INSPECTION,
        ),
        ActPage(
            act="record_inspection",
            address="/record",
            command=lambda viewer, item, visit, form, intent: commands.record(
                viewer,
                item,
                visit,
                form.record,
                intent,
                files=form.sound_files,
                declared=bool(form.declared.data),
            ),
            said="已登记督查记录",
            form=form_of(RecordForm),
            template=FOLDER + "_record.html",
            title=_unit("登记督查记录"),
            button="登记",
            follows="登记后由组长签署督查结论。",
            part=INSPECTION,
        ),
        ActPage(
            act="conclude_inspection",
            address="/conclusion",
            command=lambda viewer, item, visit, form, intent: commands.conclude(
                viewer, item, visit, intent, conclusion=form.conclusion.data
            ),
            said="已签署督查结论",
            form=form_of(ConclusionForm),
            template=FOLDER + "_conclude.html",
            title=_unit("签署督查结论"),
            button="签署",
            follows="签署后由党政办主任下达整改意见书或结束督查。",
            part=INSPECTION,
        ),
        ActPage(
            act="issue_opinion",
            address="/opinion",
            command=lambda viewer, item, visit, form, intent: rectifying.issue(
                viewer, item, visit, form.points, intent, declared=bool(form.declared.data)
            ),
            said="已下达整改意见书",
            form=opinion_form,
            template=FOLDER + "_opinion.html",
            title=_unit("下达整改意见书"),
            button="下达",
            follows="被督查单位5个工作日内签收或提出异议；整改意见全部核实通过前，事项不能办结。",
            part=INSPECTION,
        ),
        _ending(
            "finish_inspection",
            "/end",
            "督查已结束",
            title=_unit("督查结束"),
            button="督查结束",
            follows="没有需要整改的问题时办理。",
            quiet=True,
        ),
        ActPage(
            act="sign_opinion",
            address="/opinion/receipt",
            command=lambda viewer, item, visit, _form, intent: rectifying.sign(
                viewer, item, visit, intent
            ),
            said="已签收整改意见书",
            form=form_of(OpinionForm),
            template=FOLDER + "_receipt.html",
            title=_unit("签收整改意见书"),
            button="签收",
            follows="签收即表示无异议，请按期逐条报送整改情况。",
            part=INSPECTION,
        ),
        ActPage(
            act="object_to_opinion",
            address="/opinion/objection",
            command=lambda viewer, item, visit, form, intent: rectifying.object_to(
                viewer, item, visit, intent, declared=bool(form.declared.data)
            ),
            said="已提出异议",
            form=form_of(ObjectForm),
            template=FOLDER + "_objection.html",
            title=_unit("对整改意见提出异议"),
            button="提出异议",
            follows="下达后5个工作日内可以提出一次，由党政办主任答复。",
            quiet=True,
            part=INSPECTION,
        ),
        ActPage(
            act="uphold_opinion",
            address="/opinion/upholding",
            command=lambda viewer, item, visit, form, intent: rectifying.uphold(
                viewer, item, visit, intent, due=form.due.data if form.due else None
            ),
            said="已维持整改意见",
            form=uphold_form,
            template=FOLDER + "_uphold.html",
            title=_unit("维持整改意见"),
            button="维持",
            follows="维持后进入整改，请写明理由。",
            part=INSPECTION,
        ),
        _with_reason(
            "withdraw_opinion",
            "/opinion/withdrawal",
            rectifying.withdraw,
            "已采纳异议",
            title=_unit("采纳异议"),
            button="采纳",
            follows="采纳后原整改意见撤回，可以重新下达或结束督查。",
            quiet=True,
        ),
        _ending(
            "finish_rectifying",
            "/completion",
            "整改已完成",
            title=_unit("整改完成"),
            button="确认整改完成",
            follows="整改意见均已核实通过。",
        ),
        ActPage(
            act="reply_point",
            address="/reply",
            command=lambda viewer, item, point, form, intent: rectifying.reply(
                viewer,
                item,
                point,
                intent,
                said=form.reply.data,
                files=form.sound_files,
                declared=bool(form.declared.data),
            ),
            said="已报送整改",
            form=form_of(ReplyForm),
            template=FOLDER + "_reply.html",
            title=_numbered("报送整改"),
            button="报送",
            follows="报送后由督查组核实；逾期的也可以报送。",
            part=POINT,
        ),
        ActPage(
            act="verify_point",
            address="/verification",
            command=lambda viewer, item, point, _form, intent: rectifying.verify(
                viewer, item, point, intent
            ),
            said="已核实通过",
            form=form_of(OpinionForm),
            template=FOLDER + "_agree.html",
            title=_numbered("核实整改"),
            button="核实通过",
            follows="佐证材料见本页“实地督查”。",
            part=POINT,
        ),
        ActPage(
            act="reject_point",
            address="/rejection",
            command=lambda viewer, item, point, form, intent: rectifying.reject(
                viewer, item, point, intent, due=form.due.data
            ),
            said="已作出核实未通过的决定",
            form=form_of(RejectForm),
            template=FOLDER + "_reject.html",
            title=_numbered("核实未通过"),
            button="核实未通过",
            follows="退回继续整改，按新的时限重新报送。",
            quiet=True,
            refuse=True,
            part=POINT,
        ),
        ActPage(
            act="reassign_point",
            address="/owner",
            command=lambda viewer, item, point, form, intent: rectifying.reassign(
                viewer, item, point, intent, owner=form.chosen, due=form.due.data
            ),
            said="已改派整改",
            form=reassign_form,
            template=FOLDER + "_reassign.html",
            title=_numbered("改派整改"),
            button="确认改派",
            follows="责任单位不再承办、不能整改的改派；告知原、新责任单位和督查组。",
            quiet=True,
            part=POINT,
        ),
        ActPage(
            act="withdraw_point",
            address="/withdrawal",
            command=lambda viewer, item, point, _form, intent: rectifying.take_back(
                viewer, item, point, intent
            ),
            said="已撤销本条整改意见",
            form=form_of(ReasonForm),
            template=REASON,
            title=_numbered("撤销整改"),
            button="确认撤销",
            follows="撤销的整改意见不再整改，不影响办结；告知责任单位和督查组。",
            quiet=True,
            part=POINT,
        ),
    ),
)
