"""The forms of a batch: files taken in, one confirmation for all sheets, a number typed by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import request
from wtforms import BooleanField
from wtforms.validators import StopValidation

from portal.attachments.forms import FilesField, WithFiles
from portal.forms import DeclaredForm
from portal.models import ScanSheet
from portal.plain_forms import PlainForm
from portal.rooms.scans.matching import Match
from portal.steps.paper import queries as paper
from portal.steps.paper.forms import PaperForm, paper_form
from portal.steps.paper.queries import PaperBox

MOST = 10
"""Files of one batch; each may hold many sheets."""
READABLE = ("pdf", "jpg", "png")


def readable(_form: WithFiles, field: FilesField) -> None:
    """Validator: what codes are read from; an ofd is typed in on its item's page."""
    if any(file.kind.name not in READABLE for file in field.sound):
        raise StopValidation("请上传pdf、jpg或png格式的扫描件；ofd文件请在事项页代录。")


class TakeInForm(WithFiles, DeclaredForm):
    """扫描件, as the scanner gave it."""

    files = FilesField("扫描件", needed="请选择扫描件。", most=MOST, validators=[readable])


class AsideForm(PlainForm):
    """不归件, or taken up again."""

    aside = BooleanField("不归件")


class ConfirmForm(DeclaredForm):
    """The one confirmation; the boxes stand in forms of the sheets."""


class SheetForm(PaperForm):
    """The boxes of one sheet among many: without a file and a declaration of its own."""

    files = None  # type: ignore[assignment]  # wtforms leaves such a field out
    declared = None
    taken = BooleanField("归入本件", default=True)

    def validate(self, extra_validators: Any = None) -> bool:
        """A sheet that is left out is not asked about."""
        return not self.taken.data or super().validate(extra_validators)


def sheet_form(found: Match, *, fresh: bool = False) -> SheetForm:
    """The form of a sheet with boxes: as it was sent, or, where it was not or should be `fresh`,
    filled in as 代录 proposes. Raises ValueError if the sheet has no item."""
    if found.item is None:
        raise ValueError("a sheet with boxes is of an item")
    fresh = fresh or request.method != "POST"
    kind = paper_form(found.boxes if fresh else _shown(found), SheetForm)
    given: dict[str, Any] = {"formdata": None} if fresh else {}
    form: SheetForm = kind(
        prefix=prefix_of(found.sheet),
        meta={"csrf": False},  # the confirmation's own token covers all
        data=paper.proposed(found.boxes),
        **given,
    )
    if fresh:
        form.renew(found.item.version)
    return form


def _shown(found: Match) -> Sequence[PaperBox]:
    """The boxes of the page that was sent."""
    prefix = prefix_of(found.sheet)
    return [box for box in found.boxes if f"{prefix}{box.name}-signer_id" in request.form]


def prefix_of(sheet: ScanSheet) -> str:
    """What the names of a sheet's fields begin with."""
    return f"s{sheet.position}-"


def typed_days(sheet: ScanSheet) -> Mapping[str, date]:
    """The days on the paper by the name of the box, as far as they are days."""
    prefix, on = prefix_of(sheet), "-paper_on"
    found = {}
    for name, value in request.form.items():
        if name.startswith(prefix) and name.endswith(on):
            try:
                found[name.removeprefix(prefix).removesuffix(on)] = date.fromisoformat(value)
            except ValueError:
                continue
    return found
