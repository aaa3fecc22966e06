"""A ledger of thousands of rows as PDF: `python3 -m bench.ledger_pdf [ROWS]`, 5,000 if not said.

Twelve columns on A4 across, the head on every page, as the form of 台账 will be. Prints how far it
is, then the processor time, the peak of the process, the pages and the size.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator

from portal.documents.typesetting.faces import css_family
from portal.documents.typesetting.long_tables import Part, parts
from portal.documents.typesetting.page import Page, Paper, build
from portal.documents.typesetting.story import read

ROWS = 5_000
COLUMNS = (
    ("序号", 11), ("文号", 32), ("事项", 54), ("类别", 14), ("等级", 11), ("牵头单位", 24),
    ("责任校领导", 18), ("交办日期", 22), ("完成时限", 22), ("办理状态", 18), ("办结日期", 22),
    ("备注", 19),
)  # fmt: skip
STYLE = """
body { font-family: %s; font-size: 9pt; line-height: 12pt; }
p { margin: 0; }
table { border: 1pt solid #000; }
td { border: 0.6pt solid #000; padding: 1pt 2pt; }
"""


def html(rows: int) -> str:
    """The ledger with so many rows."""
    heads = "".join(f'<td style="width: {wide}mm"><p>{name}</p></td>' for name, wide in COLUMNS)
    return (
        f"<!DOCTYPE html><html><head><style>{STYLE % css_family('body')}</style></head><body>"
        f'<table repeat="1"><tr>{heads}</tr>{"".join(map(_row, range(1, rows + 1)))}</table>'
        "</body></html>"
    )


def _row(number: int) -> str:
    title = "冬季校园消防安全隐患集中排查整治" * (1 + number % 2)
    texts = (
        str(number), f"阿职督办〔2026〕{number}号", title, "批示类", "二级", "后勤与国有资产管理处",
        "坤清祥", "2026年11月3日", "2026年11月24日", "办理中", "", "已延期1次",
    )  # fmt: skip
    return f"<tr>{''.join(f'<td><p>{text}</p></td>' for text in texts)}</tr>"


def main(rows: int) -> None:
    """Make it and tell."""
    flowables = read(_told(list(parts(html(rows)))))
    page = Page("台账", top=15, bottom=15, left=15, right=15, across=True)
    _, (total,) = build([Paper(flowables, page)])
    pdf, _ = build([Paper(flowables, page, total=total)])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{rows:,} rows, {total} pages, {len(pdf) / 1e6:.1f} MB:"
        f" {time.process_time():.0f} s of processor time, peak {peak:.0f} MB"
    )


def _told(found: list[Part]) -> Iterator[Part]:
    for number, part in enumerate(found, 1):
        print(f"\rread {number} of {len(found)} parts", end="", file=sys.stderr, flush=True)
        yield part
    print(file=sys.stderr)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
