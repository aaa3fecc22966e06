"""Whose notices an item has (第十六条（二）), and which of them a person may have.

Of an ordinary item whoever may know of it may print any notice. Of a sensitive one the people of
a co-unit have their own unit's alone (SPEC §7.3); the database keeps the stored sheets likewise.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from portal.codes import is_code
from portal.documents.sorts.shape import Listed, Standing
from portal.errors import NotFound
from portal.extensions import db
from portal.models import Event, Item, ItemUnit, Unit
from portal.rulebook import knowledge
from portal.rulebook.chains import CHAINS
from portal.rulebook.offers import acts_on, acts_on_paper
from portal.rulebook.scope import Viewer, visible

NOTICE: Final = "notice"
NOTICES: Final = "notices"
"""All of an item at once."""
LABEL, ALL_LABEL = "督办事项通知单", "全部通知单"
RELEASED = ("issued", "received", "handed_in")
MORE = 2
"""From so many notices on they can be printed at once."""


def kind_of(code: str) -> str:
    """The kind of the notice of the unit with this code."""
    return f"{NOTICE}-{code}"


def is_single(kind: str) -> bool:
    """Whether it is the notice of one unit: `notice-<code>`."""
    form, dash, code = kind.partition("-")
    return form == NOTICE and bool(dash) and is_code(code)


def is_batch(kind: str) -> bool:
    """Whether it is all notices of an item."""
    return kind == NOTICES


def labels(kinds: Collection[str]) -> dict[str, str]:
    """「督办事项通知单（后勤国资处）」 by kind, of the units there are."""
    codes = [kind.partition("-")[2] for kind in kinds]
    rows = db.session.execute(select(Unit.code, Unit.short_name).where(Unit.code.in_(codes)))
    return {kind_of(code): _label(short_name) for code, short_name in rows}


def batch_labels(_kinds: Collection[str]) -> dict[str, str]:
    """The name of all notices at once."""
    return {NOTICES: ALL_LABEL}


def _label(unit: str) -> str:
    return f"{LABEL}（{unit}）"


class Told(NamedTuple):
    """A unit that was sent a notice."""

    share: ItemUnit
    unit: Unit

    @property
    def kind(self) -> str:
        """The kind of its notice."""
        return kind_of(self.unit.code)


def told(viewer: Viewer, item: Item) -> list[Told]:
    """The units with a released notice this person may have, lead first, in official order."""
    rows = db.session.execute(
        visible(viewer, ItemUnit)
        .join(Unit, Unit.id == ItemUnit.unit_id)
        .add_columns(Unit)
        .where(
            ItemUnit.item_id == item.id,
            ItemUnit.role != "former",
            ItemUnit.state.in_(RELEASED),
        )
        .order_by(ItemUnit.role.desc(), Unit.sort_no)
    )
    found = [Told(share, unit) for share, unit in rows]
    part = part_of(viewer, item)
    return [one for one in found if part in (None, one.unit.id)]


def part_of(viewer: Viewer, item: Item) -> int | None:
    """The co-unit to whose own part this person is kept; None: everything of the item."""
    if item.classification != "sensitive":
        return None
    return knowledge.part_of(item, viewer.person_id)


def prints_all(viewer: Viewer, item: Item, found: list[Told]) -> bool:
    """Whether this person may print all notices at once."""
    return bool(found) and part_of(viewer, item) is None


def told_of(viewer: Viewer, item: Item, kind: str) -> list[Told]:
    """The units whose notices the kind prints. NotFound: there is none, or not for this person."""
    found = told(viewer, item)
    if kind != NOTICES:
        found = [one for one in found if one.kind == kind]
    elif not prints_all(viewer, item, found):
        found = []
    if not found:
        raise NotFound
    return found


def owner_of(item: Item, kind: str, found: list[Told]) -> int:
    """The unit whose people alone may have the stored sheet of a sensitive item, beside those who
    may know everything; of all notices together the lead unit."""
    return item.lead_unit_id if kind == NOTICES else found[0].unit.id


def standing(viewer: Viewer, item: Item, kind: str) -> Standing:
    """How a notice, or all of them, stand. NotFound as `told_of`."""
    found = told_of(viewer, item, kind)
    return Standing(last_acts(viewer, item, found)[kind], owner_of(item, kind, found))


def listed(viewer: Viewer, item: Item) -> dict[str, Listed]:
    """The notices this person may have."""
    found = told(viewer, item)
    acts = last_acts(viewer, item, found) if found else {}
    return {one.kind: Listed(_label(one.unit.short_name), acts[one.kind]) for one in found}


def bound(viewer: Viewer, item: Item) -> list[str]:
    """The notices that stand in the file of all of them."""
    return [one.kind for one in told_of(viewer, item, NOTICES)]


def batch_listed(viewer: Viewer, item: Item) -> dict[str, Listed]:
    """All of them, where there are several."""
    found = told(viewer, item)
    if len(found) < MORE:
        return {}
    return {NOTICES: Listed(ALL_LABEL, last_acts(viewer, item, found)[NOTICES])}


def last_acts(viewer: Viewer, item: Item, found: list[Told]) -> dict[str, int]:
    """By kind the last event that changes what it prints, of each notice and of all together:
    signing, filing, issue, receipt by its own unit, and every change all have agreed to."""
    own = {one.share.id: one.kind for one in found}
    rows = db.session.execute(
        visible(viewer, Event)
        .where(Event.item_id == item.id, _changes_notice(list(own)))
        .with_only_columns(_receipt_of, func.max(Event.id))
        .group_by(_receipt_of)
    )
    last = {row[0]: row[1] for row in rows}
    common = last.pop(None, 0)
    acts = {kind: max(common, last.get(share_id, 0)) for share_id, kind in own.items()}
    return acts | {NOTICES: max([common, *last.values()])}


_receipt_of = case((Event.subject == "item_unit", Event.subject_id))
"""Whose receipt an event is; null for what concerns all notices."""


def _changes_notice(shares: list[int]) -> ColumnElement[bool]:
    changes = [name for name, chain in CHAINS.items() if chain.machine == "change"]
    return or_(
        Event.act.in_(acts_on("filing")),
        and_(
            Event.act.in_(acts_on("notice")),
            or_(Event.subject != "item_unit", Event.subject_id.in_(shares)),
        ),
        and_(Event.subject == "change", Event.to_state == "agreed"),
        Event.facts.has_key("due"),
        and_(
            Event.act.in_(acts_on_paper()),
            Event.facts["chain"].astext.in_(("initiation", *changes)),
        ),
    )
