"""`python -m tests.documents.pictures DIR`: every document as PDF and as pictures, page by page.

Needs pdftoppm (poppler-utils). Writes `DIR/<form>-<ordinary, full, empty>-<page>.png`, each 公文 as
`DIR/<document>-<page>.png`, the printed ledger as `DIR/ledger-<page>.png`; beside them the PDFs and
the copies for Word.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from portal.rooms.ledger.exports.rows import COLUMNS, Cell

from portal.documents.render import GONGWEN, render
from portal.documents.word import copies
from portal.rooms.ledger.exports.printed import PrintedLedger
from tests.documents.every import COLLEGE, EVERY
from tests.documents.gongwen.samples import DOCUMENTS
from tests.documents.samples import BASE, DAY, FILING

DOTS = "100"  # an inch
SAID = {
    "数据时间": "2026年11月23日09:30",
    "导出人": "何玉萍",
    "筛选条件": "不限",
    "事项数": "60项",
    "范围": "本表仅含导出人有权查看的事项",
}
ITEM: dict[str, Cell] = dict.fromkeys(COLUMNS) | {
    "文号": FILING.number, "事项": FILING.title, "类别": "批示类", "等级": "二级",
    "承办（牵头）单位": "安全保卫处", "协办单位": "后勤国资处、学工部", "责任校领导": "坤清祥",
    "承办人": "陈𬭎", "交办日期": DAY, "原定时限": DAY, "现行时限": DAY.replace(day=24),
    "剩余/逾期天数": "逾期3天", "状态": "办理中", "灯号": "逾期", "办理进度": 0.6,
    "催办次数": 1, "延期次数": 1,
}  # fmt: skip


def pdfs() -> Iterator[tuple[str, bytes]]:
    """Every document by the name of its file."""
    for kind, sheets in EVERY.items():
        for content, sheet in sheets.items():
            yield f"{kind}-{content}", render(kind, sheet, base=BASE)
    for name, document in DOCUMENTS.items():
        yield name, render(GONGWEN, document, base=BASE)
    ledger = PrintedLedger(COLLEGE, SAID)
    for number in range(1, 61):
        ledger.add([*(ITEM | {"序号": number}).values()])
    yield "ledger", ledger.content(SAID)


def for_word() -> Iterator[tuple[str, bytes]]:
    """Every Word copy by the name of its file."""
    for kind in ("notice", "notices"):
        yield kind, copies.write(kind, EVERY[kind]["ordinary"])
    for name, document in DOCUMENTS.items():
        yield name, copies.write(GONGWEN, document)


def main(arguments: list[str]) -> None:
    """Write them all."""
    if len(arguments) != 1:
        raise SystemExit(__doc__)
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in for_word():
        (folder / f"{name}.docx").write_bytes(content)
    for name, content in pdfs():
        path = folder / name
        path.with_suffix(".pdf").write_bytes(content)
        subprocess.run(["pdftoppm", "-r", DOTS, "-png", f"{path}.pdf", path], check=True)
    print(f"{len(list(folder.glob('*.png')))} pages in {folder}")


if __name__ == "__main__":
    main(sys.argv[1:])
