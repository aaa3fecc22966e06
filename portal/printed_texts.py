"""Texts of forms that will stand on a sheet: what no face can print is named where it is typed.

One emoji in an opinion would else make an annex unprintable after everybody has signed it.
"""

from __future__ import annotations

from wtforms import Field, Form
from wtforms.validators import ValidationError

from portal.documents.typesetting.characters import cannot_print, unprintable


def can_be_printed(_form: Form, field: Field) -> None:
    """Validator of every text that is printed."""
    missing = unprintable(field.data or "")
    if missing:
        raise ValidationError(cannot_print(missing))
