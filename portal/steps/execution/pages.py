"""交办、承办、反馈 as people meet them: /notice, /units/<code>/receipt, /feedback/<id>/reading …"""

from __future__ import annotations

from flask import Blueprint

from portal.act_pages import ActPage, Pages
from portal.models import Feedback, Item, ItemUnit
from portal.part_addresses import REPORT, SHARE
from portal.steps.execution import commands
from portal.steps.execution.forms import HandlerForm, ReceiptForm

blueprint = Blueprint("execution", __name__)
FOLDER = "steps/execution/"


def _receipt(_item: Item, share: ItemUnit) -> ReceiptForm:
    return ReceiptForm(unit_id=share.unit_id)


def _handler(_item: Item, share: ItemUnit) -> HandlerForm:
    return HandlerForm(unit_id=share.unit_id)


def _seq(report: Feedback) -> str:
    return f"反馈（第{report.seq}期）"


PAGES = Pages(
    blueprint,
    (
        ActPage(
            act="issue",
            address="/notice",
            command=lambda viewer, item, _part, _form, intent: commands.issue(viewer, item, intent),
            said="已下达交办",
            follows="下达之日为起算日，通知各承办单位签收。",
        ),
        ActPage(
            act="sign_receipt",
            address="/receipt",
            command=lambda viewer, item, share, form, intent: commands.sign_receipt(
                viewer, item, share, intent, form.handler.data or None
            ),
            said="已签收",
            form=_receipt,
            template=FOLDER + "_receipt.html",
            follows="签收不改变完成时限。",
            part=SHARE,
        ),
        ActPage(
            act="assign_handler",
            address="/handler",
            command=lambda viewer, item, share, form, intent: commands.assign_handler(
                viewer, item, share, intent, form.handler.data
            ),
            said="已指定承办人",
            form=_handler,
            template=FOLDER + "_handler.html",
            part=SHARE,
        ),
        ActPage(
            act="confirm_feedback",
            address="/confirmation",
            command=lambda viewer, item, report, _form, intent: commands.confirm(
                viewer, item, report, intent
            ),
            said="已审核上报",
            template=FOLDER + "_written.html",
            title=lambda report: f"审核{_seq(report)}",
            follows="上报后由党政办阅处。",
            part=REPORT,
        ),
        ActPage(
            act="read_feedback",
            address="/reading",
            command=lambda viewer, item, report, _form, intent: commands.read(
                viewer, item, report, intent
            ),
            said="已阅",
            template=FOLDER + "_written.html",
            title=lambda report: f"阅处{_seq(report)}",
            part=REPORT,
        ),
    ),
)
