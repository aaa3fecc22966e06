"""The file as it is chosen."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms.validators import ValidationError

from portal.plain_forms import PlainForm


class FileForm(PlainForm):
    """The file that is held against what is kept."""

    file = FileField("文件", description="PDF，不超过100 MB；只作比对，不保存。")

    def validate_file(self, field: FileField) -> None:
        """One file."""
        if not field.data or not getattr(field.data, "filename", ""):
            raise ValidationError("请选择要核验的文件。")
