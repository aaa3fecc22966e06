"""The forms of 申请办结, 退回补正 and 重新确定期限."""

from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from portal.attachments.forms import FilesField, WithFiles
from portal.forms import ActForm, DeclaredForm, ReasonForm, clean
from portal.printed_texts import can_be_printed
from portal.rulebook import policy
from portal.scanned_forms import ScannedTexts, no_secrets

RESULT_LENGTH = 400
LOCATION_LENGTH = 100


class ClosingForm(WithFiles, DeclaredForm):
    """办结情况 as annex 3 prints it, and 佐证材料."""

    result_text = TextAreaField(
        "办结情况",
        validators=[
            DataRequired("请填写办结情况。"),
            no_secrets,
            can_be_printed,
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


class CopyForm(ScannedTexts, ActForm):
    """确认存档: where the paper originals of this copy lie."""

    location = StringField(
        "纸质原件存放位置",
        description="没有纸质原件的不填",
        validators=[no_secrets, Length(max=LOCATION_LENGTH)],
        filters=[clean],
    )


class ArchiveForm(CopyForm):
    """归档; 档案员 may choose another 保管期限 than the category's (SPEC §2.11)."""

    retention = SelectField("保管期限")

    def __init__(self, *args: Any, usual: str, may_choose: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_choose:
            del self.retention
            return
        rows = policy.CURRENT.retentions
        self.retention.choices = [SelectChoice(row.id, row.id) for row in rows]
        if not self.is_submitted():
            self.retention.data = usual
