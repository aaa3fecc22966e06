"""The forms of 催办, of its reply and of 正当理由."""

from __future__ import annotations

from typing import Any

from wtforms import (
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from portal.forms import OPINION_LENGTH, DeclaredForm, ReasonForm, choices_of, clean
from portal.models import Item, UrgeNotice
from portal.moment_field import MomentField, this_minute
from portal.person_field import people_of
from portal.printed_texts import can_be_printed
from portal.rulebook import policy
from portal.rulebook.guards import REPLIES, SHORTEST_REASON, Reply
from portal.scanned_forms import ScannedTexts, no_marks, no_secrets

SUBJECT_LENGTH, MEASURES_LENGTH, CONSENT_LENGTH = 200, 300, 100
LONGEST = policy.CURRENT.limit("urge_limit_max")


class UrgeForm(ScannedTexts, DeclaredForm):
    """拟催办: 催办事项 as generated, to be changed where needed, and the limit."""

    subject = TextAreaField(
        "催办事项",
        validators=[
            DataRequired("请填写催办事项。"),
            no_secrets,
            can_be_printed,
            Length(max=SUBJECT_LENGTH),
        ],
        filters=[clean],
    )
    limit_days = IntegerField(
        "催办限期（工作日）",
        validators=[
            DataRequired("请填写催办限期。"),
            NumberRange(1, LONGEST, f"请填写1至{LONGEST}之间的天数。"),
        ],
    )


def _words(label: str) -> TextAreaField:
    return TextAreaField(
        label,
        validators=[
            no_secrets,
            can_be_printed,
            Length(SHORTEST_REASON, OPINION_LENGTH, f"请写明情况，不少于{SHORTEST_REASON}个字。"),
        ],
        filters=[clean],
    )


class UrgeReplyForm(ScannedTexts, DeclaredForm):
    """回复催办: 原因, 下一步措施, 承诺完成日期."""

    opinion = _words("未按时限落实的原因")
    measures = TextAreaField(
        "下一步措施",
        validators=[
            DataRequired("请填写下一步措施。"),
            no_secrets,
            can_be_printed,
            # Both together are one text.
            Length(max=MEASURES_LENGTH),
        ],
        filters=[clean],
    )
    promised_on = DateField("承诺完成日期", validators=[Optional()])


class ReplyEntryForm(UrgeReplyForm):
    """代录催办回复: the same, and who of the unit answered when and how."""

    replied_by = SelectField("回复人", coerce=int, validate_choice=False)
    replied_at = MomentField("回复时间", validators=[DataRequired("请填写回复时间。")])
    reply_form = RadioField("回复形式", choices=choices_of(REPLIES), default="written")

    def __init__(self, *args: Any, item: Item, notice: UrgeNotice, **kwargs: Any) -> None:
        super().__init__(*args, version=item.version, **kwargs)
        self.replied_by.choices = people_of(notice.unit_id)
        if not self.is_submitted():
            self.replied_at.data = this_minute()

    @property
    def answered(self) -> Reply | None:
        """What was written down."""
        at = self.replied_at.data
        return None if at is None else Reply(self.replied_by.data, at, self.reply_form.data)


class StateReasonForm(ScannedTexts, DeclaredForm):
    """说明正当理由."""

    opinion = _words("正当理由")


class VoidUrgeForm(ReasonForm):
    """作废催办通知单: the reason, and how 党政办分管领导 agreed."""

    consent = StringField(
        "党政办分管领导同意情况",
        validators=[no_marks, Length(max=CONSENT_LENGTH)],
        filters=[clean],
    )
