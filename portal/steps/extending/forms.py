"""The forms of 申请延期、免于督办 and of a request made by word."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from wtforms import (
    BooleanField,
    DateField,
    Form,
    IntegerField,
    RadioField,
    SelectField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, Optional, StopValidation

from portal.attachments.forms import FilesField, WithFiles
from portal.entry_fields import EntryFields
from portal.extensions import db
from portal.forms import ActForm, DeclaredForm, choices_of, clean
from portal.models import Item, Person
from portal.moment_field import MomentField, this_minute
from portal.person_field import people_of
from portal.printed_texts import can_be_printed
from portal.rulebook import extending
from portal.rulebook.guards import NAMED_BY, SpokenRequest
from portal.rulebook.holding import holders
from portal.rulebook.periods import LONGEST
from portal.rulebook.roles import Role
from portal.rulebook.signers import HeadOf, signers_between
from portal.scanned_forms import ScannedTexts, no_secrets
from portal.steps.extending.commands import Asked
from portal.web import viewer

REASON_LENGTH, PROGRESS_LENGTH, SAID_LENGTH = 400, 400, 300


def _one_of_two(form: Form, field: IntegerField) -> None:
    """So many days, or a day: not both."""
    both = field.data is not None and form.new_due.data is not None
    if form.kind.data == "extend" and both:
        raise StopValidation("延长天数和新的完成时限只填一项。")


class RequestForm(WithFiles, DeclaredForm):
    """申请延期或免于督办 (第十九条): what, why, how far the work is, evidence."""

    kind = RadioField(
        "申请事项",
        choices=choices_of(extending.KINDS),
        default="extend",
        validators=[DataRequired("请选择申请事项。")],
    )
    days = IntegerField(
        "延长天数",
        description="与“新的完成时限”只填一项",
        validators=[
            Optional(),
            NumberRange(1, LONGEST.days, f"请填写1至{LONGEST.days}之间的天数。"),
            _one_of_two,
        ],
    )
    new_due = DateField("新的完成时限", validators=[Optional()])
    named_by = RadioField("现行时限由谁确定", choices=choices_of(NAMED_BY), validators=[Optional()])
    reason = TextAreaField(
        "申请理由",
        validators=[
            DataRequired("请填写申请理由。"),
            no_secrets,
            can_be_printed,
            Length(max=REASON_LENGTH),
        ],
        filters=[clean],
    )
    progress = TextAreaField(
        "目前进展",
        validators=[
            DataRequired("请填写目前进展。"),
            no_secrets,
            can_be_printed,
            Length(max=PROGRESS_LENGTH),
        ],
        filters=[clean],
    )
    late_ground = BooleanField("因不可抗力未能按时申请")
    files = FilesField("证明材料")

    def __init__(self, *args: Any, item: Item, **kwargs: Any) -> None:
        super().__init__(*args, version=item.version, **kwargs)
        terms = extending.terms_of(item)
        if terms.due is None or terms.used_up:
            self.kind.choices = choices_of({"exempt": extending.KINDS["exempt"]})
            self.kind.default = "exempt"
            if not self.is_submitted():
                self.kind.data = "exempt"
            del self.days, self.new_due
        if item.deadline_kind != "date":
            del self.named_by
        if terms.timely(viewer().moment.instant):
            del self.late_ground

    @property
    def asked(self) -> Asked:
        """The checked values."""
        return Asked(
            kind=self.kind.data,
            reason=self.reason.data,
            progress=self.progress.data,
            days=self.days.data if "days" in self else None,
            new_due=self.new_due.data if "new_due" in self else None,
            late_ground=bool("late_ground" in self and self.late_ground.data),
            named_by=(self.named_by.data or "") if "named_by" in self else "",
        )


class EntryForm(EntryFields, RequestForm):
    """代录延期申请: the sheet that the head has signed, first of the files."""

    way = RadioField(
        "来件方式",
        choices=[SelectChoice("paper", "纸质"), SelectChoice("file", "文件")],
        default="paper",
    )
    call_at = opinion = None
    files = FilesField("扫描件或文件")

    def __init__(self, *args: Any, item: Item, **kwargs: Any) -> None:
        super().__init__(*args, item=item, **kwargs)
        today, head = viewer().moment.day, HeadOf(item.lead_unit_id)
        self.offer(signers_between(item.issued_on or today, today, item, head))


class CallForm(ScannedTexts, ActForm):
    """登记口头延期申请: who asked which leader by telephone, when, and what was said."""

    called_by = SelectField("申请人", coerce=int, validate_choice=False)
    leader = SelectField("分管校领导", coerce=int, validate_choice=False)
    called_at = MomentField("申请时间", validators=[DataRequired("请填写申请时间。")])
    opinion = TextAreaField(
        "通话要点",
        validators=[
            DataRequired("请填写通话要点。"),
            no_secrets,
            can_be_printed,
            Length(max=SAID_LENGTH),
        ],
        filters=[clean],
    )

    def __init__(self, *args: Any, item: Item, **kwargs: Any) -> None:
        super().__init__(*args, version=item.version, **kwargs)
        leaders = holders(Role.RESPONSIBLE_LEADER, viewer().moment, item=item)
        rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(leaders)))
        self.leader.choices = [(row.id, row.name) for row in rows]
        self.called_by.choices = people_of(item.lead_unit_id)
        if not self.is_submitted():
            self.leader.data = item.responsible_leader_id
            self.called_at.data = this_minute()

    @property
    def call(self) -> SpokenRequest | None:
        """What was written down."""
        at = self.called_at.data
        return None if at is None else SpokenRequest(self.called_by.data, self.leader.data, at)
