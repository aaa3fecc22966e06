"""What waits of one kind, to be signed with one opinion: the rows of 批量签批."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from portal.extensions import db
from portal.item.lines import Line, lines, read_lines
from portal.models import Item
from portal.rooms.sign_off import parts
from portal.rulebook import tray
from portal.rulebook.scope import Viewer
from portal.steps.signing.chips import SIGNED
from portal.steps.signing.matter import matters_of

ACTS: Final = (*SIGNED, *parts.TOGETHER)


class Row(NamedTuple):
    """An item to tick: its line, what is asked, and the version that is shown."""

    line: Line
    matter: str
    version: int


class Kind(NamedTuple):
    """What waits of one act: its word 「审核」, how many."""

    act: str
    word: str
    waiting: int


MOST = 50


def kinds(viewer: Viewer) -> list[Kind]:
    """The signatures that wait and may be given together, by act, in the order of the chains."""
    waiting = [row for row in tray.waiting(viewer) if row.act in ACTS]
    counted = Counter(row.act for row in waiting)
    words = {row.act: row.word for row in waiting}
    return [Kind(act, words[act], counted[act]) for act in ACTS if act in counted]


def rows_of(viewer: Viewer, act: str) -> Sequence[Row]:
    """What waits for this act, longest first; MOST of them, the others follow once those are
    signed."""
    ids = [row.item_id for row in tray.waiting(viewer) if row.act == act][:MOST]
    found = db.session.execute(lines(viewer).where(Item.id.in_(ids))).all()
    items = {row.Item.id: row.Item for row in found}
    by_id = {line.item_id: line for line in read_lines(found, viewer.moment.day)}
    # Of a sensitive item what is asked stands on its own page only.
    open_ = {id_: item for id_, item in items.items() if item.classification != "sensitive"}
    if act in parts.TOGETHER:
        asked = parts.asked_of(viewer, open_, act)
    else:
        asked = matters_of(viewer, open_.values(), act)
    return [Row(by_id[id_], asked.get(id_, ""), items[id_].version) for id_ in ids if id_ in by_id]
