"""Names in a Word copy: typefaces as the office's machines know them, and our styles."""

from __future__ import annotations

from typing import Final

FANG, KAI, HEI, SONG = "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体"
BIG: Final = "方正小标宋简体"

TITLE: Final = "Title"
TEXT, PLACED = "公文正文", "公文顶格"
CELL, HEAD = "公文表格", "公文表头"
SMALL: Final = "公文四号"
NOTHING: Final = "公文占位"
"""Of a paragraph that Word asks for and nobody sees."""

IDS: Final = {
    TITLE: TITLE,
    TEXT: "GongwenText",
    PLACED: "GongwenPlaced",
    CELL: "GongwenCell",
    HEAD: "GongwenHead",
    SMALL: "GongwenSmall",
    NOTHING: "GongwenNothing",
    **{f"Heading {level}": f"Heading{level}" for level in (1, 2, 3, 4)},
}
"""What stands in the file for each style: some readers take only ASCII there."""
