"""The numbers of GB/T 9704 (SPEC §5.10): millimetres for lengths, points for type."""

from __future__ import annotations

from typing import Final

MM: Final = 72 / 25.4  # points

PAPER: Final = (210, 297)
TOP, LEFT, RIGHT, BOTTOM = 37, 28, 26, 35  # 天头, 订口, 切口, 地脚
WIDTH, HEIGHT = 156, 225  # 版心

LINES, CHARACTERS = 22, 28  # of a full page, of a full line
PITCH: Final = HEIGHT * MM / LINES  # points from line to line
ADVANCE: Final = WIDTH * MM / CHARACTERS  # points from character to character

BODY: Final = 16  # 三号: body, headings, 发文字号, 主送机关
TITLE: Final = 22  # 二号
SMALL: Final = 14  # 四号: 版记, page number
TABLE: Final = 12  # 小四, in tables among the text
TABLE_LEADING: Final = 17

INDENT: Final = 2  # characters before a paragraph

MARK_BELOW: Final = 35  # 发文机关标志 below the upper edge of the 版心
MARK_LARGEST: Final = 48  # points
LINE_BELOW: Final = 4  # red line below 发文字号
RED: Final = (1.0, 0.0, 0.0)

NUMBER_BELOW: Final = 7  # page number below the 版心
THICK, THIN = 0.35, 0.25  # lines of the 版记
