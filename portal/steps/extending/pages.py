"""延期、免于督办 as people meet them: /extension, /extensions/<id>/decision, /refusal and more."""

from __future__ import annotations

from flask import Blueprint
from flask.sansio.blueprints import BlueprintSetupState

from portal.act_pages import ActPage, Pages, form_of
from portal.forms import OpinionForm, ReasonForm
from portal.models import Extension, Item
from portal.part_addresses import EXTENSION
from portal.rulebook.extending import KINDS
from portal.rulebook.phrases import phrases
from portal.steps.extending import commands
from portal.steps.extending.forms import CallForm, RequestForm
from portal.steps.extending.outline import Fact, matter_words, terms_words
from portal.web import viewer

blueprint = Blueprint("extending", __name__)
FOLDER = "steps/extending/"
STANDS = "不同意的，原时限不变，逾期从原时限起算。"


@blueprint.record_once
def add_globals(state: BlueprintSetupState) -> None:
    """What the templates of a request ask for."""
    state.app.jinja_env.globals.update(
        extension_terms=_terms, extension_matter=matter_words, extension_phrases=_phrases
    )


def _terms(item: Item) -> list[Fact]:
    return terms_words(item, viewer().moment.instant)


def _phrases(extension: Extension) -> list[str]:
    """常用语 for agreeing to more time; those with blanks and those that refuse are left out."""
    if extension.kind != "extend":
        return []
    return [text for text in phrases()["延期"] if text.startswith("同意") and "{" not in text]


def _request_form(item: Item, _part: object) -> RequestForm:
    return RequestForm(item=item)


def _call_form(item: Item, _part: object) -> CallForm:
    return CallForm(item=item)


DECISIONS = {
    "sign_extension": "签署后送分管校领导签字。",
    "agree_extension": "签字后送党政办审核。",
    "check_extension": "审核同意后，不需其他领导审核的即生效。",
    "review_extension": "审核同意后，不需主要领导审定的即生效。",
    "approve_extension": "审定同意后生效，按新的完成时限办理。",
    "exempt": "批准后本事项不再督办，正在办理的签批一并结束。",
}
"""The acts that agree, and what follows."""


def _decision(act: str) -> ActPage:
    return ActPage(
        act=act,
        address="/decision",
        command=lambda viewer, item, extension, _form, intent: commands.agree(
            viewer, item, act, extension, intent
        ),
        said="已签批",
        form=form_of(OpinionForm),
        template=FOLDER + "_decide.html",
        button="同意",
        follows=f"{DECISIONS[act]}{STANDS}",
        part=EXTENSION,
    )


def _named(extension: Extension) -> str:
    return KINDS[extension.kind]


PAGES = Pages(
    blueprint,
    (
        ActPage(
            act="extend",
            address="/extension",
            command=lambda viewer, item, _part, form, intent: commands.extend(
                viewer,
                item,
                form.asked,
                intent,
                declared=bool(form.declared.data),
                files=form.sound_files,
            ),
            said="已提出申请",
            form=_request_form,
            template=FOLDER + "_request.html",
            title=lambda _part: "申请延期、免于督办",
            button="提交申请",
            follows="承办人提出的由单位负责人签署。按时提出的申请待审期间不计逾期。",
            quiet=True,
        ),
        ActPage(
            act="write_extension",
            address="/written",
            command=lambda viewer, item, extension, form, intent: commands.write(
                viewer,
                item,
                extension,
                form.asked,
                intent,
                declared=bool(form.declared.data),
                files=form.sound_files,
            ),
            said="已补交书面申请",
            form=_request_form,
            template=FOLDER + "_request.html",
            button="提交申请",
            follows="按期补交的，以口头申请的时间认定是否按时。",
            part=EXTENSION,
        ),
        ActPage(
            act="note_oral_extension",
            address="/extension/oral",
            command=lambda viewer, item, _part, form, intent: commands.note_oral(
                viewer, item, form.call, intent
            ),
            said="已登记口头申请",
            form=_call_form,
            template=FOLDER + "_call.html",
            follows="承办单位应于1个工作日内补交书面申请，逾期未补的口头申请失效。",
            quiet=True,
        ),
        *(_decision(act) for act in DECISIONS),
        ActPage(
            act="refuse_extension",
            address="/refusal",
            command=lambda viewer, item, extension, _form, intent: commands.refuse(
                viewer, item, extension, intent
            ),
            said="已作出不同意的决定",
            form=form_of(ReasonForm),
            template="steps/_reason.html",
            title=lambda extension: f"不同意{_named(extension)}",
            button="确认不同意",
            follows=f"理由送承办单位。{STANDS}",
            quiet=True,
            refuse=True,
            part=EXTENSION,
        ),
        ActPage(
            act="withdraw_extension",
            address="/withdrawal",
            command=lambda viewer, item, extension, _form, intent: commands.withdraw(
                viewer, item, extension, intent
            ),
            said="已撤回申请",
            title=lambda extension: f"撤回{_named(extension)}申请",
            button="确认撤回",
            follows="撤回后原时限不变；再次申请的，以再次提出的时间认定是否按时。",
            quiet=True,
            part=EXTENSION,
        ),
    ),
)
