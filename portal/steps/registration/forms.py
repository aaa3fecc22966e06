"""The form of 立项 (附件 1) and the act of 编号备案."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
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
from wtforms.validators import DataRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from portal.extensions import db
from portal.forms import ActForm, clean
from portal.models import Item, ItemUnit, Unit
from portal.rulebook import policy
from portal.scanned_forms import ScannedTexts, no_secrets
from portal.steps.registration.classification_fields import ClassifiedFields
from portal.steps.registration.commands import ItemFields
from portal.web import viewer

TITLE_LENGTH, REQUIREMENT_LENGTH, TEXT_LENGTH = 60, 300, 200
DAYS_MOST = 3650
"""No time limit runs for longer; a later date is a slip of typing. Open-ended items have 长期."""
BY_RULE = SelectChoice("", "按来源确定")


def _choices(rows: Iterable[Any]) -> list[SelectChoice]:
    return [SelectChoice(row.id, row.label) for row in rows]


def _line(text: str | None) -> str:
    return " ".join(clean(text).split()).rstrip("。")


def _within_reach(_form: ActForm, field: DateField) -> None:
    if field.data - viewer().moment.day > timedelta(days=DAYS_MOST):
        raise ValidationError("请核对日期：完成时限不超过十年；没有时限的请选择长期。")


class ItemForm(ClassifiedFields, ScannedTexts, ActForm):
    """The few fields of a new item. `secret` carries the one answer to the 涉密 question."""

    secret = StringField(widget=HiddenInput(), default="no")
    title = StringField(
        "事项",
        validators=[DataRequired("请填写事项。"), no_secrets, Length(max=TITLE_LENGTH)],
        filters=[_line],
    )
    requirement = TextAreaField(
        "办理要求",
        validators=[DataRequired("请填写办理要求。"), no_secrets, Length(max=REQUIREMENT_LENGTH)],
        filters=[clean],
    )
    source_type = SelectField("事项来源", validators=[DataRequired("请选择事项来源。")])
    source_ref = StringField(
        "立项依据", validators=[no_secrets, Length(max=TEXT_LENGTH)], filters=[_line]
    )
    source_date = DateField("依据日期", validators=[Optional()])
    lead_unit = SelectField("牵头单位", coerce=int, validators=[DataRequired("请选择牵头单位。")])
    co_units = SelectMultipleField(
        "协办单位",
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    level = RadioField("等级", coerce=int, default=2)
    deadline_kind = RadioField(
        "完成时限",
        choices=[
            SelectChoice("days", "自交办之日起若干天"),
            SelectChoice("date", "明确日期"),
            SelectChoice("open", "长期"),
        ],
        default="days",
    )
    deadline_days = IntegerField(
        "天数",
        validators=[Optional(), NumberRange(1, DAYS_MOST, f"请填写1至{DAYS_MOST}之间的天数。")],
    )
    deadline_date = DateField("日期", validators=[Optional(), _within_reach])
    deadline_basis = StringField(
        "时限依据", validators=[no_secrets, Length(max=TEXT_LENGTH)], filters=[_line]
    )
    category = SelectField("类别")
    method = SelectField("督办督查方式", default="written")
    principal = SelectField("审定人")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = policy.CURRENT
        self.source_type.choices = [SelectChoice("", "请选择"), *_choices(rows.source_types)]
        self.category.choices = [BY_RULE, *_choices(rows.categories)]
        self.method.choices = _choices(rows.methods)
        self.principal.choices = [BY_RULE, *_choices(rows.principals)]
        self.level.choices = [SelectChoice(row.number, row.label) for row in rows.levels]
        units = db.session.execute(
            select(Unit.id, Unit.short_name).where(Unit.valid_to.is_(None)).order_by(Unit.sort_no)
        ).all()
        self.co_units.choices = [SelectChoice(row.id, row.short_name) for row in units]
        self.lead_unit.choices = [SelectChoice(0, "请选择"), *self.co_units.choices]

    def fields(self) -> ItemFields:
        """The checked values."""
        return ItemFields(
            title=self.title.data,
            requirement=self.requirement.data,
            source_type=self.source_type.data,
            source_ref=self.source_ref.data or "",
            source_date=self.source_date.data,
            category=self.category.data,
            level=self.level.data,
            method=self.method.data,
            deadline_kind=self.deadline_kind.data,
            deadline_days=self.deadline_days.data,
            deadline_date=self.deadline_date.data,
            deadline_basis=self.deadline_basis.data or "",
            principal=self.principal.data,
            lead_unit_id=self.lead_unit.data,
            co_unit_ids=tuple(self.co_units.data or ()),
        )


class FilingForm(ActForm):
    """编号备案; with 「仅编号备案」 the notice is released later, in an act of its own."""

    hold = BooleanField("仅编号备案")


def form_of(item: Item) -> ItemForm:
    """The form filled from a draft."""
    co_units = db.session.scalars(
        select(ItemUnit.unit_id).where(ItemUnit.item_id == item.id, ItemUnit.role == "co")
    ).all()
    return ItemForm(
        obj=item, version=item.version, lead_unit=item.lead_unit_id, co_units=list(co_units)
    )
