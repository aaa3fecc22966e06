"""The forms of 申请办结, 退回补正 and 重新确定期限."""

from wtforms import BooleanField, DateField, IntegerField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from portal.attachments.forms import FilesField, WithFiles
from portal.forms import DeclaredForm, ReasonForm, clean
from portal.scanned_forms import no_secrets

RESULT_LENGTH = 400


class ClosingForm(WithFiles, DeclaredForm):
    """办结情况 as annex 3 prints it, and 佐证材料."""

    result_text = TextAreaField(
        "办结情况",
        validators=[
            DataRequired("请填写办结情况。"),
            no_secrets,
            Length(max=RESULT_LENGTH),
        ],
        filters=[clean],
    )
    without_co_units = BooleanField("协办单位未按时提供")
    files = FilesField("佐证材料")


class SupplementForm(ReasonForm):
    """退回补正: what is missing, and by when (SPEC §2.10)."""

    days = IntegerField("补正期限（工作日）", validators=[Optional()], default=2)


class NotMetForm(ReasonForm):
    """不符合办结要求，重新确定期限 (第十六条（六）)."""

    new_due = DateField("新的办结期限", validators=[Optional()])
