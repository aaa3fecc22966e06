"""What a person typed into a form that was not accepted, in words: nothing typed is lost.

Somebody else was first (409), the act is not open any more (422), or the item left one's sight
(404): the page hands back every field, and beside the form of 立项 what stands there now.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from wtforms import BooleanField, Field, FileField

from portal.errors import Kept
from portal.filters import full_date, full_time
from portal.forms import ActForm


class Difference(NamedTuple):
    """A field whose content is another one by now: what stands there, what was typed."""

    label: str
    now: str
    typed: str


def kept_of(form: ActForm) -> tuple[Kept, ...]:
    """Every field that holds something, in the order of the form; ticks and files say nothing."""
    return tuple(
        Kept(field.label.text, words_of(field)) for field in _worded(form) if _holds(field)
    )


def differences(now: ActForm, typed: ActForm) -> tuple[Difference, ...]:
    """The fields in which a form differs from the same form as it would be filled today."""
    pairs = ((field, now[field.name]) for field in _worded(typed))
    return tuple(
        Difference(mine.label.text, words_of(theirs), words_of(mine))
        for mine, theirs in pairs
        if words_of(mine) != words_of(theirs)
    )


def words_of(field: Field) -> str:
    """A field's content as people read it: choices by their labels (nothing chosen is the choice
    of nothing), dates as the office writes them."""
    choices = getattr(field, "choices", None)
    if choices is not None:
        chosen = field.data if isinstance(field.data, list) else [field.data]
        return "、".join(
            option.label
            for option in field.iter_choices()
            if option.value in chosen or (field.data is None and not option.value)
        )
    if isinstance(field.data, datetime):
        return full_time(field.data)
    if isinstance(field.data, date):
        return full_date(field.data)
    if field.data is None and field.raw_data:  # typed, but no date or number
        return str(field.raw_data[0])
    return "" if field.data is None else str(field.data)


def _worded(form: ActForm) -> list[Field]:
    return [field for field in form.texts if not isinstance(field, BooleanField | FileField)]


def _holds(field: Field) -> bool:
    """Whether there is more in it than the choice of nothing (「请选择」)."""
    return bool(field.data if hasattr(field, "choices") else words_of(field))
