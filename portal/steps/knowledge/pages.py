"""知悉范围 as people meet it: /sensitivity, /sensitivity/end, /knowledge, its entries' /removal."""

from __future__ import annotations

from flask import Blueprint

from portal.act_pages import ActPage, Pages, form_of
from portal.forms import ReasonForm
from portal.part_addresses import LISTED
from portal.steps.knowledge import commands
from portal.steps.knowledge.forms import grant_form

blueprint = Blueprint("knowledge", __name__)
FOLDER = "steps/knowledge/"
REASON = "steps/_reason.html"

PAGES = Pages(
    blueprint,
    (
        ActPage(
            act="mark_sensitive",
            address="/sensitivity",
            command=lambda viewer, item, _part, _form, intent: commands.mark(viewer, item, intent),
            said="已定为敏感",
            form=form_of(ReasonForm),
            template=REASON,
            follows="立即生效，此后仅知悉范围内人员可见。",
            quiet=True,
            apart=True,
        ),
        ActPage(
            act="lift_sensitive",
            address="/sensitivity/end",
            command=lambda viewer, item, _part, _form, intent: commands.lift(viewer, item, intent),
            said="已取消敏感",
            form=form_of(ReasonForm),
            template=REASON,
            follows="取消后为内部事项，按岗位可见。",
            quiet=True,
            apart=True,
        ),
        ActPage(
            act="grant_knowledge",
            address="/knowledge",
            command=lambda viewer, item, _part, form, intent: commands.grant(
                viewer, item, intent, form.person.person_id, form.part.data or None
            ),
            said="已增加知悉人",
            form=grant_form,
            template=FOLDER + "_grant.html",
            follows="增加后即可查阅，并记入办理过程。",
            quiet=True,
            apart=True,
        ),
        ActPage(
            act="end_knowledge",
            address="/removal",
            command=lambda viewer, item, entry, _form, intent: commands.end(
                viewer, item, entry, intent
            ),
            said="已移出知悉范围",
            follows="立即生效；移出后须由党政办主任或机要保密员重新增加。",
            button="确认移出",
            part=LISTED,
            refuse=True,
            quiet=True,
            apart=True,
        ),
    ),
)
