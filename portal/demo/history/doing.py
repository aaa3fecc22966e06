"""How each kind of act of the sample's history is done: by the command that its page would call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from io import BytesIO

from sqlalchemy import select

from portal.attachments.checking import Sound, look_into
from portal.config import Settings
from portal.demo.drafts import draft_of
from portal.demo.first import draft_from
from portal.demo.history.act import Act
from portal.demo.history.blaming import DOERS as BLAMING
from portal.demo.history.handing import DOERS as HANDING
from portal.demo.history.inspecting import DOERS as INSPECTING
from portal.demo.history.lending import DOERS as LENDING
from portal.demo.history.printing import evidence_of, signed_sheet
from portal.demo.history.stage import Stage, intent_of
from portal.demo.history.urging import DOERS as URGING
from portal.extensions import db
from portal.models import (
    Approval,
    ApprovalSlot,
    ArchiveRecord,
    Change,
    Extension,
    Item,
    NeedToKnow,
)
from portal.models.extension import PENDING
from portal.rooms.archives import commands as archives
from portal.rooms.archives import making
from portal.rulebook.guards import CALL_CHANNELS, REPLIES, Call, Consent, Reply
from portal.rulebook.scope import Viewer
from portal.steps.changes import commands as changes
from portal.steps.closing import archiving, returns
from portal.steps.closing import commands as closing
from portal.steps.closing.simple import close_simple
from portal.steps.execution import commands as execution
from portal.steps.extending import commands as extending
from portal.steps.issuing import commands as issuing
from portal.steps.knowledge import commands as knowledge
from portal.steps.paper import commands as paper
from portal.steps.phone import commands as phone
from portal.steps.registration import commands as registration
from portal.steps.reviews import commands as reviews
from portal.steps.signing import commands as signing

Doer = Callable[[Stage, Act, Settings], None]
EVIDENCE = "证明材料.pdf"
ROLE_OF = {"L01": "secretary", "L02": "president"}


def _draft(stage: Stage, act: Act, _settings: Settings) -> None:
    made = draft_from(draft_of(act.values["row"]), stage.clock, key=act.key)
    stage.items[act.item] = made


def _submit(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    registration.submit(viewer, item, intent_of(act), declared=True)


def _issue_first(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    leader = stage.people[act.values["leader"]]
    consent = Consent(leader, stage.clock.now(), "phone")
    issuing.issue_first(viewer, item, intent_of(act), declared=True, consent=consent)


def _sign(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    signing.sign(viewer, item, act.values["act"], intent_of(act))


def _take_back(stage: Stage, act: Act, _settings: Settings) -> None:
    """撤回签批: whoever signed last thinks better of it."""
    viewer, item = stage.enter(act)
    signed = stage.first(
        viewer, item, ApprovalSlot,
        ApprovalSlot.person_id == viewer.person_id, ApprovalSlot.state == "agreed",
    )  # fmt: skip
    signing.take_back(viewer, item, signed, intent_of(act))


def _enter_paper(stage: Stage, act: Act, settings: Settings) -> None:
    """代录: what stands in the boxes of one sheet, with a scan of it."""
    viewer, item = stage.enter(act)
    scan = _sound(
        f"立项备案单（{item.title[:20]}）扫描件.pdf", signed_sheet(viewer, item, settings)
    )
    entries = [
        paper.Entry(
            name=f"box{number}",
            slot_id=_box(stage, viewer, item, given["person_id"]).id,
            signer_id=stage.people[given["person_id"]],
            signed_for_id=None,
            decided="agree",
            opinion=given["opinion"],
            paper_on=date.fromisoformat(given["on"]),
        )
        for number, given in enumerate(act.values["boxes"])
    ]
    paper.enter(viewer, item, entries, scan, intent_of(act), declared=True)


def _box(stage: Stage, viewer: Viewer, item: Item, leader: str) -> ApprovalSlot:
    running = select(Approval.id).where(Approval.item_id == item.id, Approval.state == "open")
    return stage.first(
        viewer, item, ApprovalSlot,
        ApprovalSlot.approval_id.in_(running),
        ApprovalSlot.step == "approve",
        ApprovalSlot.role == ROLE_OF[leader],
    )  # fmt: skip


def _sound(name: str, content: bytes) -> Sound:
    looked = look_into(name, BytesIO(content))
    if looked.sound is None:
        raise ValueError(f"the sample's file {name} bears a mark: {looked.finding.words}")
    return looked.sound


def _return(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    signing.send_back(viewer, item, intent_of(act), to_previous=False)


def _reject(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    signing.reject(viewer, item, intent_of(act))


def _file(stage: Stage, act: Act, settings: Settings) -> None:
    viewer, item = stage.enter(act)
    registration.file(
        viewer, item, intent_of(act),
        word=settings.item_word, release=act.values["release"],
    )  # fmt: skip


def _receive(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    share = stage.share(viewer, item, act.values["unit"])
    issuing.sign_receipt(viewer, item, share, intent_of(act))


def _assign_handler(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    share = stage.share(viewer, item, act.values["unit"])
    handler = stage.people[act.values["person"]]
    issuing.assign_handler(viewer, item, share, intent_of(act), handler)


def _grant_knowledge(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    person_id = stage.people[act.values["person"]]
    listed = select(NeedToKnow.id).where(
        NeedToKnow.item_id == item.id, NeedToKnow.person_id == person_id
    )
    if db.session.scalar(listed.limit(1)) is None:
        knowledge.grant(viewer, item, intent_of(act), person_id, None)


def _report(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    goes_with = execution.HandIn(
        point_id=stage.point(viewer, item, act.values["point"]),
        result_text=act.values.get("result", ""),
    )
    execution.report(
        viewer, item, item.lead_unit_id, act.values["fields"], intent_of(act),
        declared=True, with_it=goes_with,
    )  # fmt: skip


def _confirm_report(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    execution.confirm(viewer, item, stage.report(viewer, item, "fb_unit"), intent_of(act))


def _read_report(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    execution.read(viewer, item, stage.report(viewer, item, "fb_submitted"), intent_of(act))


def _hand_in(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    share = stage.share(viewer, item, act.values["unit"])
    execution.finish(viewer, item, share, intent_of(act))


def _apply_close(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    closing.apply_close(viewer, item, act.values["result"], intent_of(act), declared=True)


def _note_filing(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    returns.note(viewer, item, intent_of(act))


def _close(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    closing.close(viewer, item, intent_of(act))


def _keep_copy(stage: Stage, act: Act, _settings: Settings) -> None:
    _viewer, item = stage.enter(act)
    _package(item, stage.people[act.who])
    viewer, item = stage.enter(act)
    record = stage.first(viewer, item, ArchiveRecord, ArchiveRecord.keeper == "unit")
    archiving.keep_copy(viewer, item, record, intent_of(act))


def _package(item: Item, asked_by_id: int) -> None:
    """The archive package as a worker makes it, which both sides sign for."""
    package_id = archives.enter(item, asked_by_id)
    db.session.commit()
    if package_id is not None:
        making.make(package_id)


def _close_simple(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    reply = Reply(stage.people[act.values["by"]], act.values["replied_at"], act.values["form"])
    close_simple(viewer, item, act.values["result"], reply, intent_of(act), declared=True)


def _phone_record(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    given = act.values["call"]
    forms, channels = _by_label(REPLIES), _by_label(CALL_CHANNELS)
    call = Call(
        called_at=min(datetime.fromisoformat(given["at"]), stage.clock.now()),
        caller_id=stage.people[given["caller_id"]],
        callee_id=stage.people[given["callee_id"]],
        channel=channels[given["channel"]],
        purpose="supervise",
        content=given["content"],
        requirement="",
        deadline=None,
        reply=given["reply"] or "",
        reply_form=forms[given["reply_form"]] if given["reply"] else None,
        replied_at=act.values["replied_at"],
        promised_on=None,
    )
    phone.record(viewer, item, call, intent_of(act), declared=True)


def _by_label(labels: Mapping[str, str]) -> dict[str, str]:
    return {label: key for key, label in labels.items()}


def _review_yearly(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    reviews.review(viewer, item, intent_of(act), outcome=act.values["outcome"])


def _archive(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    archiving.archive(viewer, item, intent_of(act))


def _set_keeping(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    archiving.set_keeping(viewer, item, intent_of(act), location=act.values["location"])
    _viewer, item = stage.enter(act)
    _package(item, stage.people[act.who])


def _void(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    changes.void(viewer, item, intent_of(act))


def _agree(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    change = stage.first(viewer, item, Change, Change.state == "open")
    changes.agree(viewer, item, act.values["act"], change, intent_of(act))


def _ask_extension(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    given = dict(act.values["asked"])
    evidence, new_due = given.pop("evidence"), given.pop("new_due")
    asked = extending.Asked(**given, new_due=date.fromisoformat(new_due) if new_due else None)
    files = [_sound(EVIDENCE, evidence_of(item.title, asked.reason))] if evidence else []
    extending.extend(viewer, item, asked, intent_of(act), declared=True, files=files)
    request = stage.first(viewer, item, Extension, Extension.state.in_(PENDING))
    if request.state == "ext_unit":  # whoever 主持工作 asked as 承办人, and signs as the head
        signs = intent_of(act).also("sign_extension")
        extending.agree(viewer, item, "sign_extension", request, signs)


def _agree_extension(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    request = stage.first(viewer, item, Extension, Extension.state.in_(PENDING))
    extending.agree(viewer, item, act.values["act"], request, intent_of(act))


def _refuse_extension(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    request = stage.first(viewer, item, Extension, Extension.state.in_(PENDING))
    extending.refuse(viewer, item, request, intent_of(act))


DOERS: dict[str, Doer] = {
    "draft": _draft,
    "submit": _submit,
    "issue_first": _issue_first,
    "sign": _sign,
    "take_back": _take_back,
    "enter_paper": _enter_paper,
    "return": _return,
    "reject": _reject,
    "file": _file,
    "receive": _receive,
    "assign_handler": _assign_handler,
    "grant_knowledge": _grant_knowledge,
    "report": _report,
    "confirm_report": _confirm_report,
    "read_report": _read_report,
    "hand_in": _hand_in,
    "ask_extension": _ask_extension,
    "agree_extension": _agree_extension,
    "refuse_extension": _refuse_extension,
    "apply_close": _apply_close,
    "note_filing": _note_filing,
    "close_simple": _close_simple,
    "phone_record": _phone_record,
    "review_yearly": _review_yearly,
    "close": _close,
    "keep_copy": _keep_copy,
    "archive": _archive,
    "set_keeping": _set_keeping,
    "void": _void,
    "agree": _agree,
    **BLAMING,
    **HANDING,
    **LENDING,
    **URGING,
    **INSPECTING,
}
