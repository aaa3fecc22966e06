"""The forms of a brief: a section, what a 通报 is about, a signature, a reason, a meeting."""

from __future__ import annotations

from datetime import date

from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.forms import OPINION_LENGTH, ActForm, DeclaredForm, VersionField, choices_of, clean
from portal.printed_texts import can_be_printed
from portal.rulebook.briefs.table import MEETINGS
from portal.rulebook.guards import SHORTEST_REASON
from portal.scanned_forms import ScannedTexts, no_marks, no_secrets

SECTION_LENGTH = 5000
MONTHLY, FREE = "month", "free"


class BeginForm(ActForm):
    """起草学期报告: of which 督办期, by its first day."""

    first = DateField("学期", validators=[InputRequired("请选择学期。")])


class HeadingForm(ActForm):
    """What a 通报 is called, and its number."""

    title = StringField(
        "标题",
        description="关于……的通报；按月通报的不填",
        validators=[no_marks, can_be_printed, Length(max=100, message="标题不超过100个字。")],
        filters=[clean],
    )
    number = StringField(
        "发文字号",
        description="不编文号的不填，不套红头",
        validators=[no_marks, can_be_printed, Length(max=40, message="发文字号不超过40个字。")],
        filters=[clean],
    )


class CircularForm(HeadingForm):
    """起草通报: over a month's data, or of something else under a title of its own."""

    about = RadioField(
        "通报内容",
        choices=choices_of({MONTHLY: "按月通报办理情况", FREE: "其他通报（自拟标题，不统计数据）"}),
        default=MONTHLY,
    )
    month = SelectField("月份", validators=[Optional()])

    def validate_about(self, field: RadioField) -> None:
        """A 通报 of a month says of which."""
        months = {value for value, _label in self.month.choices}
        if field.data == MONTHLY and self.month.data not in months:
            raise ValidationError("请选择月份。")

    def validate_title(self, field: StringField) -> None:
        """A 通报 of something else says of what."""
        if self.about.data == FREE and not field.data:
            raise ValidationError("请填写标题。")

    @property
    def month_chosen(self) -> date | None:
        """The first day of the month; None of another 通报."""
        if self.about.data != MONTHLY or not self.month.data:
            return None
        return date.fromisoformat(f"{self.month.data}-01")


class SectionForm(ScannedTexts, ActForm):
    """One section. `version` is the wording that the writer saw."""

    version = VersionField(validators=[Optional()])
    body = TextAreaField(
        "内容",
        validators=[
            no_secrets,
            can_be_printed,
            Length(max=SECTION_LENGTH, message=f"不超过{SECTION_LENGTH}个字。"),
        ],
        filters=[clean],
    )


class CriticismForm(ActForm):
    """点名批评: which units; none is an answer, too."""

    units = SelectMultipleField(
        "点名批评单位",
        coerce=int,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validators=[Optional()],
    )


class HandInForm(DeclaredForm):
    """送审. The tick is asked for where units are named beside words of criticism."""

    names_checked = BooleanField("文中所列单位未被点名批评")


class SignForm(ActForm):
    """同意, with an opinion if one is given."""

    opinion = TextAreaField(
        "您的意见",
        validators=[no_marks, can_be_printed, Length(max=OPINION_LENGTH)],
        filters=[clean],
    )


class WhyForm(ActForm):
    """退回, 撤回通报, 作废草稿: not without a reason."""

    opinion = TextAreaField(
        "理由",
        validators=[
            no_marks,
            can_be_printed,
            Length(SHORTEST_REASON, OPINION_LENGTH, f"请写明理由，不少于{SHORTEST_REASON}个字。"),
        ],
        filters=[clean],
    )


class MeetingForm(ActForm):
    """登记上会情况: which meeting heard the report, by its minutes."""

    meeting = SelectField("会议", choices=choices_of(MEETINGS))
    minutes = StringField(
        "会议纪要编号",
        validators=[
            no_marks,
            can_be_printed,
            InputRequired("请填写会议纪要编号。"),
            Length(max=60, message="会议纪要编号不超过60个字。"),
        ],
        filters=[clean],
    )
    day = DateField("会议日期", validators=[InputRequired("请填写会议日期。")])
