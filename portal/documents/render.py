"""From a sheet to a PDF: one A4 page for ordinary content (附件 1, 附件 3, 通知单; SPEC §5.1).

Pure: knows no database and no request, reads no file but its own templates and fonts, and
fetches nothing. The same sheet gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence
from dataclasses import fields, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from portal.documents.checks import (
    DocumentError,
    check_characters,
    check_lengths,
    check_rows,
    cleaned,
    texts,
)
from portal.documents.control import address_of
from portal.documents.form_table import FORMS, Form
from portal.documents.gongwen.content import Gongwen
from portal.documents.sheets import NoticeBatch, Sheet, SigningListSheet, SinglePaper
from portal.documents.steps import FLOWING, READ, STEPS, Step
from portal.documents.templating import environment, html_of
from portal.documents.wording import WORDING, Wording

if TYPE_CHECKING:
    from portal.documents.typesetting.page import Page, Paper

__all__ = ["GONGWEN", "DocumentError", "render", "warm"]

GONGWEN = "gongwen"
"""The kind of all documents in 公文 style; what they are called is in their data."""
MORE_THAN_A_PAGE = 3000  # characters; a page of 小四 holds fewer than 2,000
MOST_PHOTOS = 12
EPOCH = dt.date(2000, 1, 1)

_one_at_a_time = threading.Lock()  # reportlab's and xhtml2pdf's state is the process's


def warm() -> None:
    """Load libraries, fonts and templates and set a sheet of nothing, which loads what is left:
    about two seconds, for a worker before it forks a child a sheet."""
    for form in FORMS.values():
        environment().get_template(form.template)
    render("signing_list", SigningListSheet(college="", number="", listed=(), printed_on=EPOCH))


def render(kind: str, sheet: Sheet, wording: Wording = WORDING, base: str = "") -> bytes:
    """PDF of `sheet` as `kind`: GONGWEN, or a key of FORMS whose class it is of; `base` is the
    address under which people open the portal, where the sheet's QR code leads.

    The same sheet gives the same bytes. Raises DocumentError if it cannot be printed.
    """
    if kind == GONGWEN and isinstance(sheet, Gongwen):
        return _in_gongwen_style(sheet, base)
    form = FORMS.get(kind)
    if form is None or not isinstance(sheet, form.sheet):
        raise DocumentError(f"没有「{kind}」这种文书，或内容与文书不符。")
    tidy: SinglePaper | NoticeBatch = cleaned(sheet)
    papers = tidy.notices if isinstance(tidy, NoticeBatch) else (tidy,)
    if not papers:
        raise DocumentError("没有可以打印的通知单。")
    for paper in papers:
        _check(form, paper, wording)
    with _one_at_a_time:
        return _set(form, papers, wording, base)


def _in_gongwen_style(sheet: Gongwen, base: str) -> bytes:
    from portal.documents.gongwen import pages

    tidy: Gongwen = cleaned(sheet)
    check_lengths(tidy)
    check_rows(tidy)
    check_characters(tidy)
    address = address_of(tidy.control_code, base) if tidy.control_code else ""
    with _one_at_a_time:
        return pages.build(tidy, address)


def _set(form: Form, papers: Sequence[SinglePaper], wording: Wording, base: str) -> bytes:
    from reportlab.platypus.doctemplate import LayoutError
    from xhtml2pdf.config.resources import RenderLimitError

    from portal.documents.typesetting import page as pages

    try:
        return pages.build([_placed(form, paper, wording, base) for paper in papers])[0]
    except (LayoutError, RenderLimitError) as error:
        raise DocumentError("内容过长或过于复杂，无法排印，请精简后再试。") from error


def _placed(form: Form, sheet: SinglePaper, wording: Wording, base: str) -> Paper:
    """The paper as roomy as one page allows, or over several pages."""
    from portal.documents.typesetting import page as pages
    from portal.documents.typesetting import pictures
    from portal.documents.typesetting.resizing import Sizes, resized
    from portal.documents.typesetting.story import story

    title = form.title(wording, sheet).replace("{college}", sheet.college)
    code = sheet.control_code
    address = address_of(code, base) if code else ""

    marks = pictures.marks(pictures.shown(sheet))
    drawn = pictures.pictures(marks)

    @cache
    def read(step: Step) -> list[Any]:
        return story(html_of(form, sheet, wording, title, step, marks), drawn)

    @cache
    def at(step: Step) -> tuple[list[Any], Page]:
        page = pages.Page(title, step.margin, step.margin, control_code=code, address=address)
        if step.tight:
            return read(step), page
        return resized(read(READ), Sizes(READ.lengths, step.lengths)), page

    def fits(step: Step) -> bool:
        return pages.fits(*at(step))

    if sum(map(len, texts(sheet))) <= MORE_THAN_A_PAGE:
        # One after the other: most sheets fit at the first or the second.
        roomiest = next(filter(fits, STEPS), None)
        if roomiest is not None:
            return pages.Paper(*at(roomiest))
    flowing = pages.Paper(*at(FLOWING))
    _, (total,) = pages.build([flowing])
    return replace(flowing, total=total)


def _check(form: Form, sheet: SinglePaper, wording: Wording) -> None:
    if form.chosen:
        _check_choices(sheet, wording)
    check_lengths(sheet)
    lists = (getattr(sheet, each.name) for each in fields(sheet))
    most = form.most_entries
    if any(isinstance(entries, tuple) and len(entries) > most for entries in lists):
        raise DocumentError(f"有一栏超过{most}项，无法排印，请精简后再试。")
    if len(getattr(sheet, "photos", ())) > MOST_PHOTOS:
        raise DocumentError(f"现场照片最多{MOST_PHOTOS}张，请精简后再试。")
    check_characters(sheet)


def _check_choices(sheet: Any, wording: Wording) -> None:
    for part, known in (
        (sheet.category, wording.categories),
        (sheet.method, wording.methods),
        (sheet.level, wording.levels),
    ):
        if part not in known:
            raise DocumentError(f"「{part}」不是类别、方式或等级。")
