"""What every document is asked before it is set, as PDF or for Word: texts cleaned, lengths and
characters within what can be set (SPEC §8.9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from portal.documents.typesetting.characters import cannot_print, clean, unprintable

LONGEST_TEXT = 20_000  # characters of one field
MOST_PARTS = 1_000  # paragraphs of a text, rows of a table


class DocumentError(ValueError):
    """A document cannot be made; the message says why, in Chinese, for the person who asked."""


def cleaned(value: Any) -> Any:
    """`value`, a text or data of texts, with nothing but characters in them (`clean`)."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, tuple):
        return tuple(cleaned(part) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: cleaned(getattr(value, f.name)) for f in fields(value)})
    return value


def texts(value: Any) -> Iterator[str]:
    """Every text in `value`, in the order of its fields."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from texts(part)
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from texts(getattr(value, each.name))


def check_lengths(value: Any) -> None:
    """DocumentError for a text that is too long to be set."""
    if any(len(text) > LONGEST_TEXT for text in texts(value)):
        raise DocumentError(f"有一栏超过{LONGEST_TEXT}字，无法排印，请精简后再试。")


def check_rows(value: Any) -> None:
    """DocumentError for data with a longer sequence than can be set."""
    if isinstance(value, tuple):
        if len(value) > MOST_PARTS:
            raise DocumentError(f"有一处超过{MOST_PARTS}项，无法排印，请精简或分开印制。")
        for part in value:
            check_rows(part)
    elif is_dataclass(value):
        for each in fields(value):
            check_rows(getattr(value, each.name))


def check_characters(value: Any) -> None:
    """DocumentError that names the characters no face of ours has."""
    missing = {char for text in texts(value) for char in unprintable(text)}
    if missing:
        raise DocumentError(cannot_print(missing))
