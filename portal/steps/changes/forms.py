"""The forms of 作废、调整、恢复督办: the new values, and the reason."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.extensions import db
from portal.forms import DECLARATION, ReasonForm, clean
from portal.models import Item, Person, Unit
from portal.printed_texts import can_be_printed
from portal.rulebook import changing, policy
from portal.rulebook.periods import LONGEST
from portal.scanned_forms import ScannedTexts, no_secrets
from portal.steps.changes.adjusting import AdjustFields
from portal.unit_field import unit_choices

REQUIREMENT_LENGTH, BASIS_LENGTH, DAYS_MOST = 300, 200, LONGEST.days


class ReassignForm(ReasonForm):
    """调整承办单位."""

    lead_unit = SelectField("牵头单位", coerce=int, validators=[DataRequired("请选择牵头单位。")])
    co_units = SelectMultipleField(
        "协办单位",
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    new_due = DateField("完成时限", validators=[Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = db.session.scalars(
            select(Unit).where(Unit.valid_to.is_(None)).order_by(Unit.sort_no)
        )
        self.co_units.choices = unit_choices(rows)
        self.lead_unit.choices = self.co_units.choices


class AdjustForm(ScannedTexts, ReasonForm):
    """调整事项要素: what stays as it is, is left as it is."""

    level = RadioField("等级", coerce=int)
    deadline_kind = RadioField(
        "完成时限",
        choices=[
            SelectChoice("", "不调整"),
            SelectChoice("days", "自交办之日起若干天"),
            SelectChoice("date", "明确日期"),
            SelectChoice("open", "长期"),
        ],
        default="",
    )
    deadline_days = IntegerField(
        "天数",
        validators=[Optional(), NumberRange(1, DAYS_MOST, f"请填写1至{DAYS_MOST}之间的天数。")],
    )
    deadline_date = DateField("日期", validators=[Optional()])
    deadline_basis = StringField(
        "时限依据",
        validators=[no_secrets, can_be_printed, Length(max=BASIS_LENGTH)],
        filters=[clean],
    )
    responsible_leader = SelectField("责任校领导", coerce=int)
    requirement = TextAreaField(
        "办理要求",
        validators=[
            DataRequired("请填写办理要求。"),
            no_secrets,
            can_be_printed,
            Length(max=REQUIREMENT_LENGTH),
        ],
        filters=[clean],
    )
    declared = BooleanField(DECLARATION, validators=[InputRequired("请勾选确认后再提交。")])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.level.choices = [SelectChoice(row.number, row.label) for row in policy.CURRENT.levels]
        rows = db.session.execute(
            select(Person.id, Person.name)
            .where(Person.active, Person.rank_no.is_not(None))
            .order_by(Person.rank_no)
        )
        self.responsible_leader.choices = [SelectChoice(row.id, row.name) for row in rows]

    def fields(self) -> AdjustFields:
        """The checked values."""
        return AdjustFields(
            level=self.level.data,
            requirement=self.requirement.data,
            responsible_leader_id=self.responsible_leader.data,
            deadline_kind=self.deadline_kind.data,
            deadline_days=self.deadline_days.data,
            deadline_date=self.deadline_date.data,
            deadline_basis=self.deadline_basis.data or "",
        )


class ReopenForm(ReasonForm):
    """恢复督办."""

    new_due = DateField("新的完成时限", validators=[Optional()])


def void_form(item: Item) -> ReasonForm:
    """作废 asks the reason only."""
    return ReasonForm(version=item.version)


def reassign_form(item: Item) -> ReassignForm:
    """The units as they are now."""
    return ReassignForm(
        version=item.version, lead_unit=item.lead_unit_id, co_units=changing.co_units(item)
    )


def adjust_form(item: Item) -> AdjustForm:
    """The elements as they are now."""
    return AdjustForm(
        version=item.version,
        level=item.level,
        responsible_leader=item.responsible_leader_id,
        requirement=item.requirement,
    )


def reopen_form(item: Item) -> ReopenForm:
    """恢复督办 asks a new day and the reason."""
    return ReopenForm(version=item.version)
