"""催办 of one sample item as acts (第十六条（四）, 附件 2), and how each kind of them is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

from portal.config import Settings
from portal.demo import sample
from portal.demo.history import people, texts
from portal.demo.history.act import Act, Course
from portal.demo.history.opening import Row
from portal.demo.history.stage import Stage, intent_of
from portal.models import Item, UrgeNotice, UrgeQuestion
from portal.rulebook import urging, workdays
from portal.rulebook.scope import Viewer
from portal.steps.urging import commands, replying

DRAFTED, SIGNED, REVIEWED, APPROVED = time(8, 45), time(9, 35), time(10, 35), time(14, 35)
ISSUED, VOIDED, STATED = time(16, 10), time(16, 40), time(17, 5)
RECEIVED, RULED, NOTED, REPLIED = time(9, 20), time(10, 5), time(11, 10), time(15, 5)
UNFINISHED = "ug_review"
"""Where the last notice of the sample has come to: signed by the leader in charge, no further."""


def urge(course: Course, row: Row) -> None:
    """Every notice of the item, in its order."""
    for notice in sample.urge_notices():
        if notice["item_id"] == row["id"]:
            _notice(course, row, notice)


def _notice(course: Course, row: Row, notice: Row) -> None:
    anchor = str(sample.organisation()["meta"]["anchor_date"])
    day = date.fromisoformat(notice["on"] or anchor)
    limit = _working_days(day, notice["limit"])
    course.aside(day, DRAFTED, people.OFFICE, "urge", limit_days=limit)
    leader = row["responsible_leader_id"]
    if leader not in people.SIGN_LATER:
        course.aside(day, SIGNED, leader, "sign_urge", act="sign_urge")
    if notice["status"] == UNFINISHED:
        return
    course.aside(day, REVIEWED, people.OFFICE_LEADER, "sign_urge", act="review_urge")
    for principal in people.PRINCIPALS[row["principal"]]:
        course.aside(day, APPROVED, principal, "sign_urge", act="approve_urge")
    course.aside(day, ISSUED, people.OFFICE, "issue_urge")
    if notice["status"] == "ug_void":
        reason = notice["void_reason"]
        course.aside(day, VOIDED, people.OFFICE_HEAD, "void_urge", opinion=reason)
        return
    _afterwards(course, row, notice, day)


def _afterwards(course: Course, row: Row, notice: Row, day: date) -> None:
    """The unit signs and answers, both offices put it on file; of a unit that obeyed in the end the
    sample knows no reason, of the other one what was said and not accepted."""
    following, unit = workdays.built_in().add_workdays(day, 1), row["lead_unit_id"]
    head = people.head_of(unit, following)
    if (reason := texts.REASONS.get(notice["doc_seq"])) is not None:
        course.aside(day, STATED, people.head_of(unit, day), "state_reason", opinion=reason)
        course.aside(following, RULED, people.OFFICE_HEAD, "refuse_reason", opinion=texts.NO_REASON)
    course.aside(following, RECEIVED, head, "receive_urge")
    for office, act in ((people.HR, "note_urge_hr"), (people.DISCIPLINE, "note_urge_discipline")):
        course.aside(following, NOTED, office, "note_urge", act=act)
    full = texts.urge_reply(row["id"], notice["doc_no"])
    replied = date.fromisoformat(full["written_on"]) if full else following
    course.aside(
        replied, REPLIED, people.head_of(unit, replied), "reply_urge",
        opinion=full["problems"] if full else texts.URGED_BECAUSE,
        measures=full["next_steps"] if full else texts.URGED_NEXT,
        promised=date.fromisoformat(notice["limit"]) + timedelta(days=6 if full else 0),
    )  # fmt: skip


def _working_days(day: date, limit: str) -> int:
    calendar, last = workdays.built_in(), date.fromisoformat(limit) if limit else day
    days = (day + timedelta(days=number) for number in range(1, (last - day).days + 1))
    return max(1, sum(calendar.is_workday(one) for one in days))


def _urge(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    missed = urging.urgeable(item, viewer.moment.day)[item.lead_unit_id]
    commands.urge(
        viewer, item, item.lead_unit_id, intent_of(act),
        subject=commands.subject_of(item, item.lead_unit_id, missed, viewer.moment.day),
        limit_days=act.values["limit_days"],
        declared=True,
    )  # fmt: skip


def _latest(stage: Stage, viewer: Viewer, item: Item) -> UrgeNotice:
    """The notice under way: one at a time."""
    return stage.first(
        viewer, item, UrgeNotice, UrgeNotice.state.not_in(("ug_met", "ug_unmet", "ug_void"))
    )


def _sign(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    notice = _latest(stage, viewer, item)
    commands.sign(viewer, item, act.values["act"], notice, intent_of(act))


def _note(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    notice = _latest(stage, viewer, item)
    commands.note(viewer, item, act.values["act"], notice, intent_of(act))


def _issue(stage: Stage, act: Act, settings: Settings) -> None:
    viewer, item = stage.enter(act)
    notice = _latest(stage, viewer, item)
    commands.issue(viewer, item, notice, intent_of(act), word=settings.urge_word)


def _receive(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    commands.receive(viewer, item, _latest(stage, viewer, item), intent_of(act))


def _void(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    notice = _latest(stage, viewer, item)
    commands.void(viewer, item, notice, intent_of(act), consent=texts.VOID_AGREED)


def _reply(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    replying.reply(
        viewer, item, _latest(stage, viewer, item), intent_of(act),
        measures=act.values["measures"], promised_on=act.values["promised"], declared=True,
    )  # fmt: skip


def _question(stage: Stage, viewer: Viewer, item: Item, state: str) -> UrgeQuestion:
    return stage.first(viewer, item, UrgeQuestion, UrgeQuestion.state == state)


def _state(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    question = _question(stage, viewer, item, "asked")
    commands.state_reason(viewer, item, question, intent_of(act), declared=True)


def _refuse(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    commands.refuse_reason(viewer, item, _question(stage, viewer, item, "stated"), intent_of(act))


DOERS: dict[str, Callable[[Stage, Act, Settings], None]] = {
    "urge": _urge,
    "sign_urge": _sign,
    "issue_urge": _issue,
    "void_urge": _void,
    "receive_urge": _receive,
    "note_urge": _note,
    "reply_urge": _reply,
    "state_reason": _state,
    "refuse_reason": _refuse,
}
