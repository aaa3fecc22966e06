"""移交清单: what of a year is handed over to the archive, drawn up and signed by both sides
(SPEC §2.11: by the middle of the next year; decision 0165).

On it are the items whose packages both sides have signed for and that no list taken over holds in
that version; sensitive ones are handed over apart. A list is never changed: what changes later
stands on a new one, which takes the place of one that is not taken over yet.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy.exc import IntegrityError

from portal.errors import NotFound
from portal.extensions import db
from portal.item.offices import OFFICE, offices_of
from portal.models import Item, TransferLine, TransferList
from portal.models.transfer import READERS
from portal.rooms.archives.queries import Line, lines_of
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Role
from portal.rulebook.scope import Viewer, visible

HANDED, TAKEN = "handed", "taken"
SIGNS: Final = {HANDED: OFFICE, TAKEN: frozenset({Role.ARCHIVIST})}
"""党政办 hands over (归档 is its duty), 档案员 takes over (`roles.json`: archive)."""
NOTHING: Final = "没有双方均已确认存档而尚未移交的事项，暂不能编制移交清单。"
CHANGED: Final = "清单编制后事项或档案包有变化，请重新编制移交清单。"
REPLACED: Final = "已另行编制移交清单，请在新的清单上签名。"
NOT_HANDED: Final = "移交人尚未签名，请待移交人签名后再签。"
SAME_PERSON: Final = "移交人和接收人不能是同一人。"
SIGNED: Final = "本栏已经签名，请刷新页面查看。"


def draw(viewer: Viewer, year: int) -> TransferList:
    """编制移交清单. The newest list of the year where it says the same already. Unmet: nothing is
    to be handed over."""
    found = newest(viewer, year)
    ready, waiting = listed(viewer, year)
    if found is not None and found.taken_by_id is None and digest_of(ready) == found.digest:
        return found
    if not ready:
        raise Unmet(NOTHING, article="16(7)")
    nth = found.nth + 1 if found is not None else 1
    try:
        made = _write(viewer, year, nth, ready, len(waiting))
    except IntegrityError:  # somebody else drew it up in this moment
        db.session.rollback()
        return the_newest(viewer, year)
    public_id = made.public_id
    db.session.commit()
    return one(viewer, public_id)


def listed(viewer: Viewer, year: int) -> tuple[list[Line], list[Line]]:
    """The items of a year that may be handed over, and those that wait for a signature."""
    over = _handed_over(viewer, year)
    lines = [
        line
        for line in lines_of(viewer, year)
        if not line.sensitive and (line.item_id, line.sha256) not in over
    ]
    ready = [line for line in lines if line.both_signed]
    return ready, [line for line in lines if not line.both_signed]


def _handed_over(viewer: Viewer, year: int) -> Collection[tuple[int, str]]:
    """The packages that stand on a list taken over: items and digests."""
    rows = (
        visible(viewer, TransferLine)
        .join(TransferList, TransferList.id == TransferLine.list_id)
        .where(TransferList.year == year, TransferList.taken_by_id.is_not(None))
    )
    found = db.session.execute(rows.with_only_columns(TransferLine.item_id, TransferLine.sha256))
    return {(row.item_id, row.sha256) for row in found}


def _write(
    viewer: Viewer, year: int, nth: int, ready: Sequence[Line], waiting: int
) -> TransferList:
    made = TransferList(
        year=year,
        nth=nth,
        total=len(ready),
        waiting=waiting,
        digest=digest_of(ready),
        drawn_by_id=viewer.person_id,
        drawn_at=viewer.moment.instant,
        readers=list(READERS),
    )
    db.session.add(made)
    db.session.flush()
    db.session.add_all(
        TransferLine(list_id=made.id, item_id=line.item_id, place=place, **_said(line))
        for place, line in enumerate(ready, 1)
    )
    db.session.flush()
    return made


SAID: Final = (
    "archive_no", "number", "title", "unit", "retention", "archived_on", "version", "files",
    "pages", "size", "sha256",
)  # fmt: skip


def _said(line: Line | TransferLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in SAID}


def digest_of(lines: Sequence[Line | TransferLine]) -> str:
    """The SHA-256 over what the lines say, in their order."""
    said = [{**_said(line), "archived_on": str(line.archived_on)} for line in lines]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def one(viewer: Viewer, public_id: uuid.UUID) -> TransferList:
    """The list with this address. NotFound for who keeps no archive."""
    found = db.session.scalars(
        visible(viewer, TransferList).where(TransferList.public_id == public_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def every(viewer: Viewer) -> Sequence[TransferList]:
    """All lists, the newest first."""
    rows = visible(viewer, TransferList)
    return db.session.scalars(
        rows.order_by(TransferList.year.desc(), TransferList.nth.desc())
    ).all()


def newest(viewer: Viewer, year: int) -> TransferList | None:
    """The year's newest list."""
    rows = visible(viewer, TransferList).where(TransferList.year == year)
    return db.session.scalars(rows.order_by(TransferList.nth.desc()).limit(1)).one_or_none()


def the_newest(viewer: Viewer, year: int) -> TransferList:
    """The year's newest list, where there is one. NotFound."""
    found = newest(viewer, year)
    if found is None:
        raise NotFound
    return found


def lines_on(viewer: Viewer, made: TransferList) -> Sequence[TransferLine]:
    """Its lines, without those of items that became sensitive since (SPEC §7.5)."""
    return db.session.scalars(
        visible(viewer, TransferLine)
        .join(Item, Item.id == TransferLine.item_id)
        .where(TransferLine.list_id == made.id, Item.classification != "sensitive")
        .order_by(TransferLine.place)
    ).all()


def refusal(viewer: Viewer, made: TransferList, side: str) -> Unmet | None:
    """Why this person may not sign on this side now; None: the signature is open."""
    if made.taken_by_id is not None or (side == HANDED and made.handed_by_id is not None):
        return Unmet(SIGNED)
    if the_newest(viewer, made.year).id != made.id:
        return Unmet(REPLACED)
    if side == TAKEN and made.handed_by_id is None:
        return Unmet(NOT_HANDED)
    if side == TAKEN and made.handed_by_id == viewer.person_id:
        return Unmet(SAME_PERSON)
    return Unmet(CHANGED) if _changed(viewer, made) else None


def _changed(viewer: Viewer, made: TransferList) -> bool:
    """Whether something on it stands otherwise by now; what came to it stands on the next one."""
    frozen = lines_on(viewer, made)
    if len(frozen) != made.total or digest_of(frozen) != made.digest:
        return True
    ready, _waiting = listed(viewer, made.year)
    said = {line.item_id: _said(line) for line in ready}
    return any(said.get(line.item_id) != _said(line) for line in frozen)


def may_sign(viewer: Viewer, side: str) -> bool:
    """Whether it is this person's office that signs on this side."""
    return bool(offices_of(viewer) & SIGNS[side])


def sign(viewer: Viewer, made: TransferList, side: str) -> None:
    """移交签名 or 接收签名, each once and in this order; pressed twice, it is given once. NotFound
    for whose office does not sign there. Unmet: why it is not open."""
    if not may_sign(viewer, side):
        raise NotFound
    by, at = f"{side}_by_id", f"{side}_at"
    if getattr(made, by) == viewer.person_id:
        return
    held = db.session.scalars(
        visible(viewer, TransferList)
        .where(TransferList.id == made.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if refused := refusal(viewer, held, side):
        raise refused
    setattr(held, by, viewer.person_id)
    setattr(held, at, viewer.moment.instant)
    db.session.commit()
