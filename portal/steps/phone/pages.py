"""电话（短信）督办 as people meet it: /calls."""

from __future__ import annotations

from flask import Blueprint

from portal.act_pages import ActPage, Pages
from portal.steps.phone import commands
from portal.steps.phone.forms import call_form

blueprint = Blueprint("phone", __name__)

PAGES = Pages(
    blueprint,
    (
        ActPage(
            act=commands.ACT,
            address="/calls",
            command=lambda viewer, item, _part, form, intent: commands.record(
                viewer, item, form.call, intent, declared=form.declared.data
            ),
            said="已登记",
            form=call_form,
            template="steps/phone/_record.html",
            button="登记",
            follows="登记后承办单位可以查阅；约定书面反馈的，列入反馈计划并按期提醒。",
            quiet=True,
        ),
    ),
)
