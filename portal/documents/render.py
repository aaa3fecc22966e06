"""From a sheet to a PDF: one A4 page for ordinary content (附件 1, 附件 3, 通知单; SPEC §5.1).

Pure: knows no database and no request, reads no file but its own templates and fonts, and
fetches nothing. The same sheet gives the same bytes.
"""

from __future__ import annotations

import bisect
import datetime as dt
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal.documents.checks import (
    LONGEST_TEXT,
    DocumentError,
    check_characters,
    check_lengths,
    check_rows,
    cleaned,
    texts,
)
from portal.documents.control import address_of
from portal.documents.field_sheets import (
    HandoverSheet,
    InspectionPlanSheet,
    InspectionRecordSheet,
)
from portal.documents.gongwen.content import Gongwen
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
    family_of_name,
    unbroken,
)
from portal.documents.wording import WORDING, Wording
from portal.documents.work_sheets import PhoneSheet, PlanSheet, ResetSheet

if TYPE_CHECKING:
    from jinja2 import Environment

    from portal.documents.typesetting.page import Page, Paper
    from portal.documents.typesetting.pictures import Signed

__all__ = [
    "FORMS",
    "GONGWEN",
    "LONGEST_TEXT",
    "MOST_ENTRIES",
    "DocumentError",
    "Form",
    "render",
    "warm",
]

GONGWEN = "gongwen"
"""The kind of all documents in 公文 style; what they are called is in their data."""
MORE_THAN_A_PAGE = 3000  # characters; a page of 小四 holds fewer than 2,000
EPOCH = dt.date(2000, 1, 1)
MILLIMETRE = 72 / 25.4  # in points
HALF = 9.6  # characters of 四号 that half a row holds in one line
MOST_ENTRIES = 200  # names or units in one cell
MOST_PHOTOS = 12
MOST_ROWS = 5000  # of a list over many pages
TEMPLATES = Path(__file__).parent.parent / "templates"


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
    def picture_size(self) -> float:
        """Height of a signature's picture, points: two in a narrow box leave room for opinions."""
        return self.sign_height * 0.9

    @property
    def lengths(self) -> tuple[float, ...]:
        """Everything that a template takes of the step, in points."""
        heights = (self.sign_height, self.filing_height, self.lines_height, self.receipt_height)
        indent = 2 * self.size
        texts = (self.size, indent, self.label_size, self.leading, self.padding, self.picture_size)
        return (*texts, *(height * MILLIMETRE for height in heights))

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
# What a sheet is read with, to be set at any step: lengths that stand nowhere else.
READ = Step(14.017, 21.023, 3.031, 32.041, 22.053)


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
    "phone": Form(PhoneSheet, "documents/phone.html", lambda wording, _sheet: wording.phone.title),
    "reset": Form(ResetSheet, "documents/reset.html", lambda wording, _sheet: wording.reset.title),
    "plan": Form(PlanSheet, "documents/plan.html", lambda wording, _sheet: wording.plan.title),
    "inspection_plan": Form(
        InspectionPlanSheet,
        "documents/inspection_plan.html",
        lambda wording, _sheet: wording.inspection.plan_title,
    ),
    "inspection_record": Form(
        InspectionRecordSheet,
        "documents/inspection_record.html",
        lambda wording, _sheet: wording.inspection.record_title,
    ),
    "handover": Form(
        HandoverSheet,
        "documents/handover.html",
        lambda wording, _sheet: wording.handover.title,
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
    """Load libraries, fonts and templates and set a sheet of nothing, which loads what is left:
    about two seconds, for a worker before it forks a child a sheet."""
    for form in FORMS.values():
        _environment().get_template(form.template)
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
        return story(_html(form, sheet, wording, title, step, marks), drawn)

    @cache
    def at(step: Step) -> tuple[list[Any], Page]:
        page = pages.Page(title, step.margin, step.margin, control_code=code, address=address)
        if step.tight:
            return read(step), page
        return resized(read(READ), Sizes(READ.lengths, step.lengths)), page

    def fits(step: Step) -> bool:
        return pages.fits(*at(step))

    if sum(map(len, texts(sheet))) <= MORE_THAN_A_PAGE:
        chosen = bisect.bisect_left(STEPS[:-1], True, key=fits)
        if chosen < len(STEPS) - 1 or fits(STEPS[-1]):
            return pages.Paper(*at(STEPS[chosen]))
    flowing = pages.Paper(*at(FLOWING))
    _, (total,) = pages.build([flowing])
    return replace(flowing, total=total)


def _html(
    form: Form,
    sheet: SinglePaper,
    wording: Wording,
    title: str,
    step: Step,
    marks: Mapping[Signed, str],
) -> str:
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
            marks=marks,
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
