"""The forms of 申请办结, 退回补正 and 重新确定期限."""

import uuid
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from portal.attachments.forms import FilesField, WithFiles
from portal.entry_fields import EntryFields
from portal.forms import ActForm, DeclaredForm, ReasonForm, choices_of, clean
from portal.models import Item
from portal.moment_field import MomentField, this_minute
from portal.person_field import people_of
from portal.printed_texts import can_be_printed
from portal.rulebook import packages, policy
from portal.rulebook.guards import REPLIES, Reply, co_units_waited_for
from portal.rulebook.signers import HeadOf, signers_between
from portal.scanned_forms import ScannedTexts, no_secrets
from portal.web import viewer

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


class SimpleForm(ScannedTexts, DeclaredForm):
    """简易办结: the result, and who of the lead unit reported it when and how."""

    replied_by = SelectField("反馈人", coerce=int, validate_choice=False)
    replied_at = MomentField("反馈时间", validators=[DataRequired("请填写反馈时间。")])
    reply_form = RadioField(
        "反馈形式",
        choices=choices_of(REPLIES),
        default="oral",
        validators=[DataRequired("请选择反馈形式。")],
    )
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

    def __init__(self, *args: Any, item: Item, handler_id: int | None, **kwargs: Any) -> None:
        super().__init__(*args, version=item.version, **kwargs)
        self.replied_by.choices = people_of(item.lead_unit_id)
        if not self.is_submitted():
            self.replied_by.data = handler_id
            self.replied_at.data = this_minute()

    @property
    def reply(self) -> Reply | None:
        """What was written down."""
        at = self.replied_at.data
        return None if at is None else Reply(self.replied_by.data, at, self.reply_form.data)


class EntryForm(EntryFields, ClosingForm):
    """代录办结申请: the sheet that the head has signed, first of the files."""

    way = RadioField(
        "来件方式",
        choices=[SelectChoice("paper", "纸质"), SelectChoice("file", "文件")],
        default="paper",
    )
    call_at = opinion = None
    files = FilesField("扫描件或文件")

    def __init__(self, *args: Any, item: Item, **kwargs: Any) -> None:
        super().__init__(*args, version=item.version, **kwargs)
        today = viewer().moment.day
        self.co_units = co_units_waited_for(item)
        head = HeadOf(item.lead_unit_id)
        self.offer(signers_between(item.issued_on or today, today, item, head))


class SupplementForm(ReasonForm):
    """退回补正: what is missing, and by when (SPEC §2.10)."""

    days = IntegerField("补正期限（工作日）", validators=[Optional()], default=2)


class NotMetForm(ReasonForm):
    """不符合办结要求，重新确定期限 (第十六条（六）)."""

    new_due = DateField("重新确定的期限", validators=[Optional()])


class PackageForm(ActForm):
    """Signing for a copy: `package` is the one that was shown (its public id)."""

    package = HiddenField()

    def __init__(self, *args: Any, item: Item, **kwargs: Any) -> None:
        self.standing = packages.standing(item)
        super().__init__(*args, version=item.version, **kwargs)

    def renew(self, version: int | None) -> None:
        """Shown again, with the package that stands now."""
        super().renew(version)
        self.package.data = str(self.standing.public_id) if self.standing else ""

    @property
    def seen_package(self) -> uuid.UUID:
        """The package that was shown; of none, or of no sound id, one that is nobody's."""
        try:
            return uuid.UUID(self.package.data or "")
        except ValueError:
            return uuid.UUID(int=0)


def _location(label: str, description: str) -> StringField:
    return StringField(
        label,
        description=description,
        validators=[no_secrets, Length(max=LOCATION_LENGTH)],
        filters=[clean],
    )


class CopyForm(ScannedTexts, PackageForm):
    """确认存档: where the unit's own paper originals lie."""

    location = _location("本单位纸质原件存放位置", "没有纸质原件的不填")

    def __init__(self, *args: Any, kept_at: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_submitted():
            self.location.data = kept_at


class KeepingForm(ScannedTexts, ActForm):
    """登记保管信息; 档案员 may choose another 保管期限 than the category's (SPEC §2.11)."""

    retention = SelectField("保管期限")
    location = _location("纸质原件存放位置", "党政办保管的纸质原件，没有的不填")

    def __init__(
        self, *args: Any, usual: str, location: str, may_choose: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_submitted():
            self.location.data = location
        if not may_choose:
            del self.retention
            return
        rows = policy.CURRENT.retentions
        self.retention.choices = [SelectChoice(row.id, row.id) for row in rows]
        if not self.is_submitted():
            self.retention.data = usual
