"""A notice in words, for the panels of its acts: whom it urges, for what, until when."""

from __future__ import annotations

from typing import NamedTuple

from portal.extensions import db
from portal.filters import as_day, full_date
from portal.models import Event, Item, Opinion, Unit, UrgeNotice, UrgeQuestion
from portal.rulebook import urging
from portal.rulebook.machines import state_word
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.workdays import DAY

Part = UrgeNotice | UrgeQuestion


class Row(NamedTuple):
    """One line of the notice."""

    label: str
    text: str


def unit_of(part: Part) -> str:
    """The unit that is urged, or asked."""
    return db.session.get_one(Unit, part.unit_id).short_name


def rows_of(viewer: Viewer, part: Part) -> list[Row]:
    """What whoever acts on a notice, or on its question, reads before doing so."""
    notice = part if isinstance(part, UrgeNotice) else db.session.get_one(UrgeNotice, part.urge_id)
    item = db.session.get_one(Item, notice.item_id)
    number = urging.number_of_notice(notice)
    rows = [
        Row("催办单位", db.session.get_one(Unit, notice.unit_id).name),
        Row("文号", str(number) if number else ""),
        Row("催办事项", notice.subject),
        Row("办理要求", urging.requirement_of(item, notice)),
    ]
    if notice.fast and number is None:
        rows.append(Row("说明", "一级事项先下达后补签，审核同意后即编号下达。"))
    question = part if isinstance(part, UrgeQuestion) else question_of(viewer, notice)
    if question is not None:
        rows += _reason(viewer, question)
    if notice.replied_at is not None:
        entered = words_of(viewer, "enter_urge_reply", notice)
        label = "承办单位回复（代录）" if entered else "承办单位回复"
        rows.append(Row(label, entered or words_of(viewer, "reply_urge", notice)))
    return [row for row in rows if row.text]


def _reason(viewer: Viewer, question: UrgeQuestion) -> list[Row]:
    said = state_word("urge_question", question.state)
    if question.state == "asked":
        # The question closes as its last day ends.
        said = f"{said}，{full_date(as_day(question.answer_by) - DAY)}前"
    return [
        Row("正当理由", said),
        Row("理由说明", words_of(viewer, "state_reason", question)),
        Row(
            "审核意见",
            words_of(viewer, "accept_reason", question)
            or words_of(viewer, "refuse_reason", question),
        ),
    ]


def question_of(viewer: Viewer, notice: UrgeNotice) -> UrgeQuestion | None:
    """The question that was asked with the notice."""
    return db.session.scalars(
        visible(viewer, UrgeQuestion).where(UrgeQuestion.urge_id == notice.id)
    ).one_or_none()


def words_of(viewer: Viewer, act: str, part: Part) -> str:
    """What was written with an act on the notice or its question; empty before it is done."""
    said = db.session.scalars(
        visible(viewer, Event)
        .join(Opinion, Opinion.id == Event.opinion_id)
        .where(
            Event.item_id == part.item_id,
            Event.act == act,
            Event.subject == part.__tablename__,
            Event.subject_id == part.id,
        )
        .order_by(Event.id.desc())
        .limit(1)
        .with_only_columns(Opinion.body)
    ).one_or_none()
    return said or ""
