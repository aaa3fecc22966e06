"""The fields of what is typed in for a unit: how it came, from whom, of which day (SPEC §8.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import DateField, Field, RadioField, SelectField, TextAreaField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from portal.forms import OPINION_LENGTH, clean
from portal.printed_texts import can_be_printed
from portal.rulebook.entries import Entry
from portal.rulebook.signers import Signer
from portal.scanned_forms import no_secrets

WAYS: Mapping[str, str] = {"paper": "纸质", "phone": "电话", "file": "文件"}
CHOOSE = SelectChoice("", "请选择")


class EntryFields:
    """Mixed into a form of 代录; which persons could have reported is set with `offer`."""

    way = RadioField(
        "来件方式", choices=[SelectChoice(*way) for way in WAYS.items()], default="paper"
    )
    signer_id = SelectField("报送人", validate_choice=False)
    paper_on = DateField("报送日期", validators=[Optional()])
    call_at = TimeField("通话时间", validators=[Optional()])
    opinion = TextAreaField(
        "通话内容",
        validators=[no_secrets, can_be_printed, Length(max=OPINION_LENGTH)],
        filters=[clean],
    )

    def offer(self, signers: Iterable[Signer]) -> None:
        """Who may be chosen; the act judges whether that fits the day."""
        choices = [SelectChoice(signer.value, signer.label) for signer in signers]
        self.signer_id.choices = [CHOOSE, *choices]

    def entry(self) -> Entry:
        """What was typed; a name that was not offered counts as none."""
        signer_id, signed_for_id = _who(self.signer_id)
        phone = self.way.data == "phone"
        return Entry(
            way=self.way.data or "",
            signer_id=signer_id,
            signed_for_id=signed_for_id,
            paper_on=self.paper_on.data,
            call_at=f"{self.call_at.data:%H:%M}" if phone and self.call_at.data else "",
            said=(self.opinion.data or "") if phone else "",
        )


def _who(field: Field) -> tuple[int | None, int | None]:
    offered: set[Any] = {choice.value for choice in field.choices}
    if not field.data or field.data not in offered:
        return None, None
    signer, _, signed_for = field.data.partition(":")
    return int(signer), int(signed_for) if signed_for else None
