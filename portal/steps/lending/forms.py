"""The form of 申请借阅."""

from __future__ import annotations

from typing import Any

from wtforms import DateField, RadioField, TextAreaField
from wtforms.validators import DataRequired, Length

from portal.forms import DeclaredForm, choices_of, clean
from portal.models import Item
from portal.printed_texts import can_be_printed
from portal.rulebook import policy
from portal.rulebook.guards import LOAN_KINDS, LoanAsked
from portal.rulebook.workdays import DAY
from portal.scanned_forms import ScannedTexts, no_secrets
from portal.web import viewer

LENGTH = 200
USUAL_DAYS = 7


class LoanForm(ScannedTexts, DeclaredForm):
    """What is borrowed, what for, until when."""

    medium = RadioField("借阅内容", choices=choices_of(LOAN_KINDS), default="original")
    reason = TextAreaField(
        "借阅事由",
        validators=[
            no_secrets,
            can_be_printed,
            DataRequired("请写明借阅事由。"),
            Length(max=LENGTH),
        ],
        filters=[clean],
    )
    due_back = DateField("归还日期", validators=[DataRequired("请填写归还日期。")])

    def __init__(self, *args: Any, item: Item, **kwargs: Any) -> None:
        super().__init__(*args, version=item.version, **kwargs)
        self.due_back.description = f"最长{policy.CURRENT.limit('loan_days')}天"
        if not self.is_submitted():
            self.due_back.data = viewer().moment.day + USUAL_DAYS * DAY

    @property
    def asked(self) -> LoanAsked:
        """What was asked for."""
        day = self.due_back.data or viewer().moment.day
        return LoanAsked(self.medium.data, self.reason.data or "", day)
