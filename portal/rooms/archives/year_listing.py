"""目录 of a year's package: which items' packages are in it, and which are not complete yet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any, Final

from portal.documents.render import render
from portal.documents.sheets import ListColumn, ListSheet
from portal.documents.typesetting.characters import with_geta
from portal.filters import file_size
from portal.rooms.archives import pages
from portal.rooms.archives.listing import (
    INDEX,
    PRINTED,
    TABLE,
    as_text,
    in_groups,
    list_row,
)
from portal.rooms.archives.queries import Line
from portal.rooms.archives.zipped import safe_name
from portal.rulebook.deadline_texts import long_date

FORMAT: Final = "duban-archive-year/1"
COLUMNS: Final = (
    ListColumn("序号", 12, "short"),
    ListColumn("文号、事项", 55),
    ListColumn("牵头单位", 23, "short"),
    ListColumn("保管期限", 16, "short"),
    ListColumn("份、页", 18, fine=True),
    ListColumn("SHA-256", 32, fine=True),
)
NOTE: Final = "注：敏感事项不在年度档案包内，单独移交。"


def told(
    year: int, ready: Sequence[Line], waiting: Sequence[Line], college: str
) -> list[tuple[str, bytes]]:
    """目录.pdf, 目录.csv and index.json, with their names."""
    rows = [_row(number, line) for number, line in enumerate(ready, 1)]
    printed = render("list", _sheet(year, ready, waiting, college))
    table = _table(rows)
    lists = [
        list_row(PRINTED, printed, pages.of_sheet(printed)),
        list_row(TABLE, table, None),
    ]
    index = {
        "format": FORMAT,
        "year": year,
        "files": [*lists, *rows],
        "waiting": [{"number": line.number, "standing": line.standing} for line in waiting],
    }
    content = json.dumps(index, ensure_ascii=False, indent=1).encode()
    return [(PRINTED, printed), (TABLE, table), (INDEX, content)]


def _row(number: int, line: Line) -> dict[str, Any]:
    return {
        "number": number,
        "name": safe_name(number, line.number or line.archive_no, "zip"),
        "title": line.title,
        "kind": "事项档案包",
        "pages": None,
        "size": line.size,
        "sha256": line.sha256,
        "item": {
            "number": line.number,
            "archive_no": line.archive_no,
            "unit": line.unit,
            "retention": line.retention,
            "closed_on": line.closed_on.isoformat(),
            "version": line.version,
            "files": line.files,
            "pages": line.pages,
        },
    }


def _table(rows: Sequence[dict[str, Any]]) -> bytes:
    out = io.StringIO()
    sheet = csv.writer(out, lineterminator="\r\n")
    sheet.writerow(
        ["序号", "文件名", "文号", "事项", "牵头单位", "保管期限", "份数", "页数", "SHA-256"]
    )
    for row in rows:
        item = row["item"]
        cells = [row["number"], row["name"], item["number"], row["title"], item["unit"]]
        cells += [item["retention"], item["files"], item["pages"], row["sha256"]]
        sheet.writerow([as_text(cell) for cell in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _sheet(year: int, ready: Sequence[Line], waiting: Sequence[Line], college: str) -> ListSheet:
    facts = [("入包事项", f"{len(ready)}件")]
    if waiting:
        named = "、".join(f"{line.number}（{line.standing}）" for line in waiting)
        facts.append(("未入包事项", named))
    last = max((line.closed_on for line in ready), default=None)
    if last is not None:
        facts.append(("最后销号日期", long_date(last)))
    return ListSheet(
        college=college,
        title=f"{{college}}{year}年度督办档案目录",
        number="",
        facts=tuple(facts),
        columns=COLUMNS,
        rows=tuple(
            (
                str(number),
                with_geta(f"{line.number}\n{line.title}"),
                line.unit,
                line.retention,
                f"{line.files}份{line.pages}页\n{file_size(line.size)}",
                in_groups(line.sha256),
            )
            for number, line in enumerate(ready, 1)
        ),
        footnote=NOTE,
    )
