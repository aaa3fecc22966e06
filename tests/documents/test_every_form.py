"""What holds of every form alike: fonts, names, copying, bad input, the same bytes again."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Iterable
from typing import Any

import pdfplumber
import pypdf
import pytest

from portal.documents.form_table import FORMS
from portal.documents.render import DocumentError, render
from portal.documents.sheets import Sheet
from tests.documents.every import EVERY, typed
from tests.documents.samples import all_names, text_of
from tests.documents.test_hostile_sheets import no_network

__all__ = ["no_network"]  # a fixture

EVERY_RUN = {"filing", "urge", "closing", "inspection_record"}
UNCHECKED = {"notices"}
"""Prints what another form prints, one after the other."""


def _often(kind: str, content: str = "ordinary") -> tuple[()] | pytest.MarkDecorator:
    """The annexes, one form more and what is ordinary in every run, the others by --long."""
    return () if kind in EVERY_RUN and content != "full" else pytest.mark.long


def _some_long(kinds: Iterable[str]) -> list[Any]:
    return [pytest.param(kind, marks=_often(kind)) for kind in sorted(kinds)]


ALL = [
    pytest.param(kind, content, marks=() if content == "ordinary" else _often(kind, content))
    for kind, sheets in EVERY.items()
    for content in sheets
]


@pytest.fixture(scope="module")
def printed() -> Callable[[str, str], bytes]:
    """Each form once, whoever asks."""
    made: dict[tuple[str, str], bytes] = {}

    def pdf(kind: str, content: str) -> bytes:
        if (kind, content) not in made:
            made[kind, content] = render(kind, EVERY[kind][content])
        return made[kind, content]

    return pdf


def test_no_form_is_left_out() -> None:
    """A form that comes later is put into `every.EVERY`."""
    assert EVERY.keys() == FORMS.keys()
    assert all(sheets.keys() == {"ordinary", "full", "empty"} for sheets in EVERY.values())


@pytest.mark.parametrize(("kind", "content"), ALL)
def test_each_page(printed: Callable[[str, str], bytes], kind: str, content: str) -> None:
    """A4, its text within the margins, its fonts embedded and readable."""
    pdf = printed(kind, content)
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            assert sorted((round(page.width), round(page.height))) == [595, 842]
            assert all(30 < char["x0"] < char["x1"] < page.width - 30 for char in page.chars)
            assert all(20 < char["top"] < char["bottom"] < page.height - 20 for char in page.chars)
            assert page.find_tables()
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        for font in (font.get_object() for font in page["/Resources"]["/Font"].values()):
            assert "/FontFile2" in font["/FontDescriptor"]
            assert "/ToUnicode" in font


@pytest.mark.parametrize("kind", sorted(EVERY.keys() - UNCHECKED))
def test_ordinary_content_takes_one_page(printed: Callable[[str, str], bytes], kind: str) -> None:
    for content in ("ordinary", "empty"):
        assert len(pypdf.PdfReader(io.BytesIO(printed(kind, content))).pages) == 1


@pytest.mark.parametrize("kind", EVERY)
def test_an_ordinary_file_is_small_and_the_same_again(
    printed: Callable[[str, str], bytes], kind: str
) -> None:
    pdf = printed(kind, "ordinary")
    assert render(kind, EVERY[kind]["ordinary"]) == pdf
    assert len(pdf) < 150_000


@pytest.mark.parametrize("kind", _some_long(EVERY.keys() - UNCHECKED))
def test_every_name_copies_out_of_every_field(kind: str) -> None:
    """第…页 and （续） may stand within a name at the foot of a page, hence every field."""
    names = itertools.cycle(all_names())
    given: list[str] = []

    def text() -> str:
        given.append("、".join(itertools.islice(names, 11)))
        return given[-1]

    sheet = typed(EVERY[kind]["ordinary"], text)
    copied = text_of(render(kind, sheet))
    assert len(given) >= 7  # 11 names a field: all 70 were given
    assert [name for name in all_names() if name not in copied] == []


@pytest.mark.parametrize("kind", _some_long(EVERY.keys() - UNCHECKED))
def test_nothing_is_lost_where_every_field_is_long(kind: str) -> None:
    numbers = itertools.count()
    sheet = typed(EVERY[kind]["ordinary"], lambda: "琥珀" * 30 + f"第{next(numbers)}栏")
    text, count = text_of(render(kind, sheet)), next(numbers)
    assert [number for number in range(count) if text.count(f"第{number}栏") != 1] == []
    assert text.count("琥") == text.count("珀") == 30 * count


@pytest.mark.parametrize("kind", _some_long(EVERY))
def test_markup_prints_as_it_was_typed(no_network: list[Any], kind: str) -> None:
    """Of the shortest kind; test_hostile_sheets.py types in whole documents."""
    given: list[str] = []

    def markup() -> str:
        given.append("<img src=//a.b>&amp;{{7*7}}")
        return given[-1]

    text = text_of(render(kind, typed(EVERY[kind]["ordinary"], markup)))
    assert text.count("<imgsrc=//a.b>&amp;{{7*7}}") >= len(given) - 2  # a page may end within one
    assert no_network == []


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize(
    ("typed_in", "says"),
    [("完成😀", "「😀」（U+1F600）"), ("བོད", "U+0F56"), ("\U0001f004", "U+1F004")],
)
def test_what_no_face_has_is_named(kind: str, typed_in: str, says: str) -> None:
    with pytest.raises(DocumentError) as refused:
        render(kind, _last(EVERY[kind]["ordinary"], typed_in))
    assert says in str(refused.value)


@pytest.mark.parametrize("kind", EVERY)
def test_what_nobody_sees_is_dropped(kind: str) -> None:
    sheet = typed(EVERY[kind]["ordinary"], lambda: "督\x00\x07\ud842办\u200b\u202e督\ufeff查\ue100")
    text = text_of(render(kind, sheet))
    assert "督办督查" in text
    assert not {"\x00", "\x07", "\ud842", "\u200b", "\u202e", "\ufeff", "\ue100"} & set(text)


def _last(sheet: Sheet, text: str) -> Sheet:
    """The sheet with this text in its last field alone."""
    fields, again = itertools.count(), itertools.count()
    typed(sheet, lambda: f"{next(fields)}")
    last = next(fields) - 1
    changed: Sheet = typed(sheet, lambda: text if next(again) == last else "督办")
    return changed
