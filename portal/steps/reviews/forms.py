"""The form of 年度评估."""

from wtforms import RadioField, TextAreaField
from wtforms.validators import DataRequired, Length

from portal.forms import OPINION_LENGTH, ActForm, choices_of, clean
from portal.printed_texts import can_be_printed
from portal.rulebook.reviews import OUTCOMES
from portal.scanned_forms import no_marks


class ReviewForm(ActForm):
    """What is decided on the item, and why."""

    outcome = RadioField(
        "评估结论",
        choices=choices_of(OUTCOMES),
        validators=[DataRequired("请选择评估结论。")],
    )
    opinion = TextAreaField(
        "评估意见",
        validators=[
            DataRequired("请填写内容。"),
            no_marks,
            can_be_printed,
            Length(max=OPINION_LENGTH),
        ],
        filters=[clean],
    )
