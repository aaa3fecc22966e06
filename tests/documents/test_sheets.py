"""附件 1 and 附件 3 as PDF, read back (SPEC §5.1, 5.2, 5.4)."""

from __future__ import annotations

import io
import itertools
import logging
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pdfplumber
import pypdf
import pytest

from portal.documents.form_table import FORMS
from portal.documents.render import render
from portal.documents.sheets import ClosingSheet, FilingSheet, Sheet, SignatureBox
from portal.documents.steps import STEPS
from portal.documents.wording import Wording
from tests.documents.every import digests_of_every, marked
from tests.documents.samples import (
    BLANK,
    CLOSING,
    DAY,
    FILING,
    OPINION_30,
    REQUIREMENT_200,
    all_names,
    rows_of,
    squeezed,
    text_of,
)

MM = 72 / 25.4

SHARED_ROWS = [
    ["事项", "冬季校园消防安全隐患集中排查整治来源：院长2026年11月3日批示（州教育局紧急通知）"],
    ["类别", "☑批示类□决策类□重点工作类□其他事项类"],
    ["督办督查方式", "□电话（短信）督办☑书面督办□实地督查"],
    ["等级", "□一级☑二级□三级□四级"],
]
PEOPLE_ROWS = [
    ["督查督办主体", "安全保卫处", "单位责任人", "坤建军"],
    ["主体承办人", "罗䶮", "协办承办人", "陈𬭎、马𤩽"],
    [
        "协办单位",
        "后勤与国有资产管理处、学生工作部、计划财务处、组织人事部、教务处、信息化建设中心",
        "单位责任人",
        "让布·达尔吉、余㛃、王垚、曾骉、何赟、吴喆",
    ],
    ["办理要求", squeezed(REQUIREMENT_200)],
]
SIGNED_ROWS = [
    [
        "分管院领导",
        f"{OPINION_30}坤清祥2026年11月3日",
        "分管党政办院领导",
        f"{OPINION_30}余茂春（代坤清祥）2026年11月3日",
    ],
    [
        "主要领导",
        f"{OPINION_30}向维岷（纸质签批，扫描件附后）2026年11月3日"
        f"{OPINION_30}三郎泽里2026年11月14日",
    ],
]


@pytest.fixture(scope="module")
def filing() -> bytes:
    return render("filing", FILING)


@pytest.fixture(scope="module")
def closing() -> bytes:
    return render("closing", CLOSING)


def test_annex_1_row_by_row(filing: bytes) -> None:
    assert rows_of(filing) == [
        *SHARED_ROWS,
        ["完成时限", "2026年11月24日前", "责任校领导", "坤清祥"],
        *PEOPLE_ROWS,
        *SIGNED_ROWS,
        ["党政办备案", "已编号备案。何玉萍2026年11月3日"],
    ]


def test_annex_3_row_by_row(closing: bytes) -> None:
    assert rows_of(closing) == [
        *SHARED_ROWS,
        ["完成时限", "2026年11月30日前（原定11月11日，已批准延期1次）", "责任校领导", "坤清祥"],
        *PEOPLE_ROWS,
        ["催办情况", "催办2次：阿职催办〔2026〕3号、5号"],
        ["办结情况", CLOSING.closing],
        *SIGNED_ROWS,
        [
            "组织、纪委党政办备案",
            "组织人事部：已备案。单晓燕2026年11月3日"
            "纪委办：已备案。解冬梅2026年11月3日"
            "党政办：已销号备案。何玉萍2026年11月3日",
        ],
    ]


@pytest.mark.parametrize(
    ("kind", "sheet", "title"),
    [
        ("filing", FILING, "阿坝职业学院督办督查立项备案单"),
        ("closing", CLOSING, "阿坝职业学院督办督查办结备案单"),
    ],
)
def test_around_the_table(kind: str, sheet: Sheet, title: str) -> None:
    pdf = render(kind, sheet)
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        (page,) = document.pages  # full content of the ordinary kind: one page
        assert (round(page.width), round(page.height)) == (595, 842)
        frame = page.find_tables()[0].bbox
        above = page.crop((0, 0, page.width, frame[1])).extract_text_lines()
        assert [squeezed(line["text"]) for line in above][-2:] == [title, sheet.number]
        heading, number = above[-2:]
        assert heading["chars"][0]["size"] == pytest.approx(22)
        assert (heading["x0"] + heading["x1"]) / 2 == pytest.approx(page.width / 2, abs=1)
        assert number["x1"] == pytest.approx(frame[2], abs=2)
        below = page.crop((0, frame[3], page.width, page.height)).extract_text()
        assert sheet.control_code in below
        assert sheet.footnote in squeezed(below)


