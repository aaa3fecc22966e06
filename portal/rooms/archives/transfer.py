"""移交清单: what of a year is handed over to the archive, to be signed by both sides on paper
(SPEC §2.11: by the middle of the next year).

Of the year's items those whose packages both sides have signed for; sensitive ones are handed over
apart. Who made which list, with which items, is kept like every export (SPEC §7.5 rule 10).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from portal.clock import SHANGHAI
from portal.documents.render import DocumentError
from portal.documents.typesetting.characters import cannot_print, unprintable
from portal.extensions import db
from portal.filters import full_date
from portal.item.export_rights import PAPER
from portal.models import LedgerExport, Person
from portal.queued_work import now
from portal.rooms.archives.queries import Line, lines_of
from portal.rulebook.scope import Viewer

SIGNED: Final = (
    "移交单位：党政办公室　　移交人（签名）：　　　　　　　　　　移交日期：　　　年　　月　　日",
    "接收单位：　　　　　　　　接收人（签名）：　　　　　　　　　　接收日期：　　　年　　月　　日",
)
NOTE: Final = "注：档案包以SHA-256核对，纸质原件当面清点；敏感事项单独移交，不在本清单内。"
DIGEST: Final = 16
"""Signs of the SHA-256 that a row prints: enough to tell a package from every other."""


def listed(viewer: Viewer, year: int) -> tuple[list[Line], list[Line]]:
    """The items of a year that may be handed over, and those that wait for a signature."""
    lines = [line for line in lines_of(viewer, year) if not line.sensitive]
    ready = [line for line in lines if line.both_signed]
    return ready, [line for line in lines if not line.both_signed]


def make(viewer: Viewer, year: int, college: str) -> bytes:
    """The list as PDF. DocumentError: a sign that cannot be printed, or nothing to hand over."""
    ready, waiting = listed(viewer, year)
    if not ready:
        raise DocumentError(f"{year}年没有双方均已确认存档的事项，暂不能编制移交清单。")
    maker = db.session.get_one(Person, viewer.person_id).name
    content = _printed(viewer, year, ready, len(waiting), maker, college)
    title = f"{year}年度督办档案移交清单"
    db.session.add(
        LedgerExport(
            query=PAPER + title,
            form="pdf",
            state="given",
            asked_by_id=viewer.person_id,
            asked_at=now(),
            made_at=now(),
            size=len(content),
            readers=[-(viewer.person_id or 0)],
            total=len(ready),
            done=len(ready),
            item_ids=[line.item_id for line in ready],
        )
    )
    db.session.commit()
    return content


def _printed(
    viewer: Viewer, year: int, ready: Sequence[Line], waiting: int, maker: str, college: str
) -> bytes:
    from portal.documents.typesetting.listing import Column, Heading, Listing

    at = viewer.moment.instant.astimezone(SHANGHAI)
    said = [f"移交{len(ready)}件", f"另有{waiting}件待确认存档，不在本清单内" if waiting else ""]
    heading = Heading(
        f"{college}{year}年度督办档案移交清单",
        ("　".join(part for part in said if part),),
        f"编制人：{maker}　编制时间：{full_date(at)}{at:%H:%M}",
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
    for number, line in enumerate(ready, 1):
        cells = _cells(number, line)
        for cell in cells:
            if missing := unprintable(cell):
                raise DocumentError(f"第{number}件{cannot_print(missing)}")
        listing.add(cells)
    return listing.content([NOTE, *SIGNED])


def _cells(number: int, line: Line) -> list[str]:
    return [
        str(number),
        line.archive_no,
        f"{line.number}\n{line.title}",
        line.unit,
        line.retention,
        full_date(line.archived_on) if line.archived_on else "",
        f"第{line.version}版\n{line.files}份{line.pages}页",
        line.sha256[:DIGEST],
    ]
