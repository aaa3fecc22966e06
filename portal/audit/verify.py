"""Checking the chain (等保 8.1.4.3): what was changed, taken away, put in or moved since sealing.

Reads one snapshot in batches, so that memory stays bounded and the sealer goes on meanwhile.
Findings say where, never what: no text leaves the database, its digest is taken there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import RowMapping, func, select

from portal.audit import texts
from portal.audit.administrative import broken_links
from portal.audit.digests import ALGORITHMS, BEGINNING, SEALED, linked
from portal.extensions import db
from portal.models import Event, Opinion, Seal, Unsealed
from portal.rulebook import case_log
from portal.rulebook.briefs import log as briefs_log
from portal.rulebook.scope import everything

BATCH = 2000
PATIENCE = timedelta(minutes=10)
"""How long an event may wait for its seal: ten rounds."""

KINDS = {
    "changed": "记录内容与封存时不一致",
    "removed": "记录已被移除",
    "moved": "次序与封存时不一致",
    "gap": "封存缺失",
    "inserted": "记录未经封存程序写入，或其封存已被移除",
    "waiting": "逾时未封存，请检查定时进程和任务进程是否运行",
    "text": "留存文本与记录中的摘要不一致",
    "box": "签批框与办理记录不一致",
    "act": "管理操作记录与写入时不一致",
    "case": "问责线索办理记录与写入时不一致",
    "brief": "汇报通报办理记录与写入时不一致，或者印发后内容被改动",
    "head": "此前留存的摘要不在链中",
}
"""The kinds of findings, as people read them."""


class Finding(NamedTuple):
    """What is wrong, at which position of the chain and with which event or item, as far as
    known."""

    kind: str
    position: int | None = None
    event_id: int | None = None
    item_id: int | None = None


@dataclass
class Verification:
    """One check of the whole log. When `findings` has ended, `checked` and `waiting` count the
    sealed events and those not sealed yet, and `head` is the last digest.

    `noted` is a digest kept from an earlier check: it must still be in the chain, else the
    chain's end was cut off or written anew.
    """

    noted: str = ""
    progress: Callable[[int], object] = lambda _rows: None
    checked: int = 0
    waiting: int = 0
    head: str = BEGINNING
    _position: int = field(default=0, init=False)

    def findings(self) -> Iterator[Finding]:
        """Everything that is not as it was sealed. Needs the worker's role."""
        with everything(because="核对办理记录的封存"):
            db.session.rollback()
            db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            try:
                yield from self._chain()
                yield from _beside()
                yield from (Finding("text", *where) for where in texts.altered(BATCH))
                yield from (Finding("box", item_id=item_id) for item_id in texts.unsigned(BATCH))
                yield from (Finding("act", position) for position in broken_links())
                # Not of which item: who reads findings may not know that it has a case (0147).
                yield from (Finding("case", number) for number in case_log.broken(BATCH))
                yield from (Finding("brief", number) for number in briefs_log.broken(BATCH))
                self.waiting = _count(Unsealed)
            finally:
                db.session.rollback()

    def _chain(self) -> Iterator[Finding]:
        found = self.noted in ("", BEGINNING)
        while rows := _batch(self._position):
            for row in rows:
                yield from self._link(row)
                found = found or self.head == self.noted
            self.progress(len(rows))
        if not found:
            yield Finding("head")

    def _link(self, row: RowMapping) -> Iterator[Finding]:
        position, event_id = row["seal_position"], row["seal_event_id"]
        if position != self._position + 1:
            yield Finding("gap", self._position + 1)
        elif row["seal_previous"] != self.head:
            yield Finding("moved", position, event_id)
        if row["id"] is None:
            yield Finding("removed", position, event_id)
        elif not _as_sealed(row):
            yield Finding("changed", position, event_id)
        elif row["digest"] != row["text_digest"]:
            yield Finding("text", position, event_id)
        self._position, self.head = position, row["seal_digest"]
        self.checked += 1


def sealed_count() -> int:
    """How many events are sealed; for the progress of a check. Needs the worker's role."""
    return _count(Seal)


def _count(table: type[Seal | Unsealed]) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def _batch(after: int) -> Sequence[RowMapping]:
    """The next seals with their events, and the digests of the texts as they are now."""
    seal = [column.label(f"seal_{column.name}") for column in Seal.__table__.c]
    text_digest = texts.salted(Opinion.salt, Opinion.body).label("text_digest")
    rows = (
        select(*seal, *SEALED, text_digest)
        .select_from(Seal)
        .outerjoin(Event, Event.id == Seal.event_id)
        .outerjoin(Opinion, Opinion.id == Event.opinion_id)
        .where(Seal.position > after)
        .order_by(Seal.position)
        .limit(BATCH)
    )
    return db.session.execute(rows).mappings().all()


def _as_sealed(row: RowMapping) -> bool:
    alg = ALGORITHMS.get(row["seal_alg"])
    event = {column.name: row[column.name] for column in SEALED}
    return alg is not None and linked(alg, row["seal_previous"], event) == row["seal_digest"]


def _beside() -> Iterator[Finding]:
    """Events without a seal, and those waiting for one that have waited too long or are gone."""
    stray = (
        select(Event.id)
        .outerjoin(Seal, Seal.event_id == Event.id)
        .outerjoin(Unsealed, Unsealed.event_id == Event.id)
        .where(Seal.position.is_(None), Unsealed.event_id.is_(None))
        .order_by(Event.id)
        .execution_options(yield_per=BATCH)
    )
    for event_id in db.session.scalars(stray):
        yield Finding("inserted", None, event_id)
    waiting = (
        select(Unsealed.event_id, Event.id)
        .outerjoin(Event, Event.id == Unsealed.event_id)
        .where(Event.id.is_(None) | (Unsealed.since < func.now() - PATIENCE))
        .order_by(Unsealed.event_id)
        .execution_options(yield_per=BATCH)
    )
    for row in db.session.execute(waiting):
        yield Finding("removed" if row.id is None else "waiting", None, row.event_id)
