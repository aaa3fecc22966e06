"""岗位交接 of one item as people meet it on its page: /handovers/<line>/…"""

from __future__ import annotations

from flask import Blueprint

from portal.act_pages import PLAIN, ActPage, Pages, form_of
from portal.forms import ReasonForm
from portal.part_addresses import LINE
from portal.steps.handing import commands

blueprint = Blueprint("handing", __name__)
FOLDER = "steps/handing/"
FOLLOWS = {
    "confirm_giving": "确认后由接手人确认。",
    "confirm_taking": "确认后由监交人确认；监交人确认时交接生效，办理时限不变。",
}
EFFECTIVE = "确认后交接立即生效，此后由接手人负责，办理时限不变。"


def _confirming(act: str) -> ActPage:
    return ActPage(
        act=act,
        address="/confirmation",
        command=lambda viewer, item, line, _form, intent: commands.confirm(
            viewer, item, line, act, intent
        ),
        said="已确认",
        template=FOLDER + "_confirm.html",
        follows=FOLLOWS.get(act, EFFECTIVE),
        part=LINE,
    )


PAGES = Pages(
    blueprint,
    (
        *(_confirming(act) for act in commands.CONFIRMING),
        ActPage(
            act="force_handover",
            address="/force",
            command=lambda viewer, item, line, _form, intent: commands.force(
                viewer, item, line, intent
            ),
            said="已强制移交",
            form=form_of(ReasonForm),
            template="steps/_reason.html",
            follows="移交人、接手人或监交人轮到后三个工作日内未确认的方可办理；立即生效，此后由接手人负责。",
            quiet=True,
            part=LINE,
        ),
        ActPage(
            act="decline_handover",
            address="/refusal",
            command=lambda viewer, item, line, _form, intent: commands.end(
                viewer, item, line, "decline_handover", intent
            ),
            said="已退回",
            form=form_of(ReasonForm),
            template="steps/_reason.html",
            follows="退回后仍由移交人负责，可另行办理交接。",
            quiet=True,
            part=LINE,
        ),
        ActPage(
            act="withdraw_handover",
            address="/withdrawal",
            command=lambda viewer, item, line, _form, intent: commands.end(
                viewer, item, line, "withdraw_handover", intent
            ),
            said="已撤回",
            template=PLAIN,
            follows="撤回后仍由移交人负责。",
            quiet=True,
            part=LINE,
        ),
    ),
)
