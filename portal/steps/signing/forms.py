"""The form of 退回: to whom, and the reason first (SPEC §2.3)."""

from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice

from portal.forms import ReasonForm


class ReturnForm(ReasonForm):
    """退回 to whom."""

    target = RadioField(
        "退回至",
        choices=[SelectChoice("drafter", "退回拟稿人"), SelectChoice("previous", "退回上一环节")],
        default="drafter",
    )
    straight_back = BooleanField("修改后直接送我", description="仅修改文字时适用")
