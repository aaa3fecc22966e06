"""The form of 模板: a name, and the contents of a draft that do not change from year to year."""

from __future__ import annotations

from typing import Any

from wtforms import (
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.accounts.queries import units_in_order
from portal.extensions import db
from portal.forms import DeclaredForm, clean
from portal.models import Item, ItemTemplate
from portal.printed_texts import can_be_printed
from portal.rulebook import offers, policy
from portal.rulebook.periods import LONGEST
from portal.scanned_forms import ScannedTexts, no_secrets
from portal.steps.registration.forms import (
    BY_SOURCE,
    REQUIREMENT_LENGTH,
    TITLE_LENGTH,
    contents,
)
from portal.steps.registration.templates import Contents
from portal.web import viewer

NAME_LENGTH = 30


def _line(text: str | None) -> str:
    return " ".join(clean(text).split())


class TemplateForm(ScannedTexts, DeclaredForm):
    """A name is needed, a title and a lead unit; the rest may be left to the draft."""

    name = StringField(
        "模板名称",
        validators=[DataRequired("请填写模板名称。"), no_secrets, Length(max=NAME_LENGTH)],
        filters=[_line],
    )
    title = StringField(
        "事项",
        validators=[
            DataRequired("请填写事项。"),
            no_secrets,
            can_be_printed,
            Length(max=TITLE_LENGTH),
        ],
        filters=[_line],
    )
    requirement = TextAreaField(
        "办理要求",
        validators=[no_secrets, can_be_printed, Length(max=REQUIREMENT_LENGTH)],
        filters=[clean],
    )
    source_type = SelectField("事项来源")
    lead_unit = SelectField("牵头单位", coerce=int, validators=[DataRequired("请选择牵头单位。")])
    level = RadioField("等级", coerce=int, default=2)
    method = SelectField("督办督查方式")
    deadline_days = IntegerField(
        "天数",
        validators=[
            Optional(),
            NumberRange(1, LONGEST.days, f"请填写1至{LONGEST.days}之间的天数。"),
        ],
    )
    co_units = SelectMultipleField(
        "协办单位",
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows, day = policy.CURRENT, viewer().moment.day
        self.source_type.choices = [
            SelectChoice("", "请选择"),
            *(SelectChoice(row.id, row.label) for row in rows.source_types),
        ]
        self.method.choices = [
            BY_SOURCE, *(SelectChoice(row.id, row.label) for row in rows.methods)
        ]  # fmt: skip
        self.level.choices = [SelectChoice(row.number, row.label) for row in rows.levels]
        mine = db.session.scalars(offers.units_to_draft_for(viewer()))
        self.lead_unit.choices = [
            SelectChoice(0, "请选择"), *(SelectChoice(unit.id, unit.short_name) for unit in mine)
        ]  # fmt: skip
        self.co_units.choices = [
            SelectChoice(unit.id, unit.short_name) for unit in units_in_order(day)
        ]

    def contents(self) -> Contents:
        """The checked values."""
        return Contents(
            name=self.name.data,
            title=self.title.data,
            requirement=self.requirement.data,
            source_type=self.source_type.data,
            level=self.level.data,
            method=self.method.data,
            deadline_days=self.deadline_days.data,
            lead_unit_id=self.lead_unit.data,
            co_unit_ids=tuple(self.co_units.data or ()),
        )


def form_from(item: Item) -> TemplateForm:
    """A new template's form, filled from an item."""
    given = contents(item)
    given["name"] = item.title[:NAME_LENGTH]
    form = TemplateForm(data=given)
    there = {option.value for option in form.co_units.choices}
    form.co_units.data = [unit for unit in form.co_units.data or () if unit in there]
    return form


def form_with(template: ItemTemplate) -> TemplateForm:
    """The form of a template there is."""
    names = ("name", "title", "requirement", "source_type", "level", "method", "deadline_days")
    given: dict[str, Any] = {name: getattr(template, name) for name in names}
    given |= {"lead_unit": template.lead_unit_id, "co_units": list(template.co_unit_ids)}
    return TemplateForm(data=given)
