"""From a sheet to HTML: the forms' templates and their filters. Pure like `render`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from portal.documents.checks import DocumentError
from portal.documents.form_table import Form
from portal.documents.sheets import SinglePaper
from portal.documents.steps import Step
from portal.documents.typesetting.characters import (
    BLANK,
    FAMILIES,
    IDEOGRAPHIC_SPACE,
    family_of_name,
    unbroken,
)
from portal.documents.wording import Wording

if TYPE_CHECKING:
    from jinja2 import Environment

    from portal.documents.typesetting.pictures import Signed

HALF = 9.6  # characters of 四号 that half a row holds in one line
TEMPLATES = Path(__file__).parent.parent / "templates"


def html_of(
    form: Form,
    sheet: SinglePaper,
    wording: Wording,
    title: str,
    step: Step,
    marks: Mapping[Signed, str],
) -> str:
    """The sheet in its form's template, set as roomy as the step says; `marks` are the addresses of
    the signatures' pictures. DocumentError: a photograph cannot be opened."""
    from portal.documents.typesetting.faces import css_family

    html = (
        environment()
        .get_template(form.template)
        .render(
            sheet=sheet,
            wording=wording,
            step=step,
            form_title=title,
            annex=form.annex(wording),
            marks=marks,
            families={family: css_family(family) for family in FAMILIES},
        )
    )
    return html.replace(IDEOGRAPHIC_SPACE, BLANK)


@cache
def environment() -> Environment:
    """The forms' templates, with what they ask of a text."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"lines": _lines, "day": _day, "name_family": family_of_name}
    environment.filters |= {"unbroken": unbroken, "packed": _packed, "placing": _placing}
    environment.filters |= {"photo": _photo}
    return environment


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _packed(parts: Sequence[str], ems: float, gap: str) -> list[str]:
    """The parts in as few lines of `ems` characters as hold them whole, `gap` between two."""
    lines = [parts[0]]
    for part in parts[1:]:
        together = f"{lines[-1]}{gap}{part}"
        lines[-1:] = [together] if _ems(together) <= ems else [lines[-1], part]
    return lines


def _ems(text: str) -> float:
    """About how wide a text is, in characters."""
    return sum(0.5 if char.isascii() else 1 for char in text)


def _placing(text: str) -> str:
    """How a text stands in half a row: in the middle if it takes one line."""
    return "short" if _ems(text) <= HALF else "list"


def _photo(content: bytes) -> str:
    from portal.documents.typesetting import photos

    try:
        return photos.address_of(photos.shrunk(content))
    except photos.BrokenPhoto as error:
        raise DocumentError("有一张照片无法打开，请换用JPG或PNG格式的照片。") from error


def _day(day: dt.date) -> str:
    """2026年11月3日: full year, no zero padding (SPEC §5.1)."""
    return f"{day.year}年{day.month}月{day.day}日"
