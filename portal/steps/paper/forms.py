"""The form of a sheet signed on paper: a group of fields a box, one scan for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from wtforms import DateField, Field, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, StopValidation

from portal.attachments.checking import Sound
from portal.attachments.forms import FilesField, WithFiles
from portal.forms import OPINION_LENGTH, DeclaredForm, clean
from portal.printed_texts import can_be_printed
from portal.scanned_forms import no_secrets
from portal.steps.paper.commands import Entry
from portal.steps.paper.queries import PaperBox

SCANS = ("pdf", "ofd", "jpg", "png")
LEFT_OUT = SelectChoice("", "本栏不录入")


def a_scan(_form: WithFiles, field: FilesField) -> None:
    """Validator: a sheet as a scanner gives it."""
    if any(file.kind.name not in SCANS for file in field.sound):
        raise StopValidation("扫描件请上传pdf、ofd、jpg或png格式的文件。")


class BoxFields(NamedTuple):
    """The fields of one box, for the template."""

    box: PaperBox
    signer: Field
    decided: Field
    paper_on: Field
    opinion: Field
    supplement: Field | None


class PaperForm(WithFiles, DeclaredForm):
    """One sheet. Made for its boxes by `paper_form`; a box without a signer is left out."""

    boxes: tuple[PaperBox, ...] = ()
    files = FilesField("扫描件", needed="请上传扫描件。", most=1, validators=[a_scan])

    @property
    def rows(self) -> list[BoxFields]:
        """The groups in the order of the form."""
        return [
            BoxFields(
                box,
                self[f"{box.name}-signer_id"],
                self[f"{box.name}-decided"],
                self[f"{box.name}-paper_on"],
                self[f"{box.name}-opinion"],
                self[name] if (name := f"{box.name}-supplement_days") in self else None,
            )
            for box in self.boxes
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """Each box whole or empty, at least one of them filled."""
        whole: bool = super().validate(extra_validators)
        filled = 0
        for row in self.rows:
            if row.signer.data:
                filled += 1
            elif row.paper_on.data or row.opinion.data:
                row.signer.errors = [*row.signer.errors, "请选择签批人。"]
                whole = False
        if not filled and not any(row.signer.errors for row in self.rows):
            self.form_errors.append("请至少录入一栏签批。")
            whole = False
        return whole

    def entries(self) -> list[Entry]:
        """The filled boxes, checked for form only."""
        return [_entry(row) for row in self.rows if row.signer.data and not row.signer.errors]

    @property
    def scan(self) -> Sound | None:
        """The scan, once it was looked into."""
        return next(iter(self.sound_files), None)


class CorrectionForm(PaperForm):
    """更正代录: the scan may stay."""

    files = FilesField("扫描件", most=1, validators=[a_scan])


def paper_form(boxes: Sequence[PaperBox], base: type[PaperForm] = PaperForm) -> type[PaperForm]:
    """The form's class for these boxes."""
    fields: dict[str, Any] = {"boxes": tuple(boxes)}
    for box in boxes:
        fields |= _fields(box, left_out=base is not CorrectionForm)
    return type(base.__name__, (base,), fields)


def _fields(box: PaperBox, *, left_out: bool) -> dict[str, Any]:
    choices = [LEFT_OUT] if left_out else []
    choices += [SelectChoice(signer.value, signer.label) for signer in box.signers]
    fields = {
        "signer_id": SelectField("签批人", choices=choices),
        "decided": RadioField(
            "签批结论", choices=[SelectChoice(*way) for way in box.ways], default=box.ways[0][0]
        ),
        "paper_on": DateField("签批日期", validators=[Optional()]),
        "opinion": TextAreaField(
            "签批意见",
            validators=[no_secrets, can_be_printed, Length(max=OPINION_LENGTH)],
            filters=[clean],
        ),
    }
    if "退回补正" in dict(box.ways).values():
        fields["supplement_days"] = IntegerField("补正期限", validators=[Optional()])
    return {f"{box.name}-{name}": field for name, field in fields.items()}


def _entry(row: BoxFields) -> Entry:
    signer, _, signed_for = row.signer.data.partition(":")
    return Entry(
        name=row.box.name,
        slot_id=row.box.slot.id,
        signer_id=int(signer),
        signed_for_id=int(signed_for) if signed_for else None,
        decided=row.decided.data,
        opinion=row.opinion.data or "",
        paper_on=row.paper_on.data,
        supplement_days=row.supplement.data if row.supplement else None,
    )
