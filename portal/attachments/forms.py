"""Files in a form: each looked into before anything is kept, errors at the field.

A step's form takes files by mixing in `WithFiles` and declaring `files = FilesField(…)` where the
page shows it; its template calls `files_field(form)`, its route passes `form.sound_files` to the
command. One declaration and one tick for doubtful words hold for texts and files together.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import FileStorage
from wtforms import StringField
from wtforms.validators import StopValidation
from wtforms.widgets import FileInput, HiddenInput

from portal.attachments.checking import Sound, look_into
from portal.attachments.kinds import LISTED, size_of
from portal.attachments.names import clean_name
from portal.attachments.refusal import FileRefused
from portal.forms import DeclaredForm
from portal.scanned_forms import ScannedTexts

MOST = 10
"""Files in one form."""
MEGABYTES = 100
"""All files of one form together; the request itself is bounded a little above."""
SECONDS = 30.0
"""After so long no further file is begun: the next ones come in a form of their own."""


class FilesField(MultipleFileField):  # type: ignore[misc]  # flask_wtf ships no types
    """One or several files. `needed` is the sentence for none at all; empty: files are optional."""

    def __init__(self, label: str, *, needed: str = "", most: int = MOST, **kwargs: Any) -> None:
        each = f"每份不超过50 MB，{LISTED}"
        several = f"最多{most}份、合计不超过{MEGABYTES} MB；"
        super().__init__(label, description=(several if most > 1 else "") + each, **kwargs)
        self.needed, self.most = needed, most
        self.widget = FileInput(multiple=most > 1)
        self.sound: tuple[Sound, ...] = ()

    def pre_validate(self, form: WithFiles) -> None:
        """Set `sound` if every file may be kept; else a sentence a file at the field."""
        given: Sequence[FileStorage] = self.data or ()
        self._bound(given)
        found, until = [], time.monotonic() + SECONDS
        for file in given:
            if time.monotonic() > until:
                raise StopValidation("文件较多，未能逐份核对，请减少份数，分次提交。")
            try:
                looked = look_into(file.filename or "", file.stream)
            except FileRefused as refused:
                self._say(file, str(refused))
                continue
            asked = form.heed(looked.finding)
            if looked.finding.kind == "stop":
                # Nothing else is said of the form's files: names are texts too.
                form.files_stopped = True
                self.errors.clear()
                raise StopValidation(asked)
            if asked:
                self._say(file, asked)
            elif looked.sound is not None:
                found.append(looked.sound)
        self.sound = () if self.errors else tuple(found)

    def _bound(self, given: Sequence[FileStorage]) -> None:
        if self.needed and not given:
            raise StopValidation(self.needed)
        if len(given) > self.most:
            again = "，请分次提交" if self.most > 1 else ""
            raise StopValidation(f"每次最多上传{self.most}份文件{again}。")
        if len(given) > 1 and sum(size_of(file.stream) for file in given) > MEGABYTES * 1024 * 1024:
            raise StopValidation(f"文件合计不超过{MEGABYTES} MB，请压缩或分次提交。")

    def _say(self, file: FileStorage, sentence: str) -> None:
        several = len(self.data) > 1
        which = f"“{clean_name(file.filename or '')}”：" if several else ""
        self.errors.append(which + sentence)


class WithFiles(ScannedTexts):
    """Mixed into a form that declares `files`, a FilesField."""

    files: FilesField
    files_stopped = False
    """Whether a file bore a mark of a state secret: then nothing of the form is kept."""

    @property
    def sound_files(self) -> tuple[Sound, ...]:
        """The checked files, in the order given; none before the form is validated."""
        return self.files.sound

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """As every form; what was typed beside a marked file is forgotten with it."""
        valid: bool = super().validate(*args, **kwargs)  # type: ignore[misc]  # the form's own
        if self.files_stopped:
            for field in self:  # type: ignore[attr-defined]  # mixed into a form
                if isinstance(field, StringField) and not isinstance(field.widget, HiddenInput):
                    field.data, field.raw_data, field.errors = "", [""], []
        return valid


class UploadForm(WithFiles, DeclaredForm):
    """Files by themselves, on the item's page."""

    files = FilesField("文件", needed="请选择文件。")
