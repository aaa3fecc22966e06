"""The form of 登记电话督办: whom, when, what was answered; the rest is folded."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from wtforms import DateField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from portal.extensions import db
from portal.forms import DeclaredForm, choices_of, clean
from portal.models import Appointment, Item, ItemMember, ItemUnit, Person, Unit
from portal.moment_field import MomentField, this_minute
from portal.printed_texts import can_be_printed
from portal.rulebook.guards import CALL_CHANNELS, PURPOSES, REPLIES, Call
from portal.rulebook.roles import LABELS, Role, holds_directly, in_force
from portal.scanned_forms import ScannedTexts, no_secrets
from portal.web import viewer

LENGTH = 300
CALLERS = (
    Role.OFFICE_STAFF, Role.OFFICE_HEAD, Role.OFFICE_LEADER, Role.RESPONSIBLE_LEADER,
    Role.SECRETARY, Role.PRESIDENT,
)  # fmt: skip
"""Who supervises by telephone: 党政办 and the leaders (第三至五条)."""


def _text(label: str) -> TextAreaField:
    return TextAreaField(
        label, validators=[no_secrets, can_be_printed, Length(max=LENGTH)], filters=[clean]
    )


class CallForm(ScannedTexts, DeclaredForm):
    """What one call was about. Ten seconds: the person called, the time (now), the answer."""

    callee = SelectField("通话对象", coerce=int)
    called_at = MomentField("通话时间", validators=[DataRequired("请填写通话时间。")])
    reply = _text("答复情况")
    reply_form = RadioField("答复形式", choices=choices_of(REPLIES), default="oral")
    replied_at = MomentField("答复时间", validators=[Optional()])
    promised_on = DateField("约定书面反馈日期", validators=[Optional()])
    purpose = RadioField("记录类型", choices=choices_of(PURPOSES), default="supervise")
    channel = RadioField("方式", choices=choices_of(CALL_CHANNELS), default="phone")
    caller = SelectField("通话人", coerce=int)
    content = _text("通话内容")
    requirement = _text("办理要求")
    deadline = DateField("要求完成日期", validators=[Optional()])

    def __init__(self, *args: Any, item: Item, **kwargs: Any) -> None:
        super().__init__(*args, version=item.version, **kwargs)
        self.callee.choices = _of_units(item)
        self.caller.choices = _callers(item)
        if not self.is_submitted():
            self.called_at.data = this_minute()
            self.caller.data = viewer().person_id
            self.callee.data = _handler(item)

    @property
    def call(self) -> Call:
        """What was written down; without an answer its form and time say nothing."""
        answered = bool(self.reply.data)
        return Call(
            called_at=self.called_at.data or viewer().moment.instant,
            caller_id=self.caller.data,
            callee_id=self.callee.data,
            channel=self.channel.data,
            purpose=self.purpose.data,
            content=self.content.data or "",
            requirement=self.requirement.data or "",
            deadline=self.deadline.data,
            reply=self.reply.data or "",
            reply_form=self.reply_form.data if answered else None,
            replied_at=self.replied_at.data if answered else None,
            promised_on=self.promised_on.data,
        )


def call_form(item: Item, _part: Any) -> CallForm:
    """The form for this item."""
    return CallForm(item=item)


def _of_units(item: Item) -> list[SelectChoice]:
    """The people of the item's units today, the lead unit's first."""
    rows = db.session.execute(
        select(Person.id, Person.name, Unit.short_name)
        .join(Appointment, Appointment.person_id == Person.id)
        .join(Unit, Unit.id == Appointment.unit_id)
        .join(ItemUnit, ItemUnit.unit_id == Unit.id)
        .where(
            ItemUnit.item_id == item.id,
            ItemUnit.role != "former",
            Person.active,
            in_force(Appointment, viewer().moment.day),
        )
        .order_by(ItemUnit.role.desc(), Unit.sort_no, Person.sort_no)
    )
    named = {row.id: f"{row.name}（{row.short_name}）" for row in rows}
    return [SelectChoice(id_, label) for id_, label in named.items()]


def _callers(item: Item) -> list[SelectChoice]:
    """党政办 and the leaders, each once, by the office named first."""
    moment = viewer().moment
    found: dict[int, str] = {}
    for role in CALLERS:
        held = holds_directly(role, Person.id, moment, item=item)
        people = select(Person.id, Person.name).where(Person.active, held)
        for row in db.session.execute(people.order_by(Person.sort_no)):
            found.setdefault(row.id, f"{row.name}（{LABELS[role]}）")
    return [SelectChoice(id_, label) for id_, label in found.items()]


def _handler(item: Item) -> int | None:
    """The lead unit's 承办人, who is called most."""
    return db.session.scalar(
        select(ItemMember.person_id).where(
            ItemMember.item_id == item.id,
            ItemMember.unit_id == item.lead_unit_id,
            ItemMember.role == "handler",
        )
    )
