"""The forms of 实地督查: plan, record, conclusion, opinion, reply, verdict."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from wtforms import (
    BooleanField,
    DateField,
    Form,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from portal.attachments.forms import FilesField, WithFiles
from portal.extensions import db
from portal.forms import OPINION_LENGTH, DeclaredForm, OpinionForm, ReasonForm, choices_of, clean
from portal.models import Appointment, Inspection, Item, ItemUnit, Person, Unit
from portal.moment_field import MomentField, this_minute
from portal.person_field import PersonField, everybody
from portal.printed_texts import can_be_printed
from portal.rulebook import inspecting
from portal.rulebook.guards import SHORTEST_REASON
from portal.rulebook.inspecting import MOST_MEMBERS, MOST_POINTS
from portal.rulebook.roles import in_force
from portal.scanned_forms import ScannedTexts, no_secrets
from portal.steps.inspection.commands import Plan, Record
from portal.steps.inspection.rectifying import Point
from portal.web import viewer

LINE, TEXT, LONG = 100, 300, 1000
DAY = "请填写日期。"
PHOTO_LIMIT = 9


def _text(label: str, most: int, needed: str = "") -> TextAreaField:
    asked = [DataRequired(needed)] if needed else []
    return TextAreaField(
        label, validators=[no_secrets, can_be_printed, *asked, Length(max=most)], filters=[clean]
    )


def _line(label: str, needed: str) -> StringField:
    return StringField(
        label,
        validators=[no_secrets, can_be_printed, DataRequired(needed), Length(max=LINE)],
        filters=[clean],
    )


class MemberField(PersonField):
    """A further member of the team, or nobody."""

    def pre_validate(self, form: Form) -> None:
        """As `PersonField`, if anything was typed."""
        if clean(self.data):
            super().pre_validate(form)


class PlanForm(ScannedTexts, DeclaredForm):
    """督查方案: 事由, 时间, 方式, 组长, 成员 `member_1` …, 提纲; and why, where the plan departs
    from the rule."""

    matter = _text("督查事由", TEXT, "请填写督查事由。")
    planned_on = DateField("督查时间", validators=[DataRequired(DAY)])
    methods = SelectMultipleField("督查方式", choices=choices_of(inspecting.METHODS))
    talks_to_head = BooleanField("约谈单位主要负责人")
    leader = PersonField("组长")
    outline = _text("督查提纲", LONG, "请填写督查提纲。")
    shortfall = _text("未满足“3+N”组成原则的原因", TEXT)
    repeat_reason = _text("30天内再次督查的原因", TEXT)

    @classmethod
    def of(cls, draft: Inspection, version: int | None) -> PlanForm:
        """The form filled with a plan that came back."""
        team = inspecting.team_of(draft)
        names = _as_typed([member.person_id for member in team])
        others = [names[member.person_id] for member in team if not member.leads]
        return cls(
            version=version,
            matter=draft.matter,
            planned_on=draft.planned_on,
            methods=draft.methods,
            talks_to_head=draft.talks_to_head,
            leader=next((names[one.person_id] for one in team if one.leads), ""),
            outline=draft.outline,
            shortfall=draft.shortfall,
            repeat_reason=draft.repeat_reason,
            **{f"member_{number}": name for number, name in enumerate(others, 1)},
        )

    @property
    def everybody(self) -> list[Any]:
        """The choices of its persons, for browsers without script."""
        return everybody()

    @property
    def members(self) -> list[MemberField]:
        """The fields of the further members."""
        return [self[f"member_{number}"] for number in range(1, MOST_MEMBERS + 1)]

    @property
    def plan(self) -> Plan:
        """What was filled in, once the form is validated."""
        return Plan(
            matter=self.matter.data,
            planned_on=self.planned_on.data,
            methods=tuple(self.methods.data or ()),
            talks_to_head=bool(self.talks_to_head.data),
            leader_id=self.leader.person_id or 0,
            member_ids=tuple(one.person_id for one in self.members if one.person_id),
            outline=self.outline.data,
            shortfall=self.shortfall.data or "",
            repeat_reason=self.repeat_reason.data or "",
        )


for _number in range(1, MOST_MEMBERS + 1):
    setattr(PlanForm, f"member_{_number}", MemberField(f"成员{_number}"))


def _as_typed(person_ids: list[int]) -> dict[int, str]:
    """Each person by what finds nobody else: the 工号."""
    rows = db.session.execute(select(Person.id, Person.emp_no).where(Person.id.in_(person_ids)))
    return {row.id: row.emp_no for row in rows}


class RecordForm(WithFiles, DeclaredForm):
    """督查记录: when, where, with whom, what was found; photographs and other files."""

    begun_at = MomentField("开始时间", validators=[DataRequired("请填写开始时间。")])
    ended_at = MomentField("结束时间", validators=[DataRequired("请填写结束时间。")])
    place = _line("督查地点", "请填写督查地点。")
    attendees = _text("被督查单位参加人", TEXT, "请填写参加人。")
    findings = _text("发现的主要问题", LONG, "请填写发现的问题；没有问题的，填写“无”。")
    talks = _text("谈话要点", LONG)
    files = FilesField("现场照片和材料")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_submitted():
            self.ended_at.data = this_minute()

    @property
    def record(self) -> Record:
        """What was filled in."""
        begun, ended = self.begun_at.data, self.ended_at.data
        if begun is None or ended is None:
            raise ValueError("the form asks for both times")
        return Record(
            begun_at=begun,
            ended_at=ended,
            place=self.place.data,
            attendees=self.attendees.data,
            findings=self.findings.data,
            talks=self.talks.data or "",
        )


class ConclusionForm(OpinionForm):
    """督查结论 and 下一步工作建议."""

    conclusion = RadioField(
        "督查结论",
        choices=choices_of(inspecting.CONCLUSIONS),
        validators=[InputRequired("请选择督查结论。")],
    )


class OpinionOfPointsForm(ScannedTexts, DeclaredForm):
    """整改意见书: up to MOST_POINTS lines `problem_1`, `requirement_1`, `owner_1`, `due_1`; empty
    lines are left out."""

    def __init__(self, *args: Any, item: Item, **kwargs: Any) -> None:
        super().__init__(*args, version=item.version, **kwargs)
        people = _people_of(item)
        for _problem, _requirement, owner, _due in self.lines:
            owner.choices = [SelectChoice("", "请选择"), *people]

    @property
    def lines(self) -> list[tuple[Any, ...]]:
        """The fields line by line."""
        return [
            tuple(self[f"{name}_{number}"] for name in ("problem", "requirement", "owner", "due"))
            for number in range(1, MOST_POINTS + 1)
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """A line that is begun is whole, and no line is left out before another."""
        sound: bool = super().validate(extra_validators)
        filled = [number for number, line in enumerate(self.lines, 1) if _begun(line)]
        for number in range(1, max(filled, default=1) + 1):
            for field, said in zip(self.lines[number - 1], MISSING, strict=True):
                if not field.data and not field.errors:
                    field.errors, sound = [said], False
        return sound

    @property
    def points(self) -> list[Point]:
        """The lines that are filled, once the form is validated."""
        found = []
        for line in self.lines:
            if _begun(line):
                problem, requirement, owner, due = line
                unit, person = (int(part) for part in owner.data.split("-"))
                found.append(Point(problem.data, requirement.data, unit, person, due.data))
        return found


MISSING = ("请填写问题。", "请填写整改要求。", "请选择责任人。", "请填写整改时限。")


def _begun(line: tuple[Any, ...]) -> bool:
    return any(field.data or field.errors for field in line)


for _number in range(1, MOST_POINTS + 1):
    setattr(OpinionOfPointsForm, f"problem_{_number}", _text(f"问题{_number}", TEXT))
    setattr(OpinionOfPointsForm, f"requirement_{_number}", _text(f"整改要求{_number}", TEXT))
    setattr(OpinionOfPointsForm, f"owner_{_number}", SelectField(f"责任人{_number}", default=""))
    setattr(
        OpinionOfPointsForm,
        f"due_{_number}",
        DateField(f"整改时限{_number}", validators=[Optional()]),
    )


def opinion_form(item: Item, _visit: Any) -> OpinionOfPointsForm:
    """The form for this item, whose units' people may answer for a point."""
    return OpinionOfPointsForm(item=item)


