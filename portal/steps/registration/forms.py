"""The form of 立项 (附件 1): few fields first, the rest proposed and open to change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from wtforms import (
    BooleanField,
    DateField,
    Field,
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

from portal.accounts.queries import post_labels, units_in_order
from portal.extensions import db
from portal.forms import ActForm, clean
from portal.models import Item, ItemUnit, Unit
from portal.printed_texts import can_be_printed
from portal.rulebook import offers, periods, policy, proposals
from portal.rulebook.periods import LONGEST, TOO_FAR, Period
from portal.rulebook.proposals import Given
from portal.rulebook.roles import in_force
from portal.scanned_forms import ScannedTexts, no_secrets
from portal.steps.registration.classification_fields import ClassifiedFields
from portal.steps.registration.commands import LEADER, ItemFields
from portal.steps.registration.queries import school_leaders
from portal.unit_field import unit_choices
from portal.web import viewer

TITLE_LENGTH, REQUIREMENT_LENGTH, TEXT_LENGTH = 60, 300, 200
OLDEST_SOURCE = timedelta(days=30 * 366)
"""A paper from before the longest 保管期限 is a slip of typing."""
BY_SOURCE = SelectChoice("", "按来源确定")
BY_LEVEL = SelectChoice("", "按等级确定")
BY_UNIT = SelectChoice(0, "按牵头单位确定")


def _choices(rows: Iterable[Any]) -> list[SelectChoice]:
    return [SelectChoice(row.id, row.label) for row in rows]


def _line(text: str | None) -> str:
    return " ".join(clean(text).split()).rstrip("。")


def _within_reach(_form: ActForm, field: DateField) -> None:
    if field.data and abs(field.data - viewer().moment.day) > LONGEST:
        raise ValidationError(TOO_FAR)


def _already_there(_form: ActForm, field: DateField) -> None:
    today = viewer().moment.day
    if field.data and not today - OLDEST_SOURCE <= field.data <= today:
        raise ValidationError("请核对日期：依据日期不晚于今天，也不早于三十年前。")


class ItemForm(ClassifiedFields, ScannedTexts, ActForm):
    """A draft needs a title and a lead unit; the rest is asked for at 提交立项.

    `secret` carries the one answer to the 涉密 question.
    """

    secret = StringField(widget=HiddenInput(), default="no")
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
    source_ref = StringField(
        "立项依据",
        validators=[no_secrets, can_be_printed, Length(max=TEXT_LENGTH)],
        filters=[_line],
    )
    source_date = DateField("依据日期", validators=[Optional(), _already_there])
    co_units = SelectMultipleField(
        "协办单位",
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    category = SelectField("类别")
    principal = SelectField("审定人")
    responsible_leader = SelectField("责任校领导", coerce=int)
    method = SelectField("督办督查方式")
    deadline_kind = RadioField(
        "完成时限",
        choices=[
            BY_LEVEL,
            SelectChoice("days", "自交办之日起若干天"),
            SelectChoice("date", "明确日期"),
            SelectChoice("open", "长期"),
        ],
        default="",
    )
    deadline_days = IntegerField(
        "天数",
        validators=[
            Optional(),
            NumberRange(1, LONGEST.days, f"请填写1至{LONGEST.days}之间的天数。"),
        ],
    )
    deadline_date = DateField("日期", validators=[Optional(), _within_reach])
    deadline_basis = StringField(
        "时限依据",
        validators=[no_secrets, can_be_printed, Length(max=TEXT_LENGTH)],
        filters=[_line],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows, day = policy.CURRENT, viewer().moment.day
        self.source_type.choices = [SelectChoice("", "请选择"), *_choices(rows.source_types)]
        self.category.choices = [BY_SOURCE, *_choices(rows.categories)]
        self.method.choices = [BY_SOURCE, *_choices(rows.methods)]
        self.principal.choices = [BY_SOURCE, *_choices(rows.principals)]
        self.level.choices = [SelectChoice(row.number, row.label) for row in rows.levels]
        self.responsible_leader.choices = [BY_UNIT, *_leaders(day)]
        self.co_units.choices = unit_choices(units_in_order(day))
        self.lead_unit.choices = self._lead_units()
        if self.for_own_unit and not self.is_submitted():
            self.lead_unit.data = self.lead_unit.choices[0].value

    def _lead_units(self) -> list[SelectChoice]:
        """第十二条: those one may draft for; a single one is the own unit, already chosen."""
        mine = unit_choices(db.session.scalars(offers.units_to_draft_for(viewer())))
        return mine if len(mine) == 1 else [SelectChoice(0, "请选择"), *mine]

    @property
    def for_own_unit(self) -> bool:
        """Whether there is no choice of the lead unit."""
        return len(self.lead_unit.choices) == 1

    @property
    def rest(self) -> list[Field]:
        """What is folded under 「更多内容」."""
        names = list(self._fields)
        begin, end = names.index("source_ref"), names.index("deadline_basis")
        return [self[name] for name in names[begin : end + 1]]

    @property
    def rest_open(self) -> bool:
        """Whether something of it is filled in or to be mended."""
        return self.marked or any(field.data or field.errors for field in self.rest)

    def validate_deadline_kind(self, field: RadioField) -> None:
        """What is typed counts, also where no kind was ticked; both at once say nothing."""
        if not field.data and self.deadline_days.data and self.deadline_date.data:
            raise ValidationError("天数和日期只填写一项。")

    def complete(self) -> bool:
        """第十六条（一）: what 提交立项 asks for beyond a draft, said at its field at once."""
        given = self.given()
        lacking = proposals.missing(self.title.data, self.requirement.data, given)
        settled = proposals.settle(given)
        period = Period(
            settled.deadline_kind,
            settled.deadline_days,
            settled.deadline_date,
            self.deadline_basis.data,
        )
        level = policy.CURRENT.level(given.level)
        found = periods.problem(level, period, viewer().moment.day)
        if found is not None:
            lacking[found.field] = found.message
        for name, said in lacking.items():
            if not self[name].errors:
                self[name].errors = [said]
        return not lacking

    def given(self) -> Given:
        """What is chosen, whether typed, stored or from an address; what is none is left out."""
        names = ("source_type", "category", "principal", "method")
        return Given(
            **{name: valid(self[name]) or "" for name in names},
            level=valid(self.level) or self.level.default,
            deadline_kind=self.kind_given() if valid(self.deadline_kind) is not None else "",
            deadline_days=self.deadline_days.data,
            deadline_date=self.deadline_date.data,
        )

    def fields(self) -> ItemFields:
        """The checked values."""
        return ItemFields(
            title=self.title.data,
            requirement=self.requirement.data,
            source_type=self.source_type.data,
            source_ref=self.source_ref.data,
            source_date=self.source_date.data,
            category=self.category.data,
            level=self.level.data,
            method=self.method.data,
            deadline_kind=self.kind_given(),
            deadline_days=self.deadline_days.data,
            deadline_date=self.deadline_date.data,
            deadline_basis=self.deadline_basis.data,
            principal=self.principal.data,
            responsible_leader_id=self.responsible_leader.data or None,
            lead_unit_id=self.lead_unit.data,
            co_unit_ids=tuple(self.co_units.data or ()),
        )

    def kind_given(self) -> str:
        """The kind of time limit: the one ticked, else that of what is typed."""
        if self.deadline_kind.data:
            return str(self.deadline_kind.data)
        if self.deadline_days.data:
            return "days"
        return "date" if self.deadline_date.data else ""


def valid(field: Any) -> Any:
    """The choice of a field if there is such a choice, else None."""
    return field.data if field.data in [option.value for option in field.choices] else None


def _leaders(day: date) -> list[SelectChoice]:
    leaders = school_leaders(day)
    posts = post_labels([leader.id for leader in leaders], day)
    return [
        SelectChoice(leader.id, f"{leader.name}　{posts.get(leader.id, '')}") for leader in leaders
    ]


class FilingForm(ActForm):
    """编号备案; with 「仅编号备案」 the notice is released later, in an act of its own."""

    hold = BooleanField("仅编号备案")


def form_of(item: Item, **how: Any) -> ItemForm:
    """The form filled from a draft: what its drafter chose, the rest left to the rule-book.

    With `formdata=None` also where another content was just sent.
    """
    marked = {"classification": item.classification}
    form = ItemForm(version=item.version, data=contents(item) | marked, **how)
    day = viewer().moment.day
    gone = db.session.execute(
        select(Unit.short_name, ItemUnit.role)
        .join(ItemUnit, ItemUnit.unit_id == Unit.id)
        .where(ItemUnit.item_id == item.id, ~in_force(Unit, day))
    )
    for row in gone:
        field = form.lead_unit if row.role == "lead" else form.co_units
        field.errors = [*field.errors, f"{row.short_name}已撤销，请改选现有单位。"]
    return form


def contents(item: Item) -> dict[str, Any]:
    """What stands in the fields of a draft, by their names."""
    own = ("title", "requirement", "source_type", "source_ref", "source_date", "level")
    chosen = {name: getattr(item, name) for name in ("category", "principal", "method")}
    co_units = db.session.scalars(
        select(ItemUnit.unit_id).where(ItemUnit.item_id == item.id, ItemUnit.role == "co")
    )
    found = {
        **{name: getattr(item, name) for name in own},
        **{name: value for name, value in chosen.items() if name in item.chosen},
        "lead_unit": item.lead_unit_id,
        "co_units": list(co_units),
        "deadline_basis": item.deadline_basis,
    }
    if LEADER in item.chosen:
        found["responsible_leader"] = item.responsible_leader_id
    if "deadline" in item.chosen:
        for name in ("deadline_kind", "deadline_days", "deadline_date"):
            found[name] = getattr(item, name)
    return found
