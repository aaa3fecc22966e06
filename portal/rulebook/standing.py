"""What the offers on an item follow from: its parts, its open boxes, a person's capacities.

Each is read once for a whole table of acts; a page that asked row by row would ask a hundred times.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from portal.extensions import db
from portal.models import ApprovalSlot, Item
from portal.models.entered import Entered
from portal.rulebook.approvals import OpenBox, open_boxes
from portal.rulebook.parts import PARTS
from portal.rulebook.roles import Capacity, Role, asked, capacities
from portal.rulebook.rule_shapes import Rule, in_source
from portal.rulebook.scope import Viewer

LIST_READERS = (Role.OFFICE_HEAD, Role.CONF_OFFICER, Role.RESPONSIBLE_LEADER)
LIST_ACTS = frozenset({"grant_knowledge", "end_knowledge"})
"""Acts that only those who see a need-to-know list are shown (SPEC §7.3)."""


def capacities_of(
    viewer: Viewer, by: Sequence[Role], item: Item, unit: int | None
) -> list[Capacity]:
    """The capacities among `by`, direct ones first."""
    mine = tuple(role for role in by if role in viewer.roles)
    if not mine or viewer.person_id is None:
        return []
    values = asked(viewer.person_id, viewer.moment, item, unit)
    row = db.session.execute(capacities(mine, viewer.lent), values).mappings().one()
    direct = [Capacity(role, None) for role in mine if row[role.value]]
    lent = [
        Capacity(role, row[f"{role.value}_for"])
        for role in mine
        if row.get(f"{role.value}_for") is not None
    ]
    return direct + lent


class Standing:
    """How a person stands to an item now. Made for one question; nothing of it is kept.

    `roles` are those worth asking for (of one act), else all that the person holds anywhere.
    """

    def __init__(self, viewer: Viewer, item: Item, roles: Sequence[Role] | None = None) -> None:
        self.viewer, self.item = viewer, item
        self._roles = tuple(Role) if roles is None else roles
        self._held: dict[int, list[Capacity]] = {}
        self._rows: dict[str, list[Any]] = {}
        self._boxes: list[OpenBox] | None = None

    def held(self, by: Sequence[Role], unit: int | None) -> list[Capacity]:
        """The capacities among `by`, direct ones first, asked of a unit (None: the lead unit)."""
        whose = unit or self.item.lead_unit_id
        if whose not in self._held:
            self._held[whose] = capacities_of(self.viewer, self._roles, self.item, whose)
        order = {role: place for place, role in enumerate(by)}
        mine = [held for held in self._held[whose] if held.role in order]
        return sorted(mine, key=lambda held: (held.on_behalf_of_id is not None, order[held.role]))

    def boxes(self, rule: Rule, subject: Any) -> list[ApprovalSlot]:
        """The open boxes that this act signs, returns or refuses."""
        about = None if subject is None else subject.id
        return [
            box.slot
            for box in self._open_boxes()
            if (box.machine, box.subject_id) == (rule.machine, about)
            and (box.slot.step == rule.step or (rule.step == "*" and box.state in rule.source))
            and box.slot.role in rule.by
        ]

    def beside(self, rule: Rule, subject: Any = None) -> bool:
        """Whether a box of this act waits in an approval of the item, or of this part, that is made
        up (第十五条, 先下达后补签)."""
        about = None if subject is None else subject.id
        return bool(rule.afterwards) and any(
            box.beside
            and box.slot.step == rule.step
            and (box.machine, box.subject_id) == (rule.machine, about)
            for box in self._open_boxes()
        )

    def _open_boxes(self) -> list[OpenBox]:
        if self._boxes is None:
            self._boxes = open_boxes(self.item)
        return self._boxes

    def rows(self, rule: Rule) -> list[Any]:
        """The parts on which the act can be done as they are, in order."""
        rows = [
            row
            for row in self.parts(rule.machine)
            if in_source(rule, getattr(row, "state", ""), beside=self.beside(rule, row))
            and (not rule.unit or (row.unit_id == self.item.lead_unit_id) == (rule.unit == "lead"))
            and (not rule.by_unit or row.unit_id not in self._relieved())
            and (rule.by != (Role.SIGNER,) or self._contestable(row))
            and (rule.by != (Role.SIGNATORY,) or row.person_id == self.viewer.person_id)
        ]
        return self._narrowed(rule, rows)

    def changing(self) -> bool:
        """Whether a change of the item waits for consent: one does at a time."""
        return any(change.state == "open" for change in self.parts("change"))

    def parts(self, machine: str) -> list[Any]:
        """All rows of a machine; none if it has no table yet."""
        if machine not in PARTS:
            return []
        if machine not in self._rows:
            part = PARTS[machine]
            query = select(part).where(part.item_id == self.item.id).order_by(part.id)
            self._rows[machine] = list(db.session.scalars(query))
        return self._rows[machine]

    def _relieved(self) -> set[int]:
        """The units that do not work on the item any more (调整承办单位)."""
        return {share.unit_id for share in self.parts("item_unit") if share.role == "former"}

    def _contestable(self, row: Entered) -> bool:
        """Whoever is named in an entry may object to that one, and for five working days."""
        until = row.contestable_until
        mine = row.named_id == self.viewer.person_id
        return mine and until is not None and until >= self.viewer.moment.day

    def _narrowed(self, rule: Rule, rows: list[Any]) -> list[Any]:
        if rule.only is None or not rows:
            return rows
        part = PARTS[rule.machine]
        mine = select(part.id).where(part.item_id == self.item.id, rule.only(part))
        open_to = set(db.session.scalars(mine, {"day": self.viewer.moment.day}))
        return [row for row in rows if row.id in open_to]


def sees_list(viewer: Viewer, item: Item) -> bool:
    """Whether this person, by an own office, may see who is on the list and who looked."""
    held = capacities_of(viewer, LIST_READERS, item, None)
    return any(capacity.on_behalf_of_id is None for capacity in held)
