"""The form of 设置授权; whom it may be given to, the command sees."""

from __future__ import annotations

from wtforms import DateField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, StopValidation

from portal.forms import ActForm, clean
from portal.person_field import PersonField
from portal.rooms.delegations.commands import Wanted, may_record
from portal.rulebook import delegating
from portal.rulebook.delegating import BY_ID, KINDS, Kind
from portal.scanned_forms import ScannedTexts, no_secrets
from portal.web import viewer

LENGTH = 100
DAY = "请填写日期，如2026-11-23。"


class GiverField(PersonField):
    """授权人: only 党政办 names one, and only for somebody else; empty means oneself."""

    def pre_validate(self, form: GivenForm) -> None:
        """As `PersonField`, if anything was typed."""
        if not clean(self.data):
            if not form.gives_himself:
                raise StopValidation("请选择授权人。")
            return
        super().pre_validate(form)


class GivenForm(ScannedTexts, ActForm):
    """设置授权: what, to whom, from when to when, why. `kinds` are the rows offered."""

    giver = GiverField("授权人")
    kind = RadioField("授权范围", validators=[InputRequired("请选择授权范围。")])
    taker = PersonField("受托人")
    first = DateField("起始日期", validators=[DataRequired(DAY)])
    last = DateField("截止日期", validators=[DataRequired(DAY)])
    reason = TextAreaField(
        "授权事由",
        validators=[no_secrets, DataRequired("请填写授权事由。"), Length(max=LENGTH)],
        filters=[clean],
    )
    gives_himself = False
    kinds: tuple[Kind, ...] = ()

    def offer(self) -> GivenForm:
        """What this person may give, or type in for others; no row: there is nothing to set."""
        reader = viewer()
        own: tuple[Kind, ...] = ()
        if reader.person_id is not None:
            own = delegating.may_give(delegating.offices_of(reader.person_id, reader.moment.day))
        self.gives_himself = bool(own)
        self.kinds = KINDS if may_record(reader) else own
        self.kind.choices = [SelectChoice(kind.id, kind.label) for kind in self.kinds]
        if not may_record(reader):
            del self.giver
        return self

    @property
    def wanted(self) -> Wanted:
        """What was filled in, once the form is validated."""
        return Wanted(
            BY_ID[self.kind.data],
            self.giver.person_id if "giver" in self else None,
            self.taker.person_id or 0,
            self.first.data,
            self.last.data,
            self.reason.data or "",
        )
