"""办结、销号、双备案、归档 as people meet them: /closing, /closure, /copy, /archive."""

from __future__ import annotations

from flask import Blueprint

from portal.act_pages import ActPage, Pages, form_of
from portal.models import Item
from portal.part_addresses import UNIT_COPY
from portal.rulebook.roles import Role
from portal.steps.closing import commands, returns
from portal.steps.closing.forms import (
    ArchiveForm,
    ClosingForm,
    CopyForm,
    NotMetForm,
    SimpleForm,
    SupplementForm,
)
from portal.steps.closing.simple import close_simple
from portal.web import viewer

blueprint = Blueprint("closing", __name__)


def _supplement(act: str) -> ActPage:
    return ActPage(
        act=act,
        address="/closing/supplement",
        command=lambda viewer, item, _part, form, intent: returns.ask_supplement(
            viewer, item, act, intent, form.days.data
        ),
        said="已退回补正",
        form=form_of(SupplementForm),
        template="steps/closing/_supplement.html",
        button="确认退回补正",
        follows="按期补正的，按首次交件日期计算是否按时。",
        quiet=True,
    )


def _not_met(act: str) -> ActPage:
    return ActPage(
        act=act,
        address="/closing/reset",
        command=lambda viewer, item, _part, form, intent: returns.judge_not_met(
            viewer, item, act, intent, form.new_due.data
        ),
        said="已退回并重新确定期限",
        form=form_of(NotMetForm),
        template="steps/closing/_not_met.html",
        button="确认重新确定期限",
        follows="新的期限经党政办分管领导同意后生效。",
        quiet=True,
        refuse=True,
    )


def _simple_form(item: Item, _part: object) -> SimpleForm:
    return SimpleForm(item=item, handler_id=commands.handler_of(item))


def _archive_form(item: Item, _part: object) -> ArchiveForm:
    return ArchiveForm(
        version=item.version,
        usual=next((record.retention for record in commands.records_of(item)), ""),
        may_choose=Role.ARCHIVIST in viewer().roles,
    )


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
                without_co_units=bool(form.without_co_units.data),
                files=form.sound_files,
            ),
            said="已申请办结",
            form=form_of(ClosingForm),
            template="steps/closing/_apply.html",
            follows="承办人申请后由单位负责人确认。",
            quiet=True,
        ),
        ActPage(
            act="close_simple",
            address="/closing/simple",
            command=lambda viewer, item, _part, form, intent: close_simple(
                viewer,
                item,
                form.result_text.data,
                form.reply,
                intent,
                declared=bool(form.declared.data),
            ),
            said="已简易办结",
            form=_simple_form,
            template="steps/closing/_simple.html",
            button="确认简易办结",
            follows="按反馈时间计算是否按时；办结后待备案销号，书记、院长在批量阅知中阅示。",
            quiet=True,
        ),
        *(_supplement(act) for act in ("return_supplement", "return_supplement_filing")),
        *(_not_met(act) for act in ("not_met", "not_met_filing")),
        ActPage(
            act="withdraw_close",
            address="/closing/withdrawal",
            command=lambda viewer, item, _part, _form, intent: returns.withdraw(
                viewer, item, intent
            ),
            said="已撤回办结申请",
            button="确认撤回",
            follows="下一环节办理前可以撤回，撤回后继续办理。",
            quiet=True,
        ),
        ActPage(
            act="note_filing",
            address="/closing/note",
            command=lambda viewer, item, _part, _form, intent: returns.note(viewer, item, intent),
            said="已备案",
            button="已备案",
            follows="备案不影响销号。",
            quiet=True,
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
            command=lambda viewer, item, record, form, intent: commands.keep_copy(
                viewer, item, record, intent, location=form.location.data
            ),
            form=form_of(CopyForm),
            template="steps/closing/_archive.html",
            said="已确认存档",
            follows="牵头单位与党政办双备案。",
            part=UNIT_COPY,
        ),
        ActPage(
            act="archive",
            address="/archive",
            command=lambda viewer, item, _part, form, intent: commands.archive(
                viewer,
                item,
                intent,
                location=form.location.data,
                retention=form.retention.data if "retention" in form else None,
            ),
            said="已归档",
            form=_archive_form,
            template="steps/closing/_archive.html",
            follows="归档后材料只供查阅。",
        ),
    ),
)