def test_the_grid_is_26_52_26_52_mm(filing: bytes) -> None:
    with pdfplumber.open(io.BytesIO(filing)) as document:
        table = document.pages[0].find_tables()[0]
    assert table.bbox[2] - table.bbox[0] == pytest.approx(156 * MM, abs=0.5)
    cells = [cell for cell in table.rows[4].cells if cell]
    widths = [round((cell[2] - cell[0]) / MM, 1) for cell in cells]
    assert widths == [26, 52, 26, 52]


@pytest.mark.parametrize(("kind", "sheet"), [("filing", FILING), ("closing", CLOSING)])
def test_letters_stay_between_12_and_14_points(kind: str, sheet: Sheet) -> None:
    with pdfplumber.open(io.BytesIO(render(kind, sheet))) as document:
        (page,) = document.pages
        inside = page.crop(page.find_tables()[0].bbox).chars
        assert {12 <= round(char["size"], 2) <= 14 for char in inside} == {True}


def test_a_short_sheet_is_set_in_14_points() -> None:
    with pdfplumber.open(io.BytesIO(render("filing", replace(BLANK, title="试办")))) as document:
        (page,) = document.pages
        sizes = {char["size"] for char in page.chars if "Fang" in char["fontname"]}
    assert sizes == {14}


def test_no_text_leaves_its_page_or_the_table(closing: bytes) -> None:
    with pdfplumber.open(io.BytesIO(closing)) as document:
        (page,) = document.pages
        left, _, right, _ = page.find_tables()[0].bbox
        assert all(left <= char["x0"] and char["x0"] < right for char in page.chars)


def test_empty_boxes_are_empty_and_high_enough_to_sign() -> None:
    pdf = render("filing", BLANK)
    assert rows_of(pdf)[-3:] == [
        ["分管院领导", "", "分管党政办院领导", ""],
        ["主要领导", ""],
        ["党政办备案", ""],
    ]
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        (page,) = document.pages
        rows = page.find_tables()[0].rows
        heights = [(row.bbox[3] - row.bbox[1]) / MM for row in rows[-3:]]
    assert heights[0] >= 30
    assert heights[1] >= 30
    assert heights[2] >= 20


def test_a_later_signature_fills_both_boxes() -> None:
    """SPEC §2.3: given in both boxes, it is printed in both."""
    one = SignatureBox("同意。", "三郎泽里", DAY)
    rows = rows_of(render("filing", replace(BLANK, sign=one, approve=(one,))))
    assert rows[-3][1] == rows[-2][1] == "同意。三郎泽里2026年11月3日"


def test_all_fonts_are_embedded_and_readable(filing: bytes, closing: bytes) -> None:
    for pdf in (filing, closing):
        for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
            fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
            assert len(fonts) >= 5
            for font in fonts:
                assert "/FontFile2" in font["/FontDescriptor"]
                assert "/ToUnicode" in font
                assert "+Sheet" in font["/BaseFont"]


def test_every_name_copies_out_exactly() -> None:
    names = all_names()
    assert len(names) == 70
    for part in (names[start : start + 10] for start in range(0, len(names), 10)):
        signed = tuple(SignatureBox(name=name) for name in part)
        pdf = render("filing", replace(BLANK, co_heads=tuple(part), approve=signed))
        assert rows_of(pdf)[7][3] == "、".join(part)
        assert rows_of(pdf)[10][1] == "".join(part)
        copied = text_of(pdf)
        assert [name for name in part if copied.count(name) < 2] == []


@pytest.mark.parametrize("name", ["罗䶮", "陈𬭎", "马𤩽"])
def test_a_name_with_a_rare_character_stands_in_one_face(name: str) -> None:
    pdf = render("filing", replace(BLANK, responsible_leader=name))
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        chars = [char for char in document.pages[0].chars if char["text"] in name]
    assert [char["text"] for char in chars] == list(name)
    assert len({char["fontname"].split("+")[1] for char in chars}) == 1


def test_metadata_names_the_form_and_nothing_else(filing: bytes) -> None:
    """SPEC §7.5 rule 9: no title of an item outside of the page."""
    metadata = dict(pypdf.PdfReader(io.BytesIO(filing)).metadata or {})
    assert metadata.pop("/Title") == "阿坝职业学院督办督查立项备案单"
    assert FILING.title not in str(metadata)
    assert FILING.title.encode("utf-16-be") not in filing


