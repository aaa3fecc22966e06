"""The form of 办理交接: to whom, why, and by item how far it is and what goes with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from wtforms import BooleanField, Field, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from portal.forms import DeclaredForm, clean
from portal.person_field import people_of
from portal.printed_texts import can_be_printed
from portal.scanned_forms import ScannedTexts, no_secrets
from portal.steps.handing.commands import Line, Wanted
from portal.steps.handing.queries import Candidate, Giver

LENGTH, REASON_LENGTH = 300, 100


def _text(label: str, length: int = LENGTH, *needed: Any) -> TextAreaField:
    return TextAreaField(
        label, validators=[no_secrets, *needed, can_be_printed, Length(max=length)], filters=[clean]
    )


class LineFields(NamedTuple):
    """The fields of one item, for the template."""

    item: Candidate
    taken: Field
    progress: Field
    open_matters: Field
    materials: Field


class HandingForm(ScannedTexts, DeclaredForm):
    """One 交接单. Made for its items by `handing_form`."""

    items: tuple[Candidate, ...] = ()
    taker = SelectField("接手人", coerce=int, validators=[DataRequired("请选择接手人。")])
    reason = _text("交接事由", REASON_LENGTH, DataRequired("请填写交接事由。"))

    def offer(self, giver: Giver) -> HandingForm:
        """Whom it may be given to: the others of the unit."""
        others = [one for one in people_of(giver.unit_id) if one.value != giver.person_id]
        self.taker.choices = [SelectChoice(0, "请选择"), *others]
        return self

    @property
    def lines(self) -> list[LineFields]:
        """The items in their order, with their fields."""
        parts = ("taken", "progress", "open_matters", "materials")
        return [
            LineFields(item, *(self[f"item{item.item_id}-{part}"] for part in parts))
            for item in self.items
        ]

    def wanted(self, giver: Giver) -> Wanted:
        """What was filled in, once the form is validated."""
        return Wanted(
            giver.kind, giver.unit_id, giver.person_id, self.taker.data, self.reason.data or ""
        )

    def ticked(self) -> list[Line]:
        """The items that are handed over."""
        return [
            Line(
                one.item.item_id,
                one.progress.data or "",
                one.open_matters.data or "",
                one.materials.data or "",
            )
            for one in self.lines
            if one.taken.data
        ]


def handing_form(items: Sequence[Candidate]) -> type[HandingForm]:
    """The form's class for these items."""
    fields: dict[str, Any] = {"items": tuple(items)}
    for item in items:
        name = f"item{item.item_id}"
        fields |= {
            f"{name}-taken": BooleanField(f"移交“{item.title}”", default=True),
            f"{name}-progress": TextAreaField(
                "进展",
                default=item.progress,
                validators=[no_secrets, can_be_printed, Length(max=LENGTH)],
                filters=[clean],
            ),
            f"{name}-open_matters": _text("未尽事宜"),
            f"{name}-materials": _text("移交材料"),
        }
    return type("HandingForm", (HandingForm,), fields)
