"""The 移交清单 as PDF, with the names and days of both sides; a signature that is still to come
has its line, so that it can be given on paper, too.

Who took it out of the portal, with which items, is kept like every export (SPEC §7.5 rule 10).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from portal.clock import SHANGHAI
from portal.documents.render import DocumentError
from portal.documents.typesetting.characters import cannot_print, unprintable
from portal.extensions import db
from portal.filters import as_day, full_date
from portal.item.export_rights import PAPER
from portal.item.people import named
from portal.models import LedgerExport, Person, TransferLine, TransferList
from portal.queued_work import now
from portal.rooms.archives.transfer import lines_on
from portal.rulebook.scope import Viewer

NOTE: Final = "注：档案包以SHA-256核对，纸质原件当面清点；敏感事项单独移交，不在本清单内。"
DIGEST: Final = 16
"""Signs of a SHA-256 that are printed: enough to tell a package from every other."""
UNSIGNED: Final = "　　　　　　　　　　"
NO_DAY: Final = "　　　年　　月　　日"


def title_of(made: TransferList) -> str:
    """「2026年度督办档案移交清单」, from the second one on with its number."""
    nth = f"（第{made.nth}号）" if made.nth > 1 else ""
    return f"{made.year}年度督办档案移交清单{nth}"


def make(viewer: Viewer, made: TransferList, college: str) -> bytes:
    """The list as PDF. DocumentError: a sign that cannot be printed."""
    lines = lines_on(viewer, made)
    content = _printed(made, lines, college)
    db.session.add(
        LedgerExport(
            query=PAPER + title_of(made),
            form="pdf",
            state="given",
            asked_by_id=viewer.person_id,
            asked_at=now(),
            made_at=now(),
            size=len(content),
            readers=[-(viewer.person_id or 0)],
            total=len(lines),
            done=len(lines),
            item_ids=[line.item_id for line in lines],
        )
    )
    db.session.commit()
    return content


def _printed(made: TransferList, lines: Sequence[TransferLine], college: str) -> bytes:
    from portal.documents.typesetting.listing import Column, Heading, Listing

    at = made.drawn_at.astimezone(SHANGHAI)
    heading = Heading(
        f"{college}{title_of(made)}",
        ("　".join(_told(made, len(lines))),),
        f"编制人：{_name(made.drawn_by_id)}　编制时间：{full_date(at)}{at:%H:%M}"
        f"　清单摘要：{made.digest[:DIGEST]}",
    )
    columns = (
        Column("序号", 10, centred=True),
        Column("档号", 34),
        Column("文号、事项", 84),
        Column("牵头单位", 28),
        Column("保管期限", 18, centred=True),
        Column("归档日期", 30, centred=True),
        Column("档案包", 30, centred=True),
        Column("SHA-256（前16位）", 36),
    )
    listing = Listing(heading, columns)
    for line in lines:
        cells = _cells(line)
        for cell in cells:
            if missing := unprintable(cell):
                raise DocumentError(f"第{line.place}件{cannot_print(missing)}")
        listing.add(cells)
    return listing.content([NOTE, *_signatures(made)])


def _told(made: TransferList, shown: int) -> list[str]:
    said = [f"移交{made.total}件"]
    if made.waiting:
        said.append(f"另有{made.waiting}件待确认存档，不在本清单内")
    if shown < made.total:
        said.append(f"其中{made.total - shown}件现为敏感事项，不列出")
    return said


def _signatures(made: TransferList) -> list[str]:
    handed = _signed(made.handed_by_id, made.handed_at)
    taken = _signed(made.taken_by_id, made.taken_at)
    return [
        f"移交人（签名）：{handed[0]}　　移交日期：{handed[1]}",
        f"接收人（签名）：{taken[0]}　　接收日期：{taken[1]}",
    ]


def _signed(person_id: int | None, at: datetime | None) -> tuple[str, str]:
    if person_id is None or at is None:
        return UNSIGNED, NO_DAY
    who = named([person_id], as_day(at))[person_id]
    return f"{who.name}（{who.post}）" if who.post else who.name, full_date(at)


def _name(person_id: int) -> str:
    return db.session.get_one(Person, person_id).name


def _cells(line: TransferLine) -> list[str]:
    return [
        str(line.place),
        line.archive_no,
        f"{line.number}\n{line.title}",
        line.unit,
        line.retention,
        full_date(line.archived_on),
        f"第{line.version}版\n{line.files}份{line.pages}页",
        line.sha256[:DIGEST],
    ]
