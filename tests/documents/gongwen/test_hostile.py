"""What people type into documents in 公文 style: a right document or a clear message, as PDF and
for Word."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.documents.checks import LONGEST_TEXT, MOST_PARTS, DocumentError, cleaned, texts
from portal.documents.gongwen import feedback
from portal.documents.gongwen.content import (
    Annex,
    Column,
    Gongwen,
    Imprint,
    Paragraph,
    Signature,
    Table,
)
from portal.documents.render import GONGWEN, render
from portal.documents.sheets import NoticeBatch, Receipt
from portal.documents.word import copies
from tests.documents.gongwen.samples import FEEDBACK
from tests.documents.samples import NOTICE, text_of
from tests.documents.test_hostile_sheets import HTML
from tests.documents.word.reading import text_of_word

Make = Callable[[Gongwen], str]
MAKERS: dict[str, Make] = {
    "pdf": lambda document: text_of(render(GONGWEN, document)),
    "word": lambda document: "".join(text_of_word(copies.write(GONGWEN, document)).split()),
}
SLOW = [pytest.param(text, marks=pytest.mark.long) for text in ("a", "，", "（", "督办事\n")]
BOTH = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def _with(**changes: Any) -> Gongwen:
    return feedback.compose(replace(FEEDBACK, **changes))


@BOTH
def test_markup_prints_as_it_was_typed(make: Make) -> None:
    text = make(_with(title=HTML, unit=HTML, measures=HTML, files=(HTML,), addressed=HTML))
    assert text.count("<script>alert(1)</script>") == 6
    assert "{{7*7}}" in text
    assert "&amp;&#20320;<br>" in text
    assert "root:" not in text


@BOTH
@pytest.mark.parametrize("text", ["督", *SLOW])
def test_twenty_thousand_characters(make: Make, text: str) -> None:
    long = (text * LONGEST_TEXT)[:LONGEST_TEXT]
    assert make(_with(progress=long)).count(text[0]) >= long.count(text[0])


@BOTH
@pytest.mark.parametrize(("field", "length"), [("title", 2000), ("addressed", 2000), ("unit", 200)])
def test_a_long_text_in_any_place(make: Make, field: str, length: int) -> None:
    assert make(_with(**{field: "琥" * length})).count("琥") >= length


@BOTH
def test_many_files_and_a_long_imprint(make: Make) -> None:
    document = replace(
        _with(files=tuple(f"第{number}号材料" for number in range(200))),
        imprint=Imprint("印" * 100, FEEDBACK.day, tuple(f"单位{n}琥" for n in range(100))),
        mark="红" * 60,
        number="号" * 200,
    )
    text = make(document)
    assert "200.第199号材料" in text
    assert text.count("琥") == 100
    assert text.count("红") == 60


@BOTH
def test_a_cell_higher_than_a_page_and_empty_texts(make: Make) -> None:
    table = Table((Column("甲", 1), Column("乙", 1)), (("琥" * 3000, ""), ("", "珀")))
    document = Gongwen(
        name="试",
        title="",
        body=(Paragraph(""), table),
        annexes=(Annex("", (), landscape=True), Annex("附", (table,), landscape=True)),
        signature=Signature("", FEEDBACK.day, seal=False),
    )
    text = make(document)
    assert (text.count("琥"), text.count("珀")) == (6000, 2)


@BOTH
def test_control_characters_and_lone_surrogates_go(make: Make) -> None:
    text = make(_with(measures="督\x00办\x1b[31m督\ud800查\u202e报\u200b告\ue000。\x0b又一段"))
    assert "督办[31m督查报告。" in text
    assert "又一段" in text


@BOTH
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"measures": "督" * (LONGEST_TEXT + 1)}, str(LONGEST_TEXT)),
        ({"files": ("附",) * (MOST_PARTS + 1)}, str(MOST_PARTS)),
        ({"measures": "办\ufffe"}, "U+FFFE"),
    ],
)
def test_what_cannot_be_made_is_named(make: Make, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(DocumentError, match=r".+。$") as error:
        make(_with(**changes))
    assert says in str(error.value)


def test_what_our_faces_lack_is_named_for_the_pdf_and_stands_in_the_word_copy() -> None:
    document = _with(measures="བོད་ཡིག😀")
    with pytest.raises(DocumentError, match=r"U\+1F600"):
        render(GONGWEN, document)
    assert "བོད་ཡིག😀" in text_of_word(copies.write(GONGWEN, document))


@pytest.mark.parametrize(
    "changes",
    [
        {"title": HTML, "unit": HTML, "instructions": (HTML,)},
        {"requirement": "督办" * 10_000},
        {"requirement": "办\x00\ud800理\x0b。"},
        {"others": tuple(f"第{number}处" for number in range(200))},
        {"receipt": Receipt("长" * 300, "长" * 300, "长" * 300)},
        {"asks": "", "contact": "", "requirement": "", "instructions": ()},
    ],
    ids=["markup", "long", "control", "units", "receipt", "empty"],
)
def test_a_notice_for_word(changes: dict[str, Any]) -> None:
    sheet = replace(NOTICE, **changes)
    text = "".join(text_of_word(copies.write("notice", sheet)).split())
    assert "阿坝职业学院督办事项通知单" in text
    for field in changes:
        said = cleaned(getattr(sheet, field))
        assert all("".join(each.split()) in text for each in texts(said)), field


def test_a_batch_without_notices_has_no_copy() -> None:
    with pytest.raises(DocumentError, match="没有可以下载的内容"):
        copies.write("notices", NoticeBatch(college="阿坝职业学院", notices=()))
    with pytest.raises(DocumentError, match="没有 Word 版"):
        copies.write("filing", NOTICE)


@settings(max_examples=6, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_printed_or_named(text: str) -> None:
    """Nothing but a document or a DocumentError comes of it."""
    document = _with(progress=text, title=text)
    for make in (render, copies.write):
        with contextlib.suppress(DocumentError):
            assert make(GONGWEN, document)[:2] in (b"%P", b"PK")
