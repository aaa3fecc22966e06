"""From a sheet to a PDF: one A4 page for ordinary content (附件 1, 附件 3, 通知单; SPEC §5.1).

Pure: knows no database and no request, reads no file but its own templates and fonts, and
fetches nothing. The same sheet gives the same bytes.
"""

from __future__ import annotations

import bisect
import datetime as dt
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal.documents.sheets import (
    ClosingSheet,
    FilingSheet,
    ListSheet,
    NoticeBatch,
    NoticeSheet,
    RequestSheet,
    Sheet,
    SigningListSheet,
    SinglePaper,
    UrgeSheet,
)
from portal.documents.typesetting.characters import (
    BLANK,
    FAMILIES,
    IDEOGRAPHIC_SPACE,
    cannot_print,
    clean,
    family_of_name,
    unbroken,
    unprintable,
)
from portal.documents.wording import WORDING, Wording

if TYPE_CHECKING:
    from jinja2 import Environment

    from portal.documents.typesetting.page import Page, Paper

LONGEST_TEXT = 20_000  # characters of one field
MORE_THAN_A_PAGE = 3000  # characters; a page of 小四 holds fewer than 2,000
MOST_ENTRIES = 200  # names or units in one cell
MOST_ROWS = 5000  # of a list over many pages
TEMPLATES = Path(__file__).parent.parent / "templates"


class DocumentError(ValueError):
    """A sheet cannot be printed; the message says why, in Chinese, for the person who asked."""


@dataclass(frozen=True)
class Step:
    """How roomy a sheet is set; points, heights of empty boxes in millimetres."""

    size: float
    leading: float
    padding: float
    sign_height: float
    filing_height: float
    margin: float = 18  # millimetres above and below
    tight: bool = False

    @property
    def label_size(self) -> float:
        """Five characters of a label leave some white in its 26 mm."""
        return min(self.size, 13)

    @property
    def lines_height(self) -> float:
        """Height of the box with three lines to sign."""
        return self.filing_height * 1.4

    @property
    def receipt_height(self) -> float:
        """Height of the strip in which a unit signs for a notice, two lines at least."""
        return self.filing_height * 0.8


# 四号 down to 小四 before the sheet breaks (SPEC §5.1), each narrower than the one before.
STEPS = (
    Step(14, 21, 3, 32, 22),
    Step(14, 19, 2, 26, 18),
    Step(13, 17.5, 2, 24, 16),
    Step(12, 16, 1.5, 22, 14),
    Step(12, 15, 1, 18, 12, margin=15),
    Step(12, 14, 1, 16, 10, margin=14, tight=True),
)
FLOWING = Step(12, 16, 1.5, 22, 14)  # for what takes several pages anyway


@dataclass(frozen=True)
class Form:
    """A form: the class of its sheets, its template, how title and annex mark are worded."""

    sheet: type[Sheet]
    template: str
    title: Callable[[Wording, Any], str]
    """Of the wording and the sheet; 「{college}」 in it is the college's name."""
    annex: Callable[[Wording], str] = lambda _wording: ""
    chosen: bool = False
    """Whether category, method and level are ticked on it."""
    most_entries: int = MOST_ENTRIES


def _notice_title(wording: Wording, sheet: NoticeSheet) -> str:
    return wording.notice_title + (wording.notice_revised if sheet.revised else "")


FORMS: Mapping[str, Form] = {
    "filing": Form(
        FilingSheet,
        "documents/filing.html",
        title=lambda wording, _sheet: wording.filing_title,
        annex=lambda wording: wording.filing_annex,
        chosen=True,
    ),
    "urge": Form(
        UrgeSheet,
        "documents/urge.html",
        title=lambda wording, _sheet: wording.urge_title,
        annex=lambda wording: wording.urge_annex,
    ),
    "closing": Form(
        ClosingSheet,
        "documents/closing.html",
        title=lambda wording, _sheet: wording.closing_title,
        annex=lambda wording: wording.closing_annex,
        chosen=True,
    ),
    "notice": Form(NoticeSheet, "documents/notice.html", title=_notice_title, chosen=True),
    "notices": Form(NoticeBatch, "documents/notice.html", title=_notice_title, chosen=True),
    "request": Form(
        RequestSheet,
        "documents/request.html",
        title=lambda wording, sheet: wording.request_titles[sheet.kind],
    ),
    "signing_list": Form(
        SigningListSheet,
        "documents/signing_list.html",
        title=lambda wording, _sheet: wording.signing_list_title,
    ),
    "list": Form(
        ListSheet,
        "documents/list.html",
        title=lambda _wording, sheet: str(sheet.title),
        most_entries=MOST_ROWS,
    ),
}

_one_at_a_time = threading.Lock()  # reportlab's and xhtml2pdf's state is the process's


