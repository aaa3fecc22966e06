"""The pages of a 公文, measured: GB/T 9704 in the numbers of SPEC §5.10."""

from __future__ import annotations

import datetime as dt
import io
import itertools
from dataclasses import replace

import pdfplumber
import pypdf
import pytest

from portal.documents.gongwen.content import (
    Annex,
    Column,
    Gongwen,
    Heading,
    Imprint,
    Paragraph,
    Signature,
    Table,
)
from portal.documents.render import GONGWEN, render
from tests.documents.gongwen.reading import MM, Line, pages_of, text_lines
from tests.documents.gongwen.samples import DOCUMENTS, pdf_of
from tests.documents.samples import squeezed, text_of

DAY = dt.date(2026, 11, 3)
SIGNED = Signature("党政办公室", DAY)
PITCH = 225 / 22
PLAIN = Gongwen(
    name="试排",
    title="关于试排的报告",
    addressed=("学校党委", "行政"),
    body=(Paragraph("督" * 28 * 60),),
    signature=SIGNED,
)


@pytest.fixture(scope="module")
def plain() -> list[list[Line]]:
    return pages_of(render(GONGWEN, PLAIN))


def test_a_full_page_has_22_lines_of_28_characters(plain: list[list[Line]]) -> None:
    """And they fill the 版心 of 156 by 225 mm, 37 mm below the upper edge, 28 mm from the left."""
    full = text_lines(plain[1])
    assert [len(line.text) for line in full] == [28] * 22
    steps = [one.base - two.base for one, two in itertools.pairwise(full)]
    assert steps == pytest.approx([PITCH] * 21, abs=0.06)
    assert {round(line.left, 1) for line in full} == {28.0}
    assert {round(line.right, 1) for line in full} <= {183.9, 184.0, 184.1}
    assert {line.size for line in full} == {16}
    middle = 16 / MM / 2
    assert 297 - 37 - full[0].base - middle == pytest.approx(PITCH / 2, abs=1)
    assert full[-1].base + middle - 35 == pytest.approx(PITCH / 2, abs=1)


def test_every_character_is_there(plain: list[list[Line]]) -> None:
    lines = [line.text for page in plain for line in text_lines(page)]
    assert "".join(lines).count("督") == 28 * 60


def test_page_numbers_stand_outside_odd_right_even_left(plain: list[list[Line]]) -> None:
    """四号 宋体, a dash at each side 7 mm below the 版心, one character in."""
    assert len(plain) >= 3
    for number, page in enumerate(plain, 1):
        found = page[-1]
        assert found.text == f"—{number}—"
        assert (found.size, found.fonts) == (14, frozenset({"SheetSong"}))
        character = 14 / MM
        if number % 2:
            assert found.right == pytest.approx(184 - character, abs=0.3)
        else:
            assert found.left == pytest.approx(28 + character, abs=0.3)
        assert found.base + 0.38 * character == pytest.approx(35 - 7, abs=0.1)


def test_paragraphs_are_indented_and_headings_have_their_faces() -> None:
    """一、黑体（一）楷体 1.（1）仿宋, all 三号, indented by two characters."""
    body = (
        Heading("总体情况"),
        Heading("办结情况", 2),
        Heading("按期办结", 3),
        Heading("重点事项", 4),
        Paragraph("督办事项全部办结。"),
    )
    page = pages_of(render(GONGWEN, replace(PLAIN, body=body)))[0]
    found = {line.text: line for line in page}
    for text, face in (
        ("一、总体情况", "SheetHei"),
        ("（一）办结情况", "SheetKai"),
        ("1.按期办结", "SheetFang"),
        ("（1）重点事项", "SheetFang"),
        ("督办事项全部办结。", "SheetFang"),
    ):
        line = found[text]
        assert face in line.fonts, text
        assert line.fonts - {face} <= {"SheetLatin"}
        assert line.size == 16
        assert line.left == pytest.approx(28 + 2 * 156 / 28, abs=1), text
    assert found["学校党委、行政："].left == pytest.approx(28, abs=0.5)