def test_nothing_of_an_item_goes_to_a_log(caplog: pytest.LogCaptureFixture) -> None:
    """xhtml2pdf's warnings quote the document; none may come through."""
    from portal.documents.typesetting.story import story

    with caplog.at_level(logging.DEBUG):
        story("<p style='font-family: Nowhere'>保密内容😀</p>")
        render("filing", FILING)
    assert "保密内容" not in caplog.text
    assert FILING.title not in caplog.text


def test_rendered_again_the_bytes_are_the_same(filing: bytes, closing: bytes) -> None:
    assert render("filing", FILING) == filing
    assert render("closing", CLOSING) == closing


def test_another_process_gives_the_same_bytes() -> None:
    """Every form, its mark included: what is stored can be made again from the same data."""
    assert marked().keys() == FORMS.keys()
    code = "from tests.documents.every import digests_of_every; print(*digests_of_every())"
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "America/Lima"}
    root = Path(__file__).parents[2]
    found = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=root, capture_output=True, check=True
    )
    assert found.stdout.decode().split() == digests_of_every()


def test_an_ordinary_file_is_small(filing: bytes) -> None:
    assert len(filing) < 150_000


def test_wording_is_data() -> None:
    """The college may restore what the annexes say letter for letter."""
    choices: dict[str, Any] = {"instruction": "批示督类", "other": "其他事项类"}
    wording = Wording(categories=choices, filing="党政办公室备案")
    rows = rows_of(render("filing", BLANK, wording))
    assert rows[1] == ["类别", "□批示督类☑其他事项类"]
    assert rows[-1][0] == "党政办公室备案"


def test_another_college_prints_its_own_name() -> None:
    assert "某某学院督办督查立项备案单" in text_of(
        render("filing", replace(BLANK, college="某某学院"))
    )


def test_what_does_not_fit_flows_on_with_its_label_repeated() -> None:
    lines = [f"第{number}项：{'落实责任，按期办结。' * 8}" for number in range(1, 41)]
    pdf = render("filing", replace(FILING, requirement="\n".join(lines)))
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        total = len(document.pages)
        feet = [squeezed(page.extract_text_lines()[-1]["text"]) for page in document.pages]
    assert total >= 2
    assert [foot.removeprefix("核验码QF-7K2M") for foot in feet] == [
        f"第{number}页共{total}页" for number in range(1, total + 1)
    ]
    texts = []
    for page in range(total):
        for row in rows_of(pdf, page):
            if row[0] in ("办理要求", "办理要求（续）"):
                texts.append((page, *row))
    assert [text[1] for text in texts] == ["办理要求", *["办理要求（续）"] * (len(texts) - 1)]
    assert "".join(text[2] for text in texts) == squeezed("".join(lines))
    last = rows_of(pdf, total - 1)[-1]
    assert last == ["党政办备案", "已编号备案。何玉萍2026年11月3日"]


def test_steps_become_narrower() -> None:
    """The choice among them is a search that relies on it."""
    for roomy, narrow in itertools.pairwise(STEPS):
        assert (roomy.size, roomy.leading, roomy.padding) >= (
            narrow.size,
            narrow.leading,
            narrow.padding,
        )
        assert roomy.sign_height > narrow.sign_height
        assert roomy.margin >= narrow.margin
        assert 12 <= narrow.size <= 14


@pytest.mark.parametrize("kind", ["filing", "closing"])
def test_every_field_of_a_sheet_is_printed(kind: str) -> None:
    sheet = {"filing": FILING, "closing": CLOSING}[kind]
    text = text_of(render(kind, sheet))
    kept = {"category", "method", "level"}  # ticked: read in their rows
    for name in type(sheet).__dataclass_fields__.keys() - kept:
        for part in _printed(getattr(sheet, name)):
            assert squeezed(part) in text, name


def _printed(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for part in value for text in _printed(part)]
    assert isinstance(value, SignatureBox)
    return [value.opinion, value.name, value.note]


def test_classes_of_sheets_share_their_rows() -> None:
    filing, closing = FilingSheet.__dataclass_fields__, ClosingSheet.__dataclass_fields__
    assert filing.keys() - closing.keys() == {"filing"}
    assert closing.keys() - filing.keys() == {"urging", "closing", "hr", "discipline", "office"}
