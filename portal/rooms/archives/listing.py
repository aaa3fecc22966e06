"""目录 of a package: printed, as JSON for programs, as CSV for spreadsheets; and 办理过程 printed.

What no typeface has (in somebody's file name) is printed as 〓; JSON and CSV keep the name.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from portal.documents.sheets import ListColumn, ListSheet
from portal.documents.typesetting.characters import with_geta
from portal.extensions import db
from portal.filters import file_size, full_date
from portal.item.timeline import entries_of
from portal.models import ArchivePackage, ArchiveRecord, Item, Unit
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.item_texts import category_text, number_of, source_text
from portal.rulebook.scope import Viewer

if TYPE_CHECKING:
    from portal.rooms.archives.papers import Paper

FORMAT: Final = "duban-archive/1"
INDEX, TABLE, PRINTED = "index.json", "目录.csv", "目录.pdf"
OFFICE: Final = "党政办公室"
NO_ORIGINALS: Final = "无"
ASK: Final = (
    "注：本档案包一式两份，由党政办和牵头单位分别保管，内容相同；签收人和签收日期见系统存档记录。"
    "以 portal verify-archive 核对。"
)
COLUMNS: Final = (
    ListColumn("序号", 12, "short"),
    ListColumn("题名", 51),
    ListColumn("类别", 25, "short"),
    ListColumn("页数", 14, "short"),
    ListColumn("大小", 22, "short"),
    ListColumn("SHA-256", 32, fine=True),
)
EVENTS: Final = (
    ListColumn("序号", 12, "short"),
    ListColumn("日期", 34),
    ListColumn("环节", 28),
    ListColumn("办理人", 32),
    ListColumn("内容", 50),
)


def facts_of(item: Item, package: ArchivePackage, office: ArchiveRecord) -> list[tuple[str, str]]:
    """What the 目录 says of the item and of the keeping of its papers, label and text."""
    lead = db.session.get_one(Unit, item.lead_unit_id).name
    return [
        ("事项", item.title),
        ("来源依据", source_text(item)),
        ("类别", category_text(item)),
        ("牵头单位", lead),
        ("销号日期", long_date(item.closed_on) if item.closed_on else ""),
        ("档号", office.archive_no),
        ("档案包版次", f"第{package.version}版"),
        ("保管期限", office.retention),
        ("保管单位", f"{OFFICE}、{lead}"),
        ("纸质原件存放位置", f"{OFFICE}：{office.location or NO_ORIGINALS}"),
    ]


def index(item: Item, facts: Sequence[tuple[str, str]], rows: list[dict[str, Any]]) -> bytes:
    """The 目录 for programs; `rows` are those of `row_of`, 目录.pdf and 目录.csv the first."""
    number = number_of(item)
    told = {
        "format": FORMAT,
        "number": str(number) if number else "",
        "facts": dict(facts),
        "files": rows,
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def row_of(name: str, number: int, paper: Paper) -> dict[str, Any]:
    """A file in the 目录 for programs."""
    return {
        "number": number,
        "name": name,
        "title": paper.title,
        "kind": paper.kind,
        "pages": paper.pages,
        "size": paper.size,
        "sha256": paper.sha256,
    }


def list_row(name: str, content: bytes, pages: int | None) -> dict[str, Any]:
    """目录 itself, in the one for programs: it bears the number 0."""
    digest = hashlib.sha256(content).hexdigest()
    said = {"number": 0, "name": name, "title": "档案目录", "kind": "目录", "pages": pages}
    return {**said, "size": len(content), "sha256": digest}


def table(rows: Iterable[dict[str, Any]]) -> bytes:
    """The same for spreadsheets; what would be a formula there is a text."""
    out = io.StringIO()
    sheet = csv.writer(out, lineterminator="\r\n")
    sheet.writerow(["序号", "文件名", "题名", "类别", "页数", "大小（字节）", "SHA-256"])
    for row in rows:
        cells = [row[name] for name in ("number", "name", "title", "kind", "pages", "size")]
        sheet.writerow([as_text(cell) for cell in (*cells, row["sha256"])])
    return b"\xef\xbb\xbf" + out.getvalue().encode()  # the mark by which Excel knows UTF-8


def as_text(value: Any) -> Any:
    """A cell's value, that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    return (
        f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@")) else value
    )


def printed(
    item: Item, facts: Sequence[tuple[str, str]], rows: Iterable[dict[str, Any]], college: str
) -> ListSheet:
    """目录 as a sheet."""
    number = number_of(item)
    return ListSheet(
        college=college,
        title="{college}督办事项档案目录",
        number=str(number) if number else "",
        facts=tuple((label, with_geta(text)) for label, text in facts if text),
        columns=COLUMNS,
        rows=tuple(
            (
                str(row["number"]),
                with_geta(row["title"]),
                row["kind"],
                "—" if row["pages"] is None else str(row["pages"]),
                file_size(row["size"]),
                in_groups(row["sha256"]),
            )
            for row in rows
        ),
        footnote=ASK,
    )


def history(viewer: Viewer, item: Item, until: int, college: str) -> ListSheet:
    """办理过程 as a sheet, from the first act to the one the package stands as of."""
    number = number_of(item)
    entries = reversed(entries_of(viewer, item, until=until, linked=False))
    rows = []
    for place, entry in enumerate(entries, 1):
        day = full_date(entry.when) if isinstance(entry.when, date) else entry.when or ""
        # On the page who acted stands in place of a text where nothing was written.
        who, text = (entry.who, entry.text) if entry.who else (entry.text.strip(), "")
        text = "，".join(part for part in (text, *entry.marks) if part)
        said = (str(place), day, entry.title, who, text)
        rows.append(tuple(with_geta(part) for part in said))
    return ListSheet(
        college=college,
        title="{college}督办事项办理过程",
        number=str(number) if number else "",
        facts=(("事项", with_geta(item.title)),),
        columns=EVENTS,
        rows=tuple(rows),
    )


def in_groups(digest: str) -> str:
    """A digest in four groups, so that it may break in a narrow cell."""
    return " ".join(digest[at : at + 16] for at in range(0, len(digest), 16))
