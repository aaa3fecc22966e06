"""The form of an upload: one file, looked into before anything is kept, and the declaration."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import FileStorage
from wtforms.validators import StopValidation

from portal.attachments.kinds import Kind, kind_of
from portal.attachments.names import clean_name
from portal.attachments.refusal import FileRefused
from portal.attachments.texts import texts_of
from portal.forms import DeclaredForm
from portal.rulebook.secrecy import NOTHING, Finding, scan
from portal.scanned_forms import ScannedTexts


class Sound(NamedTuple):
    """A file that may be kept: its cleaned name and its kind by content."""

    name: str
    kind: Kind


def sound_file(form: UploadForm, field: Any) -> None:
    """Validator: an allowed type by content, and no mark of a state secret in name or text."""
    given: FileStorage = field.data
    name = clean_name(given.filename or "")
    try:
        # The name is read first: a marked file is not opened at all.
        finding = scan(name)
        if finding.kind != "stop":
            kind = kind_of(given.stream, name)
            form.sound = Sound(name, kind)
            finding = _strictest(finding, *(scan(text) for text in texts_of(given.stream, kind)))
    except FileRefused as refused:
        raise StopValidation(str(refused)) from refused
    asked = form.heed(finding)
    if asked:
        raise StopValidation(asked)


def _strictest(*findings: Finding) -> Finding:
    for kind in ("stop", "confirm"):
        met = [finding for finding in findings if finding.kind == kind]
        if met:
            words = dict.fromkeys(word for finding in met for word in finding.words)
            return Finding(met[0].kind, tuple(words))
    return NOTHING


class UploadForm(ScannedTexts, DeclaredForm):
    """One file. `sound` is set once it was looked into."""

    file = FileField("文件", validators=[FileRequired("请选择文件。"), sound_file])
    sound: Sound | None = None
