"""办结、销号、双备案、归档 as people meet them: /closing, /closure, /copy, /archive."""

from __future__ import annotations

from flask import Blueprint

from portal.act_pages import ActPage, Pages, form_of
from portal.part_addresses import UNIT_COPY
from portal.steps.closing import commands
from portal.steps.closing.forms import ClosingForm

blueprint = Blueprint("closing", __name__)
PAGES = Pages(
    blueprint,
    (
        ActPage(
            act="apply_close",
            address="/closing",
            command=lambda viewer, item, _part, form, intent: commands.apply_close(
                viewer,
                item,
                form.result_text.data,
                intent,
                declared=bool(form.declared.data),
            ),
            said="已申请办结",
            form=form_of(ClosingForm),
            template="steps/closing/_apply.html",
            follows="承办人申请后由单位负责人确认。",
        ),
        ActPage(
            act="close",
            address="/closure",
            command=lambda viewer, item, _part, _form, intent: commands.close(viewer, item, intent),
            said="已销号",
            follows="销号后进入归档。",
        ),
        ActPage(
            act="keep_copy",
            address="/copy",
            command=lambda viewer, item, record, _form, intent: commands.keep_copy(
                viewer, item, record, intent
            ),
            said="已确认存档",
            follows="牵头单位与党政办双备案。",
            part=UNIT_COPY,
        ),
        ActPage(
            act="archive",
            address="/archive",
            command=lambda viewer, item, _part, _form, intent: commands.archive(
                viewer, item, intent
            ),
            said="已归档",
        ),
    ),
)