def test_title_and_red_head() -> None:
    """标志 red, its edge 35 mm below that of the 版心; 发文字号 two lines below it; the red line
    4 mm below, 156 mm wide; the title 二号 小标宋 in the middle, two lines further."""
    sheet = replace(PLAIN, mark="阿坝职业学院文件", number="阿职院〔2026〕7号")
    pdf = render(GONGWEN, sheet)
    mark, number, title, *_ = pages_of(pdf)[0]
    assert (mark.text, number.text, title.text) == (sheet.mark, sheet.number, sheet.title)
    assert (mark.fonts, title.fonts) == ({"SheetTitle"}, {"SheetTitle"})
    assert (title.size, number.size) == (22, 16)
    top = 297 - mark.base - 0.88 * mark.size / MM
    assert top == pytest.approx(37 + 35, abs=0.5)
    for line in (mark, number, title):
        assert (line.left + line.right) / 2 == pytest.approx(106, abs=1)
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        page = document.pages[0]
        (red,) = page.lines
        colors = {char["non_stroking_color"] for char in page.chars if char["text"] == "坝"}
    assert red["stroking_color"] == (1, 0, 0)
    assert colors == {(1, 0, 0)}
    assert (red["x1"] - red["x0"]) / MM == pytest.approx(156, abs=0.1)
    below = 297 - red["top"] / MM
    lower_edge = number.base - (PITCH - 16 / MM) / 2 - 0.12 * 16 / MM
    assert lower_edge - below == pytest.approx(4, abs=0.2)
    assert below - title.base == pytest.approx(2.6 * PITCH, abs=0.2 * PITCH)


@pytest.mark.parametrize("seal", [True, False])
def test_where_the_signature_stands(seal: bool) -> None:
    """With a seal: date 右空四字, the name centred over it, the seal's 42 mm free and within a line
    of the text. Without: name 右空二字 (here the longer date leads), a line below the text."""
    sheet = replace(PLAIN, body=(Paragraph("督办"),), signature=replace(SIGNED, seal=seal))
    page = pages_of(render(GONGWEN, sheet))[0]
    text, name, day = text_lines(page)[-3:]
    assert (text.text, name.text, day.text) == ("督办", "党政办公室", "2026年11月3日")
    character = 156 / 28
    assert 184 - day.right == pytest.approx((4 if seal else 2) * character, abs=0.5)
    if seal:
        assert name.left + name.right == pytest.approx(day.left + day.right, abs=0.5)
        # The seal's middle is the lower edge of the name's line; so far is it from the text's.
        assert 0 <= text.base - name.base - 42 / 2 <= PITCH
    else:
        assert day.left - name.left == pytest.approx(2 * character, abs=0.5)
        assert text.base - name.base == pytest.approx(2 * PITCH, abs=0.1)


@pytest.mark.parametrize("lines", range(13, 19))
def test_no_page_bears_a_signature_alone(lines: int) -> None:
    """However long the text: at least two of its lines stand above the signature, and no line is
    lost or set twice."""
    sheet = replace(PLAIN, body=(Paragraph("督" * (28 * lines - 3)),))
    pages = pages_of(render(GONGWEN, sheet))
    last = text_lines(pages[-1])
    assert [line.text for line in last[-2:]] == ["党政办公室", "2026年11月3日"]
    assert len(last) >= 4
    everything = "".join(line.text for page in pages for line in text_lines(page))
    assert everything.count("督") == 28 * lines - 3


@pytest.mark.parametrize("lines", range(9, 16))
def test_two_lines_and_their_heading_go_with_a_signature(lines: int) -> None:
    """A short last paragraph takes the one before along, and that one its heading."""
    text = Paragraph("督" * (28 * lines - 3))
    body = (text, Heading("安排"), Paragraph("逐项办结。"), Paragraph("特此报告。"))
    pages = pages_of(render(GONGWEN, replace(PLAIN, body=body)))
    last = [line.text for line in text_lines(pages[-1])]
    assert last[-5:] == ["一、安排", "逐项办结。", "特此报告。", "党政办公室", "2026年11月3日"]
    everything = "".join(line.text for page in pages for line in text_lines(page))
    assert everything.count("督") == 28 * lines - 3


@pytest.mark.parametrize("lines", range(15, 19))
def test_a_heading_is_never_the_last_of_its_page(lines: int) -> None:
    text = Paragraph("督" * (28 * lines - 2))
    body = (text, Heading("问题"), Heading("逾期", 2), Paragraph("办理" * 200))
    for page in pages_of(render(GONGWEN, replace(PLAIN, body=body))):
        assert text_lines(page)[-1].text not in ("一、问题", "（一）逾期")


