"""借阅 as people meet it: /loans, /loans/<id>/agreement, /refusal, /lending, /return …"""

from __future__ import annotations

from flask import Blueprint

from portal.act_pages import PLAIN, ActPage, FormOf, Pages, form_of, plain_form
from portal.forms import OpinionForm, ReasonForm
from portal.part_addresses import LOAN
from portal.steps.lending import commands
from portal.steps.lending.forms import LoanForm

blueprint = Blueprint("lending", __name__)
FOLDER = "steps/lending/"
REASON = "steps/_reason.html"


def _moving(
    act: str,
    address: str,
    said: str,
    follows: str,
    *,
    form: FormOf = plain_form,
    template: str = PLAIN,
    quiet: bool = False,
) -> ActPage:
    return ActPage(
        act=act,
        address=address,
        command=lambda viewer, item, loan, _form, intent: commands.move(
            viewer, item, loan, act, intent
        ),
        said=said,
        form=form,
        template=template,
        follows=follows,
        part=LOAN,
        quiet=quiet,
    )


PAGES = Pages(
    blueprint,
    (
        ActPage(
            act=commands.ASK,
            address="/loans",
            command=lambda viewer, item, _part, form, intent: commands.ask(
                viewer, item, form.asked, intent, declared=bool(form.declared.data)
            ),
            said="已申请借阅",
            form=lambda item, _part: LoanForm(item=item),
            template=FOLDER + "_ask.html",
            follows="由党政办主任审批，同意后到档案员处借出；档案包可直接下载，不必借阅。",
            quiet=True,
        ),
        _moving(
            "grant_loan", "/agreement", "已同意借阅", "同意后由档案员登记借出。",
            form=form_of(OpinionForm), template=FOLDER + "_grant.html",
        ),
        _moving(
            "grant_heads_loan", "/leader-agreement", "已同意借阅", "同意后由档案员登记借出。",
            form=form_of(OpinionForm), template=FOLDER + "_grant.html",
        ),
        _moving(
            "refuse_loan", "/refusal", "已答复申请人", "不同意的，告知申请人。",
            form=form_of(ReasonForm), template=REASON, quiet=True,
        ),
        _moving("lend", "/lending", "已登记借出", "当面清点后登记；到期未还的，系统提醒借阅人。"),
        _moving("take_back_loan", "/return", "已登记归还", "当面清点无误后登记。", quiet=True),
        _moving(
            "withdraw_loan", "/withdrawal", "已撤回借阅", "尚未借出的，可以撤回。",
            quiet=True,
        ),
        _moving(
            "cancel_loan", "/cancellation", "已取消借阅", "申请人不再需要的，写明情况后取消。",
            form=form_of(ReasonForm), template=REASON, quiet=True,
        ),
    ),
)  # fmt: skip
