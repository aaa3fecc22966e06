"""A form reads what a browser's form sends, and nothing else.

Flask-WTF would also fill fields from a JSON body, and fields of text from uploaded files: values
that are no text. Here such fields count as not sent.
"""

from __future__ import annotations

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import FileField, Form
from wtforms.i18n import get_translations


class PlainForm(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    """The base of every form of the portal."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # flask_wtf ships no types
        """Where the values come from."""

        def get_translations(self, _form: Form) -> Any:
            """What WTForms says by itself, in Chinese."""
            return get_translations(["zh"])

        def wrap_formdata(self, form: Form, formdata: Any) -> Any:
            """The fields of the request, if this form was sent; files for the fields of files."""
            if formdata is not _Auto:
                return formdata
            if not form.is_submitted():
                return None
            wanted = {field.name for field in form if isinstance(field, FileField)}
            files = [pair for pair in request.files.items(multi=True) if pair[0] in wanted]
            return CombinedMultiDict((MultiDict(files), request.form)) if files else request.form