def test_the_imprint_stands_at_the_foot_of_the_last_page() -> None:
    """四号; thick, thin and thick lines of 156 mm; the last one on the edge of the 版心."""
    imprint = Imprint("阿坝职业学院党政办公室", DAY, ("学校领导", "纪委办公室"))
    pdf = render(GONGWEN, replace(PLAIN, imprint=imprint))
    copies, printed = text_lines(pages_of(pdf)[-1])[-2:]
    assert copies.text == "抄送：学校领导，纪委办公室。"
    assert printed.text == "阿坝职业学院党政办公室2026年11月3日印发"
    assert (copies.size, printed.size) == (14, 14)
    character = 14 / MM
    assert copies.left == pytest.approx(28 + character, abs=0.6)
    assert printed.left == pytest.approx(28 + character, abs=0.6)
    assert printed.right == pytest.approx(184 - character, abs=0.6)
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        lines = sorted(document.pages[-1].lines, key=lambda line: line["top"])
        others = [page.lines for page in document.pages[:-1]]
    assert [round(line["linewidth"] / MM, 2) for line in lines] == [0.35, 0.25, 0.35]
    assert {round((line["x1"] - line["x0"]) / MM) for line in lines} == {156}
    assert 297 - lines[-1]["top"] / MM == pytest.approx(35, abs=0.1)
    assert others == [[]] * len(others)


LEDGER = Table(
    (Column("序号", 1, centred=True), Column("事项", 6)),
    tuple((str(number), f"第{number}项督办事项") for number in range(1, 61)),
)


def test_annexes_lie_on_pages_of_their_own() -> None:
    """Landscape ones are upright pages turned: their number stands where that of an upright page
    does, the head of a table is repeated, and 版记 stands on an upright page at the end."""
    annexes = (Annex("台账", (LEDGER,), landscape=True), Annex("说明", (Paragraph("无。"),)))
    sheet = replace(PLAIN, body=(Paragraph("督办"),), annexes=annexes)
    pdf = render(GONGWEN, sheet)
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        shapes = [page.width > page.height for page in document.pages]
        turned = document.pages[1]
        dashes = [char for char in turned.chars if char["text"] == "—"]
        texts = [squeezed(page.extract_text()) for page in document.pages[1:-1]]
    assert shapes == [False, *[True] * (len(shapes) - 2), False]
    assert len(shapes) > 3
    assert {char["upright"] for char in dashes} == {False}
    assert all(char["x0"] / MM < 35 - 5 for char in dashes)
    assert "附件1台账序号事项1第1项" in texts[0]
    assert [text.count("序号事项") for text in texts] == [1] * len(texts)
    text = text_of(pdf)
    assert "附件：1.台账2.说明" in text
    assert all(f"第{number}项督办事项" in text for number in range(1, 61))
    ended = replace(sheet, annexes=annexes[:1], imprint=Imprint("党政办公室", DAY))
    with pdfplumber.open(io.BytesIO(render(GONGWEN, ended))) as document:
        last = document.pages[-1]
        assert last.width < last.height
        assert "印发" in last.extract_text()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_fonts_are_embedded_and_the_bytes_are_the_same_again(name: str) -> None:
    pdf = pdf_of(name)
    assert pdf == render(GONGWEN, DOCUMENTS[name])
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            assert "/FontFile2" in font.get_object()["/FontDescriptor"]
            assert "/ToUnicode" in font.get_object()
    assert dict(reader.metadata or {})["/Title"] == DOCUMENTS[name].name
    assert DOCUMENTS[name].control_code in text_of(pdf)


@pytest.mark.parametrize("lines", [1, 2, 3, 4, 5])
def test_no_heading_stands_alone_at_the_foot_of_a_page(lines: int) -> None:
    """Also above a paragraph that is too short to be divided: wherever the page ends."""
    for above in range(13, 19):
        body = (
            *(Paragraph(f"第{number}段。") for number in range(above)),
            Heading("反馈不及时", 2),
            Paragraph("督" * (28 * lines - 4)),
            Paragraph("查" * 28 * 12),
        )
        pages = pages_of(render(GONGWEN, replace(PLAIN, body=body)))
        last = [text_lines(page)[-1].text for page in pages[:-1]]
        assert not [text for text in last if "反馈不及时" in text], (lines, above)
