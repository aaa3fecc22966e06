"""The forms of 签收、指定承办人 and 反馈."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from wtforms import IntegerField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from portal.attachments.forms import FilesField, WithFiles
from portal.extensions import db
from portal.forms import ActForm, DeclaredForm, clean
from portal.models import Appointment, Person
from portal.rulebook.roles import in_force
from portal.scanned_forms import no_secrets
from portal.steps.execution.commands import ReportFields
from portal.web import viewer

REPORT_LENGTH = 2000


def people_of(unit_id: int) -> list[SelectChoice]:
    """The unit's persons today, in official order, for a choice."""
    rows = db.session.execute(
        select(Person.id, Person.name)
        .where(Person.active)
        .where(
            Person.id.in_(
                select(Appointment.person_id).where(
                    Appointment.unit_id == unit_id, in_force(Appointment, viewer().moment.day)
                )
            )
        )
        .order_by(Person.sort_no)
    )
    return [SelectChoice(row.id, row.name) for row in rows]


class ReceiptForm(ActForm):
    """签收 with the handler, who may also be named later."""

    handler = SelectField("承办人", coerce=int, default=0)

    def __init__(self, *args: Any, unit_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.handler.choices = [SelectChoice(0, "稍后指定"), *people_of(unit_id)]


class HandlerForm(ActForm):
    """指定承办人."""

    handler = SelectField("承办人", coerce=int, validators=[DataRequired("请选择承办人。")])

    def __init__(self, *args: Any, unit_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.handler.choices = [SelectChoice(0, "请选择"), *people_of(unit_id)]


def _report_text(label: str, needed: str = "") -> TextAreaField:
    checks = [no_secrets, Length(max=REPORT_LENGTH)]
    return TextAreaField(
        label, validators=[DataRequired(needed), *checks] if needed else checks, filters=[clean]
    )


class ReportForm(WithFiles, DeclaredForm):
    """书面报告: the five fields of 第十六条（五）, and 佐证材料."""

    measures = _report_text("办理举措", "请填写办理举措。")
    progress = _report_text("进展情况", "请填写进展情况。")
    effect = _report_text("取得成效")
    problems = _report_text("存在问题")
    next_steps = _report_text("下一步工作思路", "请填写下一步工作思路。")
    percent = IntegerField(
        "办理进度",
        validators=[
            InputRequired("请填写办理进度。"),
            NumberRange(0, 100, "请填写0至100之间的整数。"),
        ],
    )
    files = FilesField("佐证材料")

    def fields(self) -> ReportFields:
        """The checked values."""
        return ReportFields(**{name: self[name].data for name in ReportFields.__dataclass_fields__})
