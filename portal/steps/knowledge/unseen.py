"""Keeping a list without seeing the item (SPEC §7.3: the 机要保密员); each one transaction.

The database does the act and answers with a word: to the portal's role the item stays hidden.
"""

from __future__ import annotations

import uuid

from sqlalchemy import text

from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.rulebook import guards
from portal.rulebook.kept_texts import salted
from portal.rulebook.recording import SPENT
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent

LIST = text("SELECT list_unseen(:day, :item, :person, :key, :why, :salt, :digest, :at)")
UNLIST = text("SELECT unlist_unseen(:day, :item, :entry, :key, :why, :salt, :digest, :at)")


def grant(viewer: Viewer, item_id: uuid.UUID, person_id: int, intent: Intent) -> None:
    """增加知悉人, of everything of the item; never oneself. NotFound, also for who keeps no lists;
    Unmet."""
    said = db.session.scalar(LIST, {**_common(viewer, item_id, intent), "person": person_id})
    if said == "listed":
        raise guards.cannot_list("此人已在知悉范围。")
    if said == "own":
        raise guards.cannot_list("不能将本人列入知悉范围，确需知悉的，请党政办主任办理。")
    _finish(said)


def end(viewer: Viewer, item_id: uuid.UUID, entry_id: uuid.UUID, intent: Intent) -> None:
    """移出知悉范围, at once. NotFound, also for an entry that has ended."""
    _finish(db.session.scalar(UNLIST, {**_common(viewer, item_id, intent), "entry": entry_id}))


def _common(viewer: Viewer, item_id: uuid.UUID, intent: Intent) -> dict[str, object]:
    salt, digest = salted(intent.opinion)
    return {
        "day": viewer.moment.day,
        "at": viewer.moment.instant,
        "item": item_id,
        "key": intent.key,
        "why": intent.opinion,
        "salt": salt,
        "digest": digest,
    }


def _finish(said: object) -> None:
    if said == "missing":
        raise NotFound
    if said == "spent":
        raise NotOffered(SPENT)
    db.session.commit()
