"""第二十一条, SPEC §7.2: 涉密误录处置, from the report to what is left (decision 0183).

Beside `workflow`: who reports loses sight of the item, and 机要保密员 never sees it. So the
database does both acts and answers with a word; the worker does what was decided. Nothing is
written into the item's log: a false alarm is no part of its course, and of a cleared item nobody
reads one.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import select, text

from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.models import Appointment, Item, Spill
from portal.rulebook import posting
from portal.rulebook.holding import holders
from portal.rulebook.lapsing import cancel_urges, lapse
from portal.rulebook.readers import readers_of
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Role, in_force
from portal.rulebook.scope import Viewer, visible

ABOUT: Final[Mapping[str, str]] = {
    "words": "事项内容或办理文字", "file": "附件", "unsure": "不能确定",
}  # fmt: skip
"""Where somebody saw it. Nobody says what: the report must not hold it again."""
RELEASED, FILES, WHOLE = "released", "files", "whole"
OUTCOMES: Final[Mapping[str, str]] = {
    RELEASED: "经核实不涉及国家秘密，解除隔离",
    FILES: "清除所选附件，其余内容解除隔离",
    WHOLE: "清除全部内容",
}
REPORT = text("SELECT report_spill(:item, :who, :about, :key, :at)")
KEPT = text("SELECT file, purpose, kind, size, who, at, there FROM spill_files(:spill)")
DECIDE = text("SELECT decide_spill(:spill, :who, :outcome, :files, :reason, :at)")
CLEAR = text("SELECT clear_spill(:spill)")


class KeptFile(NamedTuple):
    """A file of an item held back, as 机要保密员 knows it: by everything but its name and content.

    `purpose` and `kind` as `Attachment` has them, `size` in bytes; `there`: not taken away before.
    """

    file: uuid.UUID
    purpose: str
    kind: str
    size: int
    who: int
    at: datetime
    there: bool


def report(viewer: Viewer, item_id: uuid.UUID, about: str, key: uuid.UUID) -> None:
    """报告疑似涉密: from now on nobody may know of the item, whoever reports it neither. The same
    form twice is one report. Raises NotFound."""
    said = db.session.scalar(
        REPORT,
        {
            "item": item_id,
            "who": viewer.person_id,
            "about": about,
            "key": key,
            "at": viewer.moment.instant,
        },
    )
    if said != "done":
        raise NotFound
    db.session.expire_all()
    officers = select(Appointment.person_id).where(
        Appointment.role == Role.CONF_OFFICER.value, in_force(Appointment, viewer.moment.day)
    )
    heard = set(db.session.scalars(officers))
    posting.post(posting.SPILT, heard, str(key), viewer.moment.instant)


def files_of(spill: Spill) -> list[KeptFile]:
    """The files of the item, oldest first; none for who is no 机要保密员."""
    return [KeptFile(*row) for row in db.session.execute(KEPT, {"spill": spill.public_id})]


def decide(
    viewer: Viewer, spill: Spill, outcome: str, files: Sequence[uuid.UUID], reason: str
) -> None:
    """What is to become of the item. Raises NotFound, NotOffered if it is decided, Unmet."""
    said = db.session.scalar(
        DECIDE,
        {
            "spill": spill.public_id,
            "who": viewer.person_id,
            "outcome": outcome,
            "files": list(files),
            "reason": reason,
            "at": viewer.moment.instant,
        },
    )
    if said == "missing":
        raise NotFound
    if said == "ended":
        raise NotOffered("本项疑似涉密已经处置，请查看处置结果。", article="21")
    if said == "empty":
        chosen = "请选择要清除的附件。"
        raise Unmet(chosen, article="21", fields={"files": chosen})
    db.session.expire_all()


def carry_out(clock: Viewer, spill: Spill) -> list[str]:
    """Do what was decided, in the worker's transaction, inside `everything(because=…)`: the digests
    of bytes to be destroyed before it is committed."""
    item = db.session.get_one(Item, spill.item_id)
    digests: list[str] = []
    if spill.outcome != RELEASED:
        found: dict[str, Any] = dict(db.session.scalar(CLEAR, {"spill": spill.id}))
        digests = found.pop("digests")
        spill.found = found
        db.session.flush()
        db.session.expire_all()
    if spill.outcome == WHOLE:  # 作废 by now: what hung on it waits for nobody
        lapse(item, clock.moment)
        cancel_urges(item, clock.moment, {})
    else:
        _let_go(item)
    _tell_the_end(clock, item, spill)
    return digests


def _let_go(item: Item) -> None:
    item.held = False
    db.session.flush()
    db.session.execute(
        text("SELECT share_item(:item, :readers)"), {"item": item.id, "readers": readers_of(item)}
    )
    db.session.expire_all()


def _tell_the_end(clock: Viewer, item: Item, spill: Spill) -> None:
    heard = {
        spill.reported_by_id,
        *holders(Role.OFFICE_HEAD, clock.moment, item=item, directly=True),
    }
    posting.post(posting.SPILL_ENDED, heard, str(spill.key), clock.moment.instant)


def spill_of(viewer: Viewer, public_id: uuid.UUID) -> Spill:
    """One of them. NotFound, also for who is no 机要保密员."""
    found = db.session.scalars(
        visible(viewer, Spill).where(Spill.public_id == public_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found
