"""The forms of an import: the file, and the confirmation of what was shown."""

from __future__ import annotations

from typing import Any, Final

from wtforms import HiddenField
from wtforms.validators import StopValidation

from portal.attachments.forms import FilesField, WithFiles
from portal.attachments.kinds import KINDS, size_of
from portal.forms import ActForm, DeclaredForm

MEGABYTES: Final = 10
NOT_XLSX: Final = "请上传xlsx格式的表格；xls、et、csv等格式的，请用办公软件另存为xlsx后上传。"
NEEDED: Final = "请选择Excel文件。"


class WorkbookField(FilesField):
    """One xlsx file, by its content; marks of state secrets stop it as any other file."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, needed=NEEDED, most=1, **kwargs)
        self.description = f"xlsx格式，不超过{MEGABYTES} MB"

    def pre_validate(self, form: WithFiles) -> None:
        """As every file, and only this kind and size; other kinds are named before all else."""
        given = self.data or ()
        if given and not (given[0].filename or "").lower().endswith(".xlsx"):
            raise StopValidation(NOT_XLSX)
        if given and size_of(given[0].stream) > MEGABYTES * 1024 * 1024:
            raise StopValidation(f"文件不超过{MEGABYTES} MB，请拆分后重新上传。")
        super().pre_validate(form)
        if self.sound and self.sound[0].kind is not KINDS["xlsx"]:
            raise StopValidation(NOT_XLSX)


class WorkbookForm(WithFiles, DeclaredForm):
    """A table of what an import brings in."""

    files = WorkbookField("Excel文件")

    @property
    def content(self) -> bytes:
        """The bytes of the checked file."""
        self.sound_files[0].stream.seek(0)
        return self.sound_files[0].stream.read()

    @property
    def file_name(self) -> str:
        """Its cleaned name."""
        return self.sound_files[0].name


class ConfirmForm(ActForm):
    """确认导入; `shown` is the digest of the table that the person looked at."""

    shown = HiddenField()
