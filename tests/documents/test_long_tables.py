"""Tables of hundreds of rows: every row once, the head on each page, each row measured once."""

from __future__ import annotations

import io
from typing import Any

import pdfplumber
import pytest

from portal.documents.typesetting import long_tables
from portal.documents.typesetting.faces import css_family
from portal.documents.typesetting.long_tables import Part, parts
from portal.documents.typesetting.page import Page, Paper, build
from portal.documents.typesetting.story import story
from portal.documents.typesetting.table import SheetTable
from tests.documents.samples import squeezed

ACROSS = Page("台账", top=15, bottom=15, left=15, right=15, across=True)
LONG = "冬季校园消防安全隐患集中排查整治"


def _html(rows: int, *, repeat: int = 1, after: str = "<p>共若干项。</p>") -> str:
    widths = "".join(f"<td style='width: {width}mm'><p>{name}</p></td>" for name, width in COLUMNS)
    heads = f"<tr>{widths}</tr>" * repeat
    return (
        f"<!DOCTYPE html><html><head><style>body {{ font-family: {css_family('body')};"
        " font-size: 9pt; line-height: 12pt; } p { margin: 0; } table { border: 1pt solid #000; }"
        " td { border: 0.6pt solid #000; padding: 1pt 2pt; }</style></head><body><p>台账</p>"
        f'<table repeat="{repeat}">{heads}{"".join(map(_row, range(rows)))}</table>{after}'
        "</body></html>"
    )


COLUMNS = (("序号", 20), ("事项", 60), ("牵头单位", 60), ("完成时限", 60), ("办理情况", 60))


def _row(number: int) -> str:
    texts = (f"{number}号", LONG * (1 + number % 3), "安全保卫处", "2026年11月24日", "&lt;/tr&gt;")
    return "<tr>" + "".join(f"<td><p>{text}</p></td>" for text in texts) + "</tr>"


@pytest.mark.parametrize("rows", [0, 1, 199, 200, 201, 400, 401, 402, 1000])
@pytest.mark.parametrize("repeat", [0, 1, 2])
def test_every_row_is_in_one_part(rows: int, repeat: int) -> None:
    found = list(parts(_html(rows, repeat=repeat)))
    assert [part.goes_on for part in found] == [False, *[True] * (len(found) - 1)]
    assert all(_count(part) <= long_tables.MOST_ROWS + repeat for part in found)
    assert sum(_count(part) for part in found) == rows + repeat * len(found)
    together = "".join(part.html for part in found)
    assert all(together.count(f"<p>{number}号</p>") == 1 for number in range(rows))
    assert together.count("<p>共若干项。</p>") == 1
    assert together.count("<p>台账</p>") == 1


def _count(part: Part) -> int:
    return part.html.count("</tr>")


def test_two_long_tables_stay_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_tables, "MOST_ROWS", 20)
    html = _html(45, after=f"<p>附：</p>{_html(70).partition('<p>台账</p>')[2]}")
    tables = [one for one in story(html) if isinstance(one, SheetTable)]
    assert [len(table.rows) for table in tables] == [46, 71]


@pytest.fixture(scope="module")
def printed() -> bytes:
    return build([Paper(story(_html(300)), ACROSS, total=99)])[0]


@pytest.mark.long
def test_the_cut_leaves_no_trace(printed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_tables, "MOST_ROWS", 10**6)
    assert build([Paper(story(_html(300)), ACROSS, total=99)])[0] == printed


def test_each_page_lies_across_and_begins_with_the_head(printed: bytes) -> None:
    numbers = []
    with pdfplumber.open(io.BytesIO(printed)) as document:
        assert len(document.pages) > 5
        for page in document.pages:
            assert (round(page.width), round(page.height)) == (842, 595)
            (table,) = page.find_tables()
            cells = [[squeezed(text or "") for text in row] for row in table.extract()]
            assert cells[0] == [name for name, _width in COLUMNS]
            assert all(row[4] == "</tr>" for row in cells[1:])
            numbers += [row[0] for row in cells[1:]]
    assert numbers == [f"{number}号" for number in range(300)]


def test_each_row_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four times the rows are four times the work: nothing is measured again on each page."""
    measured: list[Any] = []
    height = SheetTable._row_height

    def counted(self: SheetTable, row: Any) -> float:
        measured.append(row)
        return height(self, row)

    monkeypatch.setattr(SheetTable, "_row_height", counted)
    flowables = story(_html(300))
    build([Paper(flowables, ACROSS)])
    assert len(measured) == 301
