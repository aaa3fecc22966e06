"""The form of a signed list: who, when, one opinion for all or another by row, one scan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from wtforms import BooleanField, DateField, Field, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from portal.attachments.checking import Sound
from portal.attachments.forms import FilesField, WithFiles
from portal.forms import OPINION_LENGTH, DeclaredForm, clean
from portal.printed_texts import can_be_printed
from portal.rooms.signing_lists.commands import Sheet
from portal.rooms.signing_lists.queries import Row
from portal.rulebook.signers import Signer
from portal.scanned_forms import no_secrets
from portal.steps.paper.forms import a_scan


class RowFields(NamedTuple):
    """The fields of one row, for the template; a row that has moved on has none."""

    row: Row
    taken: Field | None
    opinion: Field | None


def _opinion(label: str) -> TextAreaField:
    return TextAreaField(
        label, validators=[no_secrets, can_be_printed, Length(max=OPINION_LENGTH)], filters=[clean]
    )


class ListForm(WithFiles, DeclaredForm):
    """One signed list. Made for its rows by `list_form`."""

    rows: tuple[Row, ...] = ()
    signer_id = SelectField("签批人", validate_choice=False)
    paper_on = DateField("签批日期", validators=[Optional()])
    opinion = _opinion("总意见")
    files = FilesField("扫描件", needed="请上传扫描件。", most=1, validators=[a_scan])

    def offer(self, signers: Iterable[Signer], first: str) -> None:
        """Who may have signed; the one the list was printed for comes first."""
        found = sorted(signers, key=lambda signer: signer.value != first)
        self.signer_id.choices = [SelectChoice(one.value, one.label) for one in found]

    @property
    def lines(self) -> list[RowFields]:
        """The rows in their order, with their fields."""
        return [
            RowFields(row, self[f"{row.name}-taken"], self[f"{row.name}-opinion"])
            if f"{row.name}-taken" in self
            else RowFields(row, None, None)
            for row in self.rows
        ]

    def sheet(self) -> Sheet:
        """The ticked rows, each with its own opinion or the common one."""
        signer, _, signed_for = (self.signer_id.data or "").partition(":")
        offered = {choice.value for choice in self.signer_id.choices}
        known = self.signer_id.data in offered
        return Sheet(
            signer_id=int(signer) if known else None,
            signed_for_id=int(signed_for) if known and signed_for else None,
            paper_on=self.paper_on.data,
            opinions={
                line.row.number: line.opinion.data or self.opinion.data or ""
                for line in self.lines
                if line.taken is not None and line.opinion is not None and line.taken.data
            },
        )

    @property
    def scan(self) -> Sound | None:
        """The scan, once it was looked into; None if none is asked for."""
        return next(iter(self.sound_files), None) if self.files is not None else None


def list_form(
    rows: Sequence[Row], shown: Iterable[str] | None = None, *, scanned: bool = False
) -> type[ListForm]:
    """The form's class for these rows; `shown` are the rows the page that was sent had fields for
    (None: those that still wait). `scanned`: the scan is here already."""
    names = {row.name for row in rows if not row.moved_on} if shown is None else set(shown)
    fields: dict[str, Any] = {"rows": tuple(rows)}
    if scanned:
        fields["files"] = None
    for row in rows:
        if row.name in names:
            fields[f"{row.name}-taken"] = BooleanField(f"录入第{row.number}项", default=True)
            fields[f"{row.name}-opinion"] = _opinion(f"第{row.number}项意见")
    return type("ListForm", (ListForm,), fields)
