"""督办台账 for paper: what of the Excel sheet fits on A4 landscape, for reading and signing off.

来源, 办理要求 and 最新进展 are left to the screen and the Excel sheet: they would take pages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from portal.documents.render import DocumentError
from portal.documents.typesetting.characters import cannot_print, unprintable
from portal.filters import full_date
from portal.rooms.ledger.columns import COLUMNS, Cell
from portal.rooms.ledger.exports.workbook import LATE

if TYPE_CHECKING:
    from portal.documents.typesetting.listing import Column, Listing

Row = Mapping[str, Cell]
ABOVE: Sequence[str] = ("数据时间", "导出人", "筛选条件")
BELOW: Mapping[str, str] = {"事项数": "事项数", "敏感事项": "敏感事项", "剩余/逾期天数": "余期"}
"""Which of the explanations stand above the list, and below it, under which label."""
LABELS = tuple(column.label for column in COLUMNS)
LEFT = 10
"""Place of 余期, which is set in 黑体 once it is over."""


class PrintedLedger:
    """The ledger as PDF, written row by row; `row` counts them."""

    def __init__(self, college: str, said: Mapping[str, str]) -> None:
        """`said`: the explanations by label, those above the list at least."""
        from portal.documents.typesetting.listing import Heading, Listing

        above = "　".join(f"{label}：{said[label]}" for label in ABOVE)
        foot = f"数据时间：{said['数据时间']}　导出人：{said['导出人']}　{said['范围']}"
        self.row = 0
        self.listing: Listing = Listing(
            Heading(f"{college}督办台账", (_printable(above),), foot), _columns()
        )

    def add(self, cells: Sequence[Cell]) -> None:
        """One item, with the columns of the Excel sheet. DocumentError names what cannot be
        printed, and of which item."""
        self.row += 1
        texts = printed_cells(dict(zip(LABELS, cells, strict=True)))
        for text in texts:
            _printable(text, before=f"第{self.row}项")
        self.listing.add(texts, strong=(LEFT,) if texts[LEFT].startswith(LATE) else ())

    def content(self, said: Mapping[str, str]) -> bytes:
        """End the list with the explanations below it; its bytes."""
        notes = [f"{head}：{said[label]}" for label, head in BELOW.items() if label in said]
        return self.listing.content([_printable(note) for note in notes])


def printed_cells(row: Row) -> list[str]:
    """The columns of the printed list from those of the Excel sheet."""
    return [
        _text(row["序号"]),
        _text(row["文号"]),
        _text(row["事项"]),
        _lines(row["类别"], row["等级"]),
        _text(row["承办（牵头）单位"]),
        _text(row["协办单位"]),
        _text(row["责任校领导"]),
        _text(row["承办人"]),
        _text(row["交办日期"]),
        _limit(row),
        "" if row["办结日期"] else _text(row["剩余/逾期天数"]),
        _lines(row["状态"], _light(row)),
        _share(row["办理进度"]),
        _remarks(row),
    ]


def _columns() -> Sequence[Column]:
    from portal.documents.typesetting.listing import Column

    return (
        Column("序号", 9, centred=True),
        Column("文号", 22.5),
        Column("事项", 41),
        Column("类别\n等级", 17.5, centred=True),
        Column("牵头单位", 19),
        Column("协办单位", 19),
        Column("责任校\n领导", 14.5, centred=True),
        Column("承办人", 14.5, centred=True),
        Column("交办日期", 25.5, centred=True),
        Column("完成时限", 25.5, centred=True),
        Column("余期", 18, centred=True),
        Column("状态\n灯号", 16, centred=True),
        Column("进度", 10, centred=True),
        Column("备注", 21),
    )


def _text(cell: Cell) -> str:
    if isinstance(cell, date):
        return full_date(cell)
    return "" if cell is None else str(cell)


def _lines(*cells: Cell) -> str:
    """Each of them on a line of its own, the same words once."""
    return "\n".join(dict.fromkeys(text for text in map(_text, cells) if text))


def _light(row: Row) -> str:
    """灯号; how late it is, 余期 says."""
    word = _text(row["灯号"])
    return LATE if word.startswith(LATE) else word


def _limit(row: Row) -> str:
    """The day that holds; below it the first one, where that was another."""
    now, first = row["现行时限"], row["原定时限"]
    if not isinstance(first, date) or not isinstance(now, date) or first == now:
        return _text(now)
    day = full_date(first)
    return f"{full_date(now)}\n原定{day.removeprefix(f'{now.year}年')}"


def _share(cell: Cell) -> str:
    return f"{cell:.0%}" if isinstance(cell, float) else ""


def _remarks(row: Row) -> str:
    urged, extended, closed = row["催办次数"], row["延期次数"], row["办结日期"]
    said = [
        f"催办{urged}次" if urged else "",
        f"延期{extended}次" if extended else "",
        _text(row["备注"]),
        f"{full_date(closed)}销号" if isinstance(closed, date) else "",
        {"是": "按时办结", "否": "逾期办结"}.get(_text(row["是否按时"]), ""),
    ]
    return "，".join(part for part in said if part)


def _printable(text: str, before: str = "") -> str:
    missing = unprintable(text)
    if missing:
        raise DocumentError(before + cannot_print(missing))
    return text
