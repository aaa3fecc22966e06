"""Documents in 公文 style for Word, read back: text, faces, pages, page numbers (SPEC §5.10)."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from portal.documents.gongwen.content import Heading, Paragraph
from portal.documents.render import GONGWEN
from portal.documents.typesetting.page import CODE
from portal.documents.word import copies
from portal.documents.word.names import BIG, CELL, FANG, HEI, KAI, PLACED, SONG, TEXT
from portal.documents.word.parts import SLOTS
from portal.documents.word.styles import LEADING
from tests.documents.gongwen.samples import DOCUMENTS, pdf_of
from tests.documents.samples import squeezed, text_of
from tests.documents.word.reading import opened, text_of_word

FACES = {
    "Normal": FANG,
    TEXT: FANG,
    PLACED: FANG,
    CELL: FANG,
    "Title": BIG,
    "Heading 1": HEI,
    "Heading 2": KAI,
    "Heading 3": FANG,
    "Heading 4": FANG,
    "Footer": SONG,
}
MILLIMETRE = 36_000  # of the unit that python-docx measures in


@pytest.fixture(scope="module")
def written() -> dict[str, bytes]:
    return {name: copies.write(GONGWEN, document) for name, document in DOCUMENTS.items()}


@pytest.fixture
def report(written: dict[str, bytes]) -> Document:
    return opened(written["feedback"])


@pytest.mark.parametrize("name", DOCUMENTS)
def test_it_says_what_the_pdf_says(written: dict[str, bytes], name: str) -> None:
    """From the same data; without the control code, for an edited copy is another paper."""
    document = DOCUMENTS[name]
    text = squeezed(text_of_word(written[name]))
    for said in (document.title, *document.addressed, *document.attached, document.number):
        assert squeezed(said) in text
    for block in document.body:
        if isinstance(block, Heading | Paragraph):
            assert all(squeezed(line) in text for line in block.text.split("\n"))
    assert document.control_code not in text
    pdf = text_of(pdf_of(name)).replace(squeezed(CODE) + document.control_code, "")
    for number in range(1, 20):
        pdf = pdf.replace(f"—{number}—", "")
    assert sorted(text.replace("—", "")) == sorted(_without_repeats(pdf, name).replace("—", ""))


def _without_repeats(pdf: str, name: str) -> str:
    """Heads of tables are printed once more on every page the table flows over."""
    head = "序号文号事项类别等级牵头单位责任校领导交办日期完成时限办理状态"
    first, *more = pdf.split(head)
    return first + head + "".join(more) if more and name == "term_report" else pdf


def test_faces_bear_their_official_names(report: Document) -> None:
    """For Chinese and for Latin; no theme of the template wins over them."""
    for style, face in FACES.items():
        fonts = report.styles[style].element.rPr.rFonts
        assert {slot: fonts.get(qn(f"w:{slot}")) for slot in SLOTS} == dict.fromkeys(SLOTS, face)
        assert not [name for name in fonts.attrib if "Theme" in name]
    used = {
        fonts.get(qn("w:eastAsia"))
        for fonts in report.element.body.iter(qn("w:rFonts"))
        if fonts.get(qn("w:eastAsia"))
    }
    assert used <= {FANG, HEI, KAI, SONG, BIG}


def test_pages_lines_and_characters(report: Document) -> None:
    """A4, 天头 37, 订口 28, 版心 156 by 225 mm; 22 lines of 28.95 points fit it, 23 do not; 28
    condensed characters fit a line, 29 do not."""
    (section,) = report.sections
    width = section.page_width - section.left_margin - section.right_margin
    height = section.page_height - section.top_margin - section.bottom_margin
    paper = (section.page_width, section.page_height, section.top_margin, section.left_margin)
    assert [round(length / MILLIMETRE, 1) for length in paper] == [210, 297, 37, 28]
    assert width / MILLIMETRE == pytest.approx(156, abs=0.05)
    assert height / MILLIMETRE == pytest.approx(225, abs=0.05)
    for name in (TEXT, PLACED, "Heading 1"):
        style = report.styles[name]
        assert style.font.size == Pt(16)
        assert style.paragraph_format.line_spacing == Pt(LEADING)
        spacing = int(style.element.rPr.find(qn("w:spacing")).get(qn("w:val")))
        character = Pt(16) + spacing * Pt(1) // 20
        assert 28 * character <= width < 29 * character
    assert 22 * Pt(LEADING) <= height < 23 * Pt(LEADING)


def test_paragraphs_are_indented_by_two_characters(report: Document) -> None:
    for name in (TEXT, "Heading 1", "Heading 2"):
        own = report.styles[name].element.pPr.ind
        assert own.get(qn("w:firstLineChars")) == "200"
    assert report.styles[PLACED].element.pPr.ind is None


def test_page_numbers_odd_right_even_left(report: Document) -> None:
    assert report.settings.odd_and_even_pages_header_footer
    (section,) = report.sections
    odd, even = section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]
    assert odd.alignment == WD_ALIGN_PARAGRAPH.RIGHT
    assert even.alignment != WD_ALIGN_PARAGRAPH.RIGHT
    assert odd._p.pPr.ind.get(qn("w:rightChars")) == "100"
    assert even._p.pPr.ind.get(qn("w:leftChars")) == "100"
    for footer in (odd, even):
        (field,) = footer._p.iter(qn("w:fldSimple"))
        assert field.get(qn("w:instr")) == "PAGE"
        assert "".join(node.text for node in footer._p.iter(qn("w:t"))) == "— 1 —"
        assert footer.style.font.size == Pt(14)


def test_headings_are_headings(written: dict[str, bytes]) -> None:
    """So that WPS shows the outline."""
    found = [
        (paragraph.style.name, paragraph.text)
        for paragraph in opened(written["term_report"]).paragraphs
        if paragraph.style.name.startswith("Heading")
    ]
    assert found[0] == ("Heading 1", "一、总体情况")
    assert ("Heading 2", "（三）协同不够") in found
    assert len(found) == 8


def test_annexes_lie_in_landscape_sections(written: dict[str, bytes]) -> None:
    document = opened(written["term_report"])
    turned = [section.orientation == WD_ORIENT.LANDSCAPE for section in document.sections]
    assert turned == [False, True, True, True]
    last = document.sections[-1]
    paper = (last.page_width, last.page_height)
    assert [round(length / MILLIMETRE) for length in paper] == [297, 210]
    assert [len(table.rows) for table in document.tables] == [
        1 + len(annex.blocks[0].rows) for annex in DOCUMENTS["term_report"].annexes
    ]
    for table in document.tables:
        assert table._tbl.tr_lst[0].trPr.find(qn("w:tblHeader")) is not None


def test_red_head_and_imprint(written: dict[str, bytes]) -> None:
    document = opened(written["circular"])
    mark = document.paragraphs[0]
    assert str(mark.runs[0].font.color.rgb) == "FF0000"
    assert mark.paragraph_format.space_before == pytest.approx(Mm(35), abs=Pt(1))
    (line,) = document.element.body.iter(qn("w:pBdr"))
    assert line[0].get(qn("w:color")) == "FF0000"
    place = document.tables[-1]._tbl.tblPr.find(qn("w:tblpPr"))
    assert place.get(qn("w:tblpYSpec")) == "bottom"
    assert [cell.text for cell in document.tables[-1].columns[0].cells] == [
        "抄送：学校领导，纪委办公室，组织人事部。",
        "阿坝职业学院党政办公室\t2026年11月23日印发",
    ]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_same_data_give_the_same_bytes(written: dict[str, bytes], name: str) -> None:
    assert copies.write(GONGWEN, DOCUMENTS[name]) == written[name]


def test_another_process_gives_the_same_bytes(written: dict[str, bytes]) -> None:
    code = (
        "import hashlib; from portal.documents.word import copies;"
        "from tests.documents.gongwen.samples import DOCUMENTS;"
        "print(hashlib.sha256(copies.write('gongwen', DOCUMENTS['circular'])).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "America/Lima"}
    root = Path(__file__).parents[3]
    found = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=root, capture_output=True, check=True
    )
    assert found.stdout.decode().strip() == hashlib.sha256(written["circular"]).hexdigest()


def test_the_file_names_its_kind_and_nobody(report: Document, written: dict[str, bytes]) -> None:
    """SPEC §7.5 rule 9: no title of an item outside of the text, no author, no picture of one."""
    core = report.core_properties
    assert (core.title, core.author, core.last_modified_by, core.comments) == (
        "反馈报告",
        "",
        "",
        "",
    )
    assert core.created == core.modified
    with zipfile.ZipFile(io.BytesIO(written["feedback"])) as archive:
        assert not [name for name in archive.namelist() if "thumbnail" in name]
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        outside = [name for name in archive.namelist() if name != "word/document.xml"]
        assert not [name for name in outside if "消防".encode() in archive.read(name)]


def test_a_copy_of_a_sensitive_item_names_who_took_it() -> None:
    stamp = "何玉萍　20100003　2026年11月23日 10:20"
    document = opened(copies.write(GONGWEN, DOCUMENTS["feedback"], stamp))
    (section,) = document.sections
    assert [section.header.paragraphs[0].text, section.even_page_header.paragraphs[0].text] == [
        stamp,
        stamp,
    ]
