"""办结、销号、双备案、归档 as people meet them: /closing, /closure, /copy, /archive."""

from __future__ import annotations

from flask import Blueprint

from portal.act_pages import ActPage, Pages, form_of
from portal.models import Item
from portal.part_addresses import OFFICE_COPY, UNIT_COPY
from portal.rulebook.roles import Role
from portal.steps.closing import archiving, commands, returns
from portal.steps.closing.forms import (
    ClosingForm,
    CopyForm,
    KeepingForm,
    NotMetForm,
    PackageForm,
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


def _keeping_form(item: Item, _part: object) -> KeepingForm:
    office = next(iter(archiving.records_of(item)), None)
    return KeepingForm(
        version=item.version,
        usual=office.retention if office else "",
        location=office.location if office else "",
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
            act="set_keeping",
            address="/archive/keeping",
            command=lambda viewer, item, _part, form, intent: archiving.set_keeping(
                viewer,
                item,
                intent,
                location=form.location.data,
                retention=form.retention.data if "retention" in form else None,
            ),
            said="已登记保管信息",
            form=_keeping_form,
            template="steps/closing/_archive.html",
            follows="登记后档案包随之更新，双方须重新确认存档。",
            quiet=True,
        ),
        ActPage(
            act="keep_copy",
            address="/copy",
            command=lambda viewer, item, record, form, intent: archiving.keep_copy(
                viewer,
                item,
                record,
                intent,
                location=form.location.data,
                package=form.seen_package,
            ),
            form=lambda item, record: CopyForm(item=item, kept_at=record.location),
            template="steps/closing/_archive.html",
            said="已确认存档",
            follows="牵头单位与党政办双备案，两份档案包内容相同。",
            part=UNIT_COPY,
        ),
        ActPage(
            act="keep_ended_copy",
            address="/ended-copy",
            command=lambda viewer, item, record, form, intent: archiving.keep_copy(
                viewer,
                item,
                record,
                intent,
                location=form.location.data,
                package=form.seen_package,
                act="keep_ended_copy",
            ),
            form=lambda item, record: CopyForm(item=item, kept_at=record.location),
            template="steps/closing/_archive.html",
            said="已代为确认存档",
            follows="牵头单位已撤并，由党政办代为确认，该单位的一份由党政办一并保管。",
            part=UNIT_COPY,
        ),
        ActPage(
            act="archive",
            address="/archive",
            command=lambda viewer, item, _part, form, intent: archiving.archive(
                viewer, item, intent, package=form.seen_package
            ),
            said="已归档",
            form=lambda item, _part: PackageForm(item=item),
            template="steps/closing/_archive.html",
            follows="归档后材料只供查阅。",
        ),
        ActPage(
            act="renew_copy",
            address="/archive/copy",
            command=lambda viewer, item, record, form, intent: archiving.renew_copy(
                viewer, item, record, intent, package=form.seen_package
            ),
            said="已确认存档",
            form=lambda item, _record: PackageForm(item=item),
            template="steps/closing/_archive.html",
            button="确认存档",
            follows="档案包在归档后有更新，确认后以本版为准。",
            part=OFFICE_COPY,
        ),
    ),
)