def _people_of(item: Item) -> list[SelectChoice]:
    """「彭国栋（后勤国资处）」: the people of the item's units today, the lead unit's first."""
    rows = db.session.execute(
        select(Person.id, Person.name, Unit.id.label("unit_id"), Unit.short_name)
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
    named = {f"{row.unit_id}-{row.id}": f"{row.name}（{row.short_name}）" for row in rows}
    return [SelectChoice(value, label) for value, label in named.items()]


class ObjectForm(ScannedTexts, DeclaredForm):
    """对整改意见提出异议."""

    opinion = TextAreaField(
        "异议理由",
        validators=[
            no_secrets,
            can_be_printed,
            Length(SHORTEST_REASON, OPINION_LENGTH, f"请写明理由，不少于{SHORTEST_REASON}个字。"),
        ],
        filters=[clean],
    )


class ReplyForm(WithFiles, DeclaredForm):
    """报送整改: what was put right, with what shows it."""

    reply = _text("整改情况", OPINION_LENGTH, "请填写整改情况。")
    files = FilesField("佐证材料")


class ChiefForm(ReasonForm):
    """更换组长: who leads from now on, and why."""

    chief = PersonField("新组长")

    @property
    def everybody(self) -> list[Any]:
        """The choices, for browsers without script."""
        return everybody()


class ReassignForm(ReasonForm):
    """改派整改: whose the point is from now on, until when, and why."""

    owner = SelectField("责任人", validators=[InputRequired("请选择责任人。")])
    due = DateField("新的整改时限", validators=[DataRequired(DAY)])

    @property
    def chosen(self) -> tuple[int, int]:
        """The unit and the person."""
        unit, _dash, person = self.owner.data.partition("-")
        return int(unit), int(person)


def reassign_form(item: Item, _point: Any) -> ReassignForm:
    """The form for this item, whose units' people may answer for a point."""
    form = ReassignForm(version=item.version)
    form.owner.choices = [SelectChoice("", "请选择"), *_people_of(item)]
    return form


class UpholdForm(ReasonForm):
    """维持整改意见: why; and until when, where a point's own day has passed meanwhile."""

    due = DateField("新的整改时限", validators=[DataRequired(DAY)])
    passed = ""
    """「第1条、第2条」: the points that the day is for."""


def uphold_form(item: Item, visit: Inspection) -> UpholdForm:
    """The form asks for a day only if there is a point that needs one."""
    form = UpholdForm(version=item.version)
    points = inspecting.passed_points(visit, viewer().moment.day)
    form.passed = "、".join(f"第{point.nth}条" for point in points)
    if not points:
        del form.due
    return form


class RejectForm(ReasonForm):
    """核实未通过: why, and until when it is put right."""

    due = DateField("新的整改时限", validators=[DataRequired(DAY)])
