"""Doing what was decided about an item that was reported; what the queue and the schedule call.

Bytes are destroyed before the rows that forget them are committed: whoever ends in between leaves
rows without a file, which are done again, and never a file without a row.
"""

from __future__ import annotations

import logging
from typing import Final

from flask import current_app
from sqlalchemy import update

from portal import store
from portal.clock import Clock
from portal.config import Settings
from portal.extensions import db
from portal.models import Spill
from portal.queued_work import Work, now
from portal.rulebook import spills
from portal.rulebook.scope import everything, view_as_clock

log = logging.getLogger(__name__)

SPILLS: Final = Work(Spill, "handle_spill", seconds=900)
FAILED: Final = "处置未完成，内容仍在隔离中，请重新处置；仍不能完成的，请联系系统管理员。"


def make(spill_id: int) -> None:
    """Do one. A second call finds nothing to do."""
    clock: Clock = current_app.extensions["portal.clock"]
    settings: Settings = current_app.extensions["portal.settings"]
    with everything(because="涉密误录处置"):
        claimed = SPILLS.claim(spill_id)
        db.session.commit()
        if claimed is None:
            return
        spill = db.session.get_one(Spill, spill_id)
        digests = spills.carry_out(view_as_clock(clock), spill)
        destroyed = sum(store.destroy(settings.files_dir, digest) for digest in digests)
        db.session.execute(
            update(Spill)
            .where(Spill.id == spill_id)
            .values(state="made", made_at=now(), failure=None)
        )
        db.session.commit()
    log.info("a spill was handled: %d of %d files destroyed", destroyed, len(digests))


def sweep() -> None:
    """What was lost with the queue or a worker is done again."""
    with everything(because="涉密误录处置"):
        waiting = SPILLS.lost(FAILED)
        db.session.commit()
    SPILLS.ask_again(waiting)
