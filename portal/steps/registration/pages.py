"""提交、编号备案、退回、撤回、删除 as people meet them: /submission, /filing …"""

from __future__ import annotations

from flask import Blueprint, url_for
from flask.sansio.blueprints import BlueprintSetupState

from portal.act_pages import ActPage, Pages, form_of
from portal.forms import DeclaredForm, ReasonForm
from portal.steps.registration import commands
from portal.steps.registration.forms import FilingForm
from portal.steps.registration.returned import returned_note
from portal.steps.registration.undoing import submitted
from portal.web import settings, to, viewer

blueprint = Blueprint("registration", __name__)
FOLDER = "steps/registration/"


@blueprint.record_once
def add_globals(state: BlueprintSetupState) -> None:
    """What the templates of a form ask for: why it came back."""
    state.app.jinja_env.globals.update(returned_note=lambda item: returned_note(viewer(), item))


def _submission(act: str) -> ActPage:
    return ActPage(
        act=act,
        address="/submission",
        command=lambda viewer, item, _part, form, intent: commands.submit(
            viewer, item, intent, declared=bool(form.declared.data), act=act
        ),
        said="已提交立项",
        form=form_of(DeclaredForm),
        template=FOLDER + "_submit.html",
        follows="提交后进入签批。" if act == "submit" else "提交后由单位负责人确认。",
        done=submitted,
    )


PAGES = Pages(
    blueprint,
    (
        _submission("submit"),
        _submission("submit_unit"),
        ActPage(
            act="file",
            address="/filing",
            command=lambda viewer, item, _part, form, intent: commands.file(
                viewer,
                item,
                intent,
                word=settings().item_word,
                release=not (form.hold.data or settings().separate_release),
            ),
            said="已编号备案",
            form=form_of(FilingForm),
            button="编号备案并下达",
            second="仅编号备案",
            follows="编号按年度顺序生成，备案后不可收回；下达之日为起算日。",
        ),
        ActPage(
            act="file_after",
            address="/filing",
            command=lambda viewer, item, _part, _form, intent: commands.file(
                viewer, item, intent, word=settings().item_word
            ),
            said="已编号备案",
            follows="编号按年度顺序生成，备案后不可收回；交办日期和完成时限不变。",
        ),
        ActPage(
            act="return_filing",
            address="/filing/return",
            command=lambda viewer, item, _part, _form, intent: commands.send_back(
                viewer, item, intent
            ),
            said="已退回",
            form=form_of(ReasonForm),
            template="steps/_reason.html",
            title=lambda _part: "退回",
            button="确认退回",
            follows="退回拟稿人，修改后重新提交。",
            quiet=True,
        ),
        ActPage(
            act="withdraw",
            address="/withdrawal",
            command=lambda viewer, item, _part, _form, intent: commands.withdraw(
                viewer, item, intent
            ),
            said="已撤回",
            button="确认撤回",
            follows="下一环节办理前可以撤回，撤回后为草稿。",
            quiet=True,
        ),
        ActPage(
            act="delete",
            address="/deletion",
            command=lambda viewer, item, _part, _form, intent: commands.delete_draft(
                viewer, item, intent
            ),
            said="草稿已删除",
            button="确认删除",
            follows="删除后不能恢复。",
            quiet=True,
            refuse=True,
            done=lambda: to(url_for("desk.todo")),
        ),
    ),
)
