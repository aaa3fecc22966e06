"""What a 公文 is made of, as data; nothing here knows the database, PDF or Word.

Texts are plain text: line breaks are "\\n", markup prints as it was typed. Empty texts and tuples
are parts that the document has not.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Heading:
    """A heading without its number: level 1 「一、」, 2 「（一）」, 3 「1.」, 4 「（1）」."""

    text: str
    level: Literal[1, 2, 3, 4] = 1


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, indented by two characters; "\\n" begins another one. `lead` stands before it
    in 黑体: 「督查时间：」."""

    text: str
    lead: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a table: its head, its share of the width, whether its cells are centred."""

    head: str
    share: float
    centred: bool = False


@dataclass(frozen=True)
class Table:
    """A table over the whole width; the head is repeated on every page it flows over."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Blank:
    """A row to be filled in by hand: its label, and the height left free in millimetres."""

    label: str
    height: float


@dataclass(frozen=True)
class Slip:
    """A framed strip to be filled in by hand, such as a receipt."""

    rows: tuple[Blank, ...]


Block = Heading | Paragraph | Table | Slip


@dataclass(frozen=True)
class Annex:
    """附件 printed behind the text, from a page of its own."""

    title: str
    blocks: tuple[Block, ...]
    landscape: bool = False


@dataclass(frozen=True)
class Signature:
    """落款: who signs and the 成文日期. With `seal`, room is left for it and the name stands
    centred over the date. `beside`: a line of its own above, signed by hand."""

    name: str
    day: dt.date
    seal: bool = True
    beside: str = ""


@dataclass(frozen=True)
class Imprint:
    """版记 at the foot of the last page: 抄送机关, 印发机关, 印发日期."""

    issuer: str
    day: dt.date
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Gongwen:
    """A document in 公文 style. `name` is its kind, all that its file says outside of the page."""

    name: str  # 「反馈报告」
    mark: str = ""  # 发文机关标志, in red
    number: str = ""  # 发文字号, below it
    title: str
    addressed: tuple[str, ...] = ()  # 主送机关
    body: tuple[Block, ...]
    files: tuple[str, ...] = ()  # 附件 named only: they are files of their own
    annexes: tuple[Annex, ...] = ()
    signature: Signature
    after: tuple[Paragraph | Slip, ...] = ()  # below the signature
    imprint: Imprint | None = None
    control_code: str = ""  # small, outside of the 版心

    @property
    def attached(self) -> tuple[str, ...]:
        """What 附件说明 names: the annexes, then the files."""
        return (*(annex.title for annex in self.annexes), *self.files)
