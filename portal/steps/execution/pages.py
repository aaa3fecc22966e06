"""反馈 as people meet it: /feedback/<id>/confirmation, /reading, /return, /comment …"""

from __future__ import annotations

from flask import Blueprint
from flask.sansio.blueprints import BlueprintSetupState

from portal.act_pages import ActPage, Pages, form_of
from portal.forms import OpinionForm, ReasonForm
from portal.models import Comment, Feedback, Item
from portal.part_addresses import COMMENT, REPORT, SHARE
from portal.steps.execution import commands, comments, entering, queries
from portal.steps.execution.forms import CoverForm, ReplyForm
from portal.web import viewer

blueprint = Blueprint("execution", __name__)


@blueprint.record_once
def add_globals(state: BlueprintSetupState) -> None:
    """What the templates of a form ask for: the leader's words that are replied to, and why a
    report came back."""
    state.app.jinja_env.globals.update(
        instruction_of=lambda comment: comments.words_of(viewer(), comment),
        report_sent_back=lambda item, unit: queries.sent_back(viewer(), item, unit.id),
    )


FOLDER = "steps/execution/"
WRITTEN = FOLDER + "_written.html"
REASON = "steps/_reason.html"


def _seq(report: Feedback) -> str:
    return f"反馈（第{report.seq}期）"


def _confirmation(act: str, said: str, follows: str) -> ActPage:
    return ActPage(
        act=act,
        address="/confirmation",
        command=lambda viewer, item, report, _form, intent: commands.confirm(
            viewer, item, report, intent
        ),
        said=said,
        template=WRITTEN,
        title=lambda report: f"审核{_seq(report)}",
        follows=follows,
        part=REPORT,
    )


def _return(act: str, follows: str, *, apart: bool = False, template: str = REASON) -> ActPage:
    return ActPage(
        act=act,
        address="/return",
        command=lambda viewer, item, report, _form, intent: commands.send_back(
            viewer, item, report, act, intent
        ),
        said="已退回补充",
        form=form_of(ReasonForm),
        template=template,
        title=lambda report: f"退回补充{_seq(report)}",
        button="确认退回",
        follows=follows,
        part=REPORT,
        quiet=True,
        apart=apart,
    )


def _cover_form(item: Item, report: Feedback) -> CoverForm:
    return CoverForm(points=commands.points_of(item), before=report, version=item.version)


def _comment_form(item: Item, _part: Feedback) -> OpinionForm:
    return OpinionForm(version=item.version)


def _reply_form(item: Item, _part: Comment) -> ReplyForm:
    return ReplyForm(version=item.version)


PAGES = Pages(
    blueprint,
    (
        _confirmation("confirm_feedback", "已审核上报", "上报后由党政办阅处。"),
        _confirmation("confirm_to_lead", "已报送牵头单位", "报送后由牵头单位汇总。"),
        _return("return_to_handler", "承办人补充后重新提交。"),
        _return("return_to_co_unit", "协办单位补充后重新报送。"),
        ActPage(
            act="read_feedback",
            address="/reading",
            command=lambda viewer, item, report, _form, intent: commands.read(
                viewer, item, report, intent
            ),
            said="已阅",
            template=FOLDER + "_open.html",
            title=lambda report: f"阅处{_seq(report)}",
            button="打开反馈",
            follows="打开即为已阅；需要补充的，仍可退回。",
            part=REPORT,
            report=lambda report: report.seq,
        ),
        _return(
            "return_feedback",
            "承办单位应于2个工作日内补充。",
            apart=True,
            template=FOLDER + "_return.html",
        ),
        ActPage(
            act="cover_instalments",
            address="/coverage",
            command=lambda viewer, item, report, form, intent: commands.cover(
                viewer, item, report, intent, form.points.data
            ),
            said="已合并计入本期",
            form=_cover_form,
            template=FOLDER + "_cover.html",
            title=lambda report: f"合并计入第{report.seq}期",
            part=REPORT,
            quiet=True,
            apart=True,
        ),
        ActPage(
            act="comment",
            address="/comment",
            command=lambda viewer, item, report, _form, intent: comments.give(
                viewer, item, report, intent
            ),
            said="已作批示",
            form=_comment_form,
            template=FOLDER + "_comment.html",
            title=lambda report: f"批示{_seq(report)}",
            follows="批示送承办单位落实，并告知党政办。",
            part=REPORT,
            quiet=True,
            apart=True,
        ),
        ActPage(
            act="reply_comment",
            address="/reply",
            command=lambda viewer, item, comment, _form, intent: comments.reply(
                viewer, item, comment, intent
            ),
            said="已回复落实情况",
            form=_reply_form,
            template=FOLDER + "_reply.html",
            part=COMMENT,
        ),
        ActPage(
            act="contest_report",
            address="/objection",
            command=lambda viewer, item, report, _form, intent: entering.contest(
                viewer, item, report, intent
            ),
            said="异议已提交党政办",
            form=form_of(ReasonForm),
            template=FOLDER + "_contest.html",
            title=lambda report: f"对代录提出异议（{_seq(report)}）",
            button="提出异议",
            follows="由党政办主任答复或更正。",
            quiet=True,
            part=REPORT,
        ),
        ActPage(
            act="answer_report",
            address="/answer",
            command=lambda viewer, item, report, _form, intent: entering.answer(
                viewer, item, report, intent
            ),
            said="已答复异议",
            form=form_of(ReasonForm),
            template=FOLDER + "_answer.html",
            title=lambda report: f"答复代录异议（{_seq(report)}）",
            button="答复",
            follows="答复后代录保持不变；代录有误的，请按“更正代录”重新录入。",
            part=REPORT,
        ),
        ActPage(
            act="hand_in",
            address="/completion",
            command=lambda viewer, item, share, _form, intent: commands.finish(
                viewer, item, share, intent
            ),
            said="已报送协办完成情况",
            follows="报送后牵头单位方可申请办结。",
            part=SHARE,
        ),
    ),
)
