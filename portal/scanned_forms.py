"""Texts of forms read for marks of state secrets before anything is kept (第二十一条, SPEC §7.2).

A mark stops the form: its text is forgotten, only who and when is stored. A word that may stand
in an ordinary sentence asks for a tick; the tick shows only then. Opinions and reasons, which a
leader signs with one click, are stopped by marks and never ask.
"""

from __future__ import annotations

from flask import Flask, Response, g
from wtforms import BooleanField, Field, Form
from wtforms.validators import StopValidation, ValidationError

from portal.extensions import db
from portal.models import SecrecyStop
from portal.rulebook.secrecy import CONFIRMATION, STOPPED, Finding, scan


class ScannedTexts:
    """Mixed into a form whose fields carry `no_secrets`; the template calls `words_tick(form)`."""

    words_clear = BooleanField(CONFIRMATION)
    words_asked: tuple[str, ...] = ()
    """The words to be confirmed, each once, in the order they were met."""
    text_stopped = False
    """Whether a text was refused and forgotten."""

    def heed(self, finding: Finding) -> str:
        """What a finding asks of the writer, as the error of its field; empty if nothing."""
        if finding.kind == "stop":
            self.text_stopped = True
            return note_stopped()
        new = tuple(word for word in finding.words if word not in self.words_asked)
        self.words_asked += new
        if finding.kind == "none" or self.words_clear.data:
            return ""
        words = "、".join(f"“{word}”" for word in finding.words)
        return f"含有{words}等词语，请核对后勾选“{CONFIRMATION}”再提交。"


def no_secrets(form: ScannedTexts, field: Field) -> None:
    """Validator, the first of its field: refuse and forget a marked text, ask about others."""
    finding = scan(field.data or "")
    asked = form.heed(finding)
    if finding.kind == "stop":
        _forget(field)
        raise StopValidation(asked)
    if asked:
        raise ValidationError(asked)


def no_marks(_form: Form, field: Field) -> None:
    """Validator, the first of its field: refuse and forget a marked text; nothing else is asked."""
    if scan(field.data or "").kind == "stop":
        _forget(field)
        raise StopValidation(note_stopped())


def note_stopped() -> str:
    """That a text of this request was refused is stored after it; the sentence to say."""
    g.text_stopped = True
    return STOPPED


def _forget(field: Field) -> None:
    field.data, field.raw_data = "", [""]


def init_scanned(app: Flask) -> None:
    """Store the bare fact of a refused text, once a request, after the answer is made."""

    @app.after_request
    def note_stop(response: Response) -> Response:
        viewer = g.get("viewer")
        if g.get("text_stopped") and viewer is not None:
            db.session.rollback()
            db.session.add(SecrecyStop(person_id=viewer.person_id, at=viewer.moment.instant))
            db.session.commit()
        return response
