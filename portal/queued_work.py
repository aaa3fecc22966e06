"""Files that a worker makes: rows that ask for them, claimed by one worker, found again when lost.

The row is the truth; a queue that is away only delays it. Every call runs in the transaction of its
caller, who has said with which reason it reads everything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, or_, select, update

from portal.extensions import db
from portal.queue import JOB_SECONDS, enqueue

TRIES: Final = 3
LOST_AFTER = timedelta(seconds=20)
STUCK_AFTER = timedelta(seconds=60)
"""No sheet or list takes this long without a word: its worker is gone."""


def now() -> datetime:
    """Real time: how long a job takes has nothing to do with the demo's date."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Work:
    """A table of such rows (columns state, asked_at, asked_by_id, started_at, tries, failure) and
    the name of the task that makes one."""

    table: Any
    task: str
    seconds: int = JOB_SECONDS
    """How long one may take before the worker is ended."""
    silence: timedelta = STUCK_AFTER
    """After how long without a word its worker is gone: of large files one step takes longer."""

    def ask(self, row_id: int) -> None:
        """Hand it to the queue, once its row is committed."""
        enqueue(self.task, row_id, seconds=self.seconds)

    def claim(self, row_id: int, **also: Any) -> int | None:
        """Take one for this worker alone; who asked for it, None if nothing is to be done."""
        table = self.table
        asked_by: int | None = db.session.scalar(
            update(table)
            .where(table.id == row_id, table.tries < TRIES)
            .where(or_(table.state == "asked", self._stuck()))
            .values(state="making", started_at=now(), tries=table.tries + 1, **also)
            .returning(table.asked_by_id)
        )
        return asked_by

    def fail(self, row_id: int, reason: str) -> None:
        """Say why there will be none. What another worker has made meanwhile stays: a slow one that
        was taken for gone takes nothing from those who have it."""
        table, values = self.table, {"state": "failed", "failure": reason}
        db.session.execute(
            update(table).where(table.id == row_id, table.state != "made").values(**values)
        )

    def lost(self, failure: str) -> list[int]:
        """What was lost with the queue or a worker waits again; after three tries it has failed
        with these words. The ids of what waits, for `ask_again` once this is committed."""
        table = self.table
        forgotten = (table.state == "asked") & (table.asked_at < now() - LOST_AFTER)
        # Locked and looked at in one: a worker that ends at this moment is not asked again.
        rows = db.session.execute(
            select(table.id, table.tries)
            .where(or_(forgotten, self._stuck()))
            .order_by(table.id)
            .with_for_update(skip_locked=True)
        ).all()
        spent = [row.id for row in rows if row.tries >= TRIES]
        waiting = [row.id for row in rows if row.tries < TRIES]
        gone = {"state": "failed", "failure": failure}
        db.session.execute(update(table).where(table.id.in_(spent)).values(**gone))
        db.session.execute(update(table).where(table.id.in_(waiting)).values(state="asked"))
        return waiting

    def ask_again(self, row_ids: Iterable[int]) -> None:
        """Enqueue them. Dropped before the next sweep asks again: a worker that is away finds no
        heap of them."""
        for row_id in row_ids:
            waits = int(LOST_AFTER.total_seconds())
            enqueue(self.task, row_id, waits=waits, seconds=self.seconds)

    def _stuck(self) -> ColumnElement[bool]:
        stuck: ColumnElement[bool] = (self.table.state == "making") & (
            self.table.started_at < now() - self.silence
        )
        return stuck
