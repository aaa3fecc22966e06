"""The forms of 签收、指定承办人、工作计划 and 承办异议."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from portal.accounts.queries import units_in_order
from portal.extensions import db
from portal.forms import (
    OPINION_LENGTH,
    ActForm,
    DeclaredForm,
    OpinionForm,
    ReasonForm,
    choices_of,
    clean,
)
from portal.models import Item, ItemUnit, Milestone, Person
from portal.moment_field import MomentField, this_minute
from portal.person_field import people_of
from portal.printed_texts import can_be_printed
from portal.rulebook import policy
from portal.rulebook.guards import CHANNELS, Consent
from portal.rulebook.holding import holders
from portal.rulebook.roles import Role
from portal.rulebook.standing import capacities_of
from portal.scanned_forms import ScannedTexts, no_marks, no_secrets
from portal.steps.issuing.commands import Step
from portal.web import viewer

MOST = policy.CURRENT.limit("milestones_max")
"""Lines of 工作计划."""
TITLE_LENGTH, CALL_LENGTH, SAID_LENGTH = 60, 60, 200


class PlanForm(ScannedTexts, ActForm):
    """工作计划 of up to `MOST` lines `title_1`, `due_1` …; empty lines are left out."""

    @classmethod
    def of(cls, share: ItemUnit, version: int | None) -> PlanForm:
        """The form filled with the plan as it stands."""
        rows = db.session.scalars(
            select(Milestone)
            .where(Milestone.item_id == share.item_id, Milestone.unit_id == share.unit_id)
            .order_by(Milestone.seq)
        )
        filled: dict[str, Any] = {}
        for number, row in enumerate(rows, start=1):
            filled |= {f"title_{number}": row.title, f"due_{number}": row.due}
        return cls(version=version, **filled)

    @property
    def whole(self) -> bool:
        """Whether the plan is asked at all."""
        return "title_1" in self

    @property
    def lines(self) -> list[tuple[Any, Any]]:
        """The pairs of fields, for the template."""
        numbers = range(1, MOST + 1) if self.whole else ()
        return [(self[f"title_{number}"], self[f"due_{number}"]) for number in numbers]

    def validate(self, extra_validators: Any = None) -> bool:
        """A line has both its words and its day."""
        sound: bool = super().validate(extra_validators)
        for title, due in self.lines:
            if title.data and due.data is None and not due.errors:
                due.errors = ["请填写完成日期。"]
                sound = False
            if due.data and not title.data and not title.errors:
                title.errors = ["请填写节点内容。"]
                sound = False
        return sound

    def plan(self) -> list[Step]:
        """The lines that are filled."""
        return [Step(title.data, due.data) for title, due in self.lines if title.data]


for _number in range(1, MOST + 1):
    setattr(
        PlanForm,
        f"title_{_number}",
        StringField(
            f"节点{_number}",
            validators=[no_secrets, can_be_printed, Length(max=TITLE_LENGTH)],
            filters=[clean],
        ),
    )
    setattr(
        PlanForm, f"due_{_number}", DateField(f"节点{_number}完成日期", validators=[Optional()])
    )


class ReceiptForm(PlanForm):
    """签收 with the handler, who may also be named later, and the plan, which may follow."""

    handler = SelectField("承办人", coerce=int, default=0)

    @property
    def handler_id(self) -> int | None:
        """Whom the head names; None for later, or where it is not the person's to say."""
        return (self.handler.data or None) if self.handler else None

    def __init__(self, *args: Any, unit_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.handler.choices = [SelectChoice(0, "稍后指定"), *people_of(unit_id)]


class CallForm(ScannedTexts, ActForm):
    """电话确认代签收 (SPEC §2.5)."""

    confirmed_by = StringField(
        "电话确认人和时间",
        validators=[
            DataRequired("请填写电话确认人和时间。"),
            no_secrets,
            can_be_printed,
            Length(max=CALL_LENGTH),
        ],
        filters=[clean],
    )


class FirstForm(ScannedTexts, DeclaredForm):
    """先交办后补签: which school leader agreed by word, when and how; what else was said."""

    consent_by = SelectField("口头同意的分管校领导", coerce=int, validate_choice=False)
    consent_at = MomentField("同意时间", validators=[DataRequired("请填写同意时间。")])
    channel = RadioField(
        "同意方式",
        choices=choices_of(CHANNELS),
        default="phone",
        validators=[DataRequired("请选择同意方式。")],
    )
    opinion = TextAreaField(
        "通话要点",
        validators=[no_secrets, can_be_printed, Length(max=SAID_LENGTH)],
        filters=[clean],
    )

    def __init__(self, *args: Any, item: Item, **kwargs: Any) -> None:
        super().__init__(*args, version=item.version, **kwargs)
        leaders = holders(Role.RESPONSIBLE_LEADER, viewer().moment, item=item)
        names = dict(
            db.session.execute(select(Person.id, Person.name).where(Person.id.in_(leaders))).all()
        )
        self.consent_by.choices = [SelectChoice(id_, names[id_]) for id_ in leaders]
        if not self.is_submitted():
            self.consent_by.data = item.responsible_leader_id
            self.consent_at.data = this_minute()

    @property
    def consent(self) -> Consent | None:
        """What was written down."""
        at = self.consent_at.data
        return None if at is None else Consent(self.consent_by.data, at, self.channel.data)


class HandlerForm(ActForm):
    """指定承办人."""

    handler = SelectField("承办人", coerce=int, validators=[DataRequired("请选择承办人。")])

    def __init__(self, *args: Any, unit_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.handler.choices = [SelectChoice(0, "请选择"), *people_of(unit_id)]


class ObjectionForm(ReasonForm):
    """承办异议: why, and whose matter it is instead, if that is known."""

    proposed_unit = SelectField("建议承办单位", coerce=int, default=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = units_in_order(viewer().moment.day)
        self.proposed_unit.choices = [
            SelectChoice(0, "不指明"),
            *(SelectChoice(unit.id, unit.short_name) for unit in units),
        ]


def receipt_form(item: Item, share: ItemUnit) -> ReceiptForm:
    """For the unit of this share; its version is not asked: two units may sign at once.

    Handler and plan are the head's to give; a liaison signs only.
    """
    form = ReceiptForm(unit_id=share.unit_id)
    if not capacities_of(viewer(), (Role.UNIT_HEAD,), item, share.unit_id):
        for name in [field.name for field in form.texts]:
            del form[name]
    return form


def handler_form(_item: Item, share: ItemUnit) -> HandlerForm:
    """For the unit of this share."""
    return HandlerForm(unit_id=share.unit_id)


def plan_form(_item: Item, share: ItemUnit) -> PlanForm:
    """Filled with the plan as it stands."""
    return PlanForm.of(share, None)


class CoordinationForm(OpinionForm):
    """登记协调情况 (第八条)."""

    opinion = TextAreaField(
        "协调情况",
        validators=[no_marks, can_be_printed, Length(max=OPINION_LENGTH)],
        filters=[clean],
    )