def warm() -> None:
    """Load libraries and fonts (about a second), for a worker before it forks."""
    from portal.documents.typesetting.faces import register

    register()
    _environment()


def render(kind: str, sheet: Sheet, wording: Wording = WORDING) -> bytes:
    """PDF of `sheet` as `kind`, a key of FORMS whose class it is of.

    The same sheet gives the same bytes. Raises DocumentError if it cannot be printed.
    """
    form = FORMS.get(kind)
    if form is None or not isinstance(sheet, form.sheet):
        raise DocumentError(f"没有「{kind}」这种文书，或内容与文书不符。")
    cleaned: Sheet = _cleaned(sheet)
    papers = cleaned.notices if isinstance(cleaned, NoticeBatch) else (cleaned,)
    if not papers:
        raise DocumentError("没有可以打印的通知单。")
    for paper in papers:
        _check(form, paper, wording)
    with _one_at_a_time:
        return _set(form, papers, wording)


def _set(form: Form, papers: Sequence[SinglePaper], wording: Wording) -> bytes:
    from reportlab.platypus.doctemplate import LayoutError
    from xhtml2pdf.config.resources import RenderLimitError

    from portal.documents.typesetting import page as pages

    try:
        return pages.build([_placed(form, paper, wording) for paper in papers])[0]
    except (LayoutError, RenderLimitError) as error:
        raise DocumentError("内容过长或过于复杂，无法排印，请精简后再试。") from error


def _placed(form: Form, sheet: SinglePaper, wording: Wording) -> Paper:
    """The paper as roomy as one page allows, or over several pages."""
    from portal.documents.typesetting import page as pages
    from portal.documents.typesetting.story import story

    title = form.title(wording, sheet).replace("{college}", sheet.college)

    @cache
    def at(step: Step) -> tuple[list[Any], Page]:
        page = pages.Page(title, step.margin, step.margin, control_code=sheet.control_code)
        return story(_html(form, sheet, wording, title, step)), page

    def fits(step: Step) -> bool:
        return pages.fits(*at(step))

    steps = () if sum(map(len, _texts(sheet))) > MORE_THAN_A_PAGE else STEPS
    chosen = bisect.bisect_left(steps, True, key=fits)
    if chosen < len(steps):
        return pages.Paper(*at(steps[chosen]))
    flowing = pages.Paper(*at(FLOWING))
    _, (total,) = pages.build([flowing])
    return replace(flowing, total=total)


def _html(form: Form, sheet: SinglePaper, wording: Wording, title: str, step: Step) -> str:
    from portal.documents.typesetting.faces import css_family

    html = (
        _environment()
        .get_template(form.template)
        .render(
            sheet=sheet,
            wording=wording,
            step=step,
            form_title=title,
            annex=form.annex(wording),
            families={family: css_family(family) for family in FAMILIES},
        )
    )
    return html.replace(IDEOGRAPHIC_SPACE, BLANK)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"lines": _lines, "day": _day, "name_family": family_of_name}
    environment.filters |= {"unbroken": unbroken, "packed": _packed}
    return environment


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _packed(parts: Sequence[str], ems: float, gap: str) -> list[str]:
    """The parts in as few lines of `ems` characters as hold them whole, `gap` between two."""
    lines = [parts[0]]
    for part in parts[1:]:
        together = f"{lines[-1]}{gap}{part}"
        width = sum(0.5 if char.isascii() else 1 for char in together)
        lines[-1:] = [together] if width <= ems else [lines[-1], part]
    return lines


def _day(day: dt.date) -> str:
    """2026年11月3日: full year, no zero padding (SPEC §5.1)."""
    return f"{day.year}年{day.month}月{day.day}日"


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, tuple):
        return tuple(_cleaned(part) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _cleaned(getattr(value, f.name)) for f in fields(value)})
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts(part)
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from _texts(getattr(value, each.name))


def _check(form: Form, sheet: SinglePaper, wording: Wording) -> None:
    if form.chosen:
        _check_choices(sheet, wording)
    if any(len(text) > LONGEST_TEXT for text in _texts(sheet)):
        raise DocumentError(f"有一栏超过{LONGEST_TEXT}字，无法排印，请精简后再试。")
    lists = (getattr(sheet, each.name) for each in fields(sheet))
    most = form.most_entries
    if any(isinstance(entries, tuple) and len(entries) > most for entries in lists):
        raise DocumentError(f"有一栏超过{most}项，无法排印，请精简后再试。")
    missing = {char for text in _texts(sheet) for char in unprintable(text)}
    if missing:
        raise DocumentError(cannot_print(missing))


def _check_choices(sheet: Any, wording: Wording) -> None:
    for part, known in (
        (sheet.category, wording.categories),
        (sheet.method, wording.methods),
        (sheet.level, wording.levels),
    ):
        if part not in known:
            raise DocumentError(f"「{part}」不是类别、方式或等级。")
