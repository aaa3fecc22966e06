"""The forms of 退回 (to whom, and the reason first) and of 转授权人 (SPEC §2.3)."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from portal.filters import full_date
from portal.forms import ActForm, ReasonForm
from portal.models import Item
from portal.rulebook import delegating, slots
from portal.web import viewer


class ReturnForm(ReasonForm):
    """退回 to whom."""

    target = RadioField(
        "退回至",
        choices=[SelectChoice("drafter", "退回拟稿人"), SelectChoice("previous", "退回上一环节")],
        default="drafter",
    )
    straight_back = BooleanField("修改后直接送我", description="仅修改文字时适用")


class TransferForm(ActForm):
    """转授权人 to whom: the delegates who may sign what waits."""

    delegate = SelectField("受托人", coerce=int)

    def __init__(self, *args: Any, item: Item, part: Any, **kwargs: Any) -> None:
        super().__init__(*args, version=item.version, **kwargs)
        reader = viewer()
        asked = slots.offices_asked(item, part)
        self.delegates = delegating.delegates(reader.person_id, item, reader.moment, asked)
        self.delegate.choices = [
            SelectChoice(0, "请选择"),
            *(
                SelectChoice(one.person_id, f"{one.name}（授权至{full_date(one.until)}）")
                for one in self.delegates
            ),
        ]


def transfer_form(item: Item, part: Any) -> TransferForm:
    """The form for what waits of the item, or of its part."""
    return TransferForm(item=item, part=part)
