"""督办事项通知单 for Word: cell by cell what the printed sheet says (SPEC §5.5)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from docx.oxml.ns import qn
from docx.shared import Mm

from portal.documents.render import render
from portal.documents.sheets import NoticeBatch, NoticeSheet
from portal.documents.word import copies
from portal.documents.word.names import HEAD, HEI
from tests.documents.samples import NOTICE, RECEIVED, rows_of, squeezed
from tests.documents.word.reading import opened


def _rows(content: bytes, number: int = 0) -> list[list[str]]:
    table = opened(content).tables[number]
    return [
        [
            squeezed("".join(node.text or "" for node in tc.iter(qn("w:t"))))
            for tc in tr.iter(qn("w:tc"))
        ]
        for tr in table._tbl.tr_lst
    ]


@pytest.mark.parametrize(
    "sheet",
    [NOTICE, replace(NOTICE, lead=False, others=("安全保卫处",), revised=True, receipt=RECEIVED)],
    ids=["lead", "co"],
)
def test_row_by_row_as_the_pdf(sheet: NoticeSheet) -> None:
    content = copies.write("notice", sheet)
    assert _rows(content) == rows_of(render("notice", sheet))
    title, number, *_ = opened(content).paragraphs
    revised = "（调整）" if sheet.revised else ""
    assert title.text == f"阿坝职业学院督办事项通知单{revised}"
    assert (title.style.name, number.text) == ("Title", sheet.number)


def test_the_grid_and_the_faces() -> None:
    document = opened(copies.write("notice", NOTICE))
    (table,) = document.tables
    widths = [round(column.w / Mm(1)) for column in table._tbl.tblGrid.gridCol_lst]
    assert widths == [26, 52, 26, 52]
    assert document.styles[HEAD].element.rPr.rFonts.get(qn("w:eastAsia")) == HEI
    assert document.paragraphs[-1].text == "注：领导批示为工作秘密，不得擅自扩散。"


def test_all_notices_begin_on_pages_of_their_own() -> None:
    other = replace(NOTICE, unit="学生工作部（学生处、团委）", lead=False)
    batch = NoticeBatch(college=NOTICE.college, notices=(NOTICE, other))
    content = copies.write("notices", batch)
    document = opened(content)
    titles = [one for one in document.paragraphs if one.style.name == "Title"]
    assert [bool(one.paragraph_format.page_break_before) for one in titles] == [False, True]
    assert len(document.tables) == 2
    assert _rows(content, 1)[4][1] == "学生工作部（学生处、团委）（协办）"
    assert copies.write("notices", batch) == content


def test_no_control_code_and_nobody_named() -> None:
    content = copies.write("notice", NOTICE)
    document = opened(content)
    assert NOTICE.control_code not in document.element.xml
    assert document.core_properties.title == "督办事项通知单"
    assert document.core_properties.author == ""
    stamped = opened(copies.write("notice", NOTICE, "何玉萍　20100003"))
    assert stamped.sections[0].header.paragraphs[0].text == "何玉萍　20100003"
    odd = opened(copies.write("notice", NOTICE, "何\x0b玉\ud800萍\0"))
    assert squeezed(odd.sections[0].header.paragraphs[0].text) == "何玉萍"
