"""Which fields of a sent form hold words that somebody wrote, by their names alone.

Where a form is answered before its own view reads it (a session that has ended, a page that has
expired), what was written is told apart from ids, choices and passwords by the forms' own fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from wtforms import StringField, TextAreaField
from wtforms.fields.core import UnboundField

from portal.plain_forms import PlainForm

UNNAMED: Final = "填写内容"
"""The label of a text whose name several forms use for different things."""
MOST, LONGEST = 60, 5000
"""Texts of one form, and characters of one: 本周应报 has twelve reports of five texts each."""
_NUMBERED = re.compile(r"-\d+(?=-|$)")


class Texts(NamedTuple):
    """The names of one-line and of long texts; `labels` of both."""

    labels: Mapping[str, str]
    long: frozenset[str]


@lru_cache(maxsize=1)
def known() -> Texts:
    """Of all forms of the portal; call it when all of them are there."""
    labels: dict[str, set[str]] = {}
    long: set[str] = set()
    for form in _forms(PlainForm):
        for name in dir(form):
            field = getattr(form, name, None)
            if isinstance(field, UnboundField) and field.field_class in (
                StringField,
                TextAreaField,
            ):
                labels.setdefault(name, set()).add(_label(field))
                if field.field_class is TextAreaField:
                    long.add(name)
    named = {name: min(found) if len(found) == 1 else UNNAMED for name, found in labels.items()}
    return Texts(named, frozenset(long))


def label_of(name: str) -> str:
    """What the form calls the field of this name."""
    return known().labels.get(_plain(name), UNNAMED)


def written(sent: Mapping[str, str]) -> dict[str, str]:
    """The texts of a sent form by the names of their fields, if there is a long one among them;
    what is too long to be kept, and NUL, which the database takes not, are left out."""
    texts = {
        name[:60].replace("\0", ""): text.replace("\0", "")
        for name, text in sent.items()
        if _plain(name) in known().labels and text.strip() and len(text) <= LONGEST
    }
    if not any(_plain(name) in known().long for name in texts):
        return {}
    return dict(list(texts.items())[:MOST])


def _plain(name: str) -> str:
    """The name without the number of a row: `lines-3-requirement` is known as `requirement`."""
    return _NUMBERED.sub("", name).rsplit("-", 1)[-1]


def _label(field: UnboundField) -> str:
    given = field.args[0] if field.args else field.kwargs.get("label", "")
    return str(given) or UNNAMED


def _forms(base: type[PlainForm]) -> Iterator[type[PlainForm]]:
    for form in base.__subclasses__():
        yield form
        yield from _forms(form)
