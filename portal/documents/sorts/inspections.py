"""实地督查方案, 实地督查记录 and 整改意见书 of an item (第十七条): one of each of its inspections.

They are the inspected unit's: of a sensitive item the people of another co-unit have none of them.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select

from portal.documents.sorts.shape import Listed, Standing
from portal.errors import NotFound
from portal.extensions import db
from portal.models import Event, Inspection, Item, Unit
from portal.rulebook.offers import acts_on, acts_on_paper
from portal.rulebook.scope import Viewer, visible

SENT: Final = ("plan_pending", "plan_approved", "conducted", "opinion_issued", "rectifying",
               "finished")  # fmt: skip
WENT: Final = SENT[2:]
ISSUED: Final = SENT[3:]


@dataclass(frozen=True)
class Papers:
    """One sort of papers: its word in the kind, its label, the states in which an inspection has
    one (`needs`: and a column that is set), the documents whose acts change what it prints."""

    word: str
    label: str
    states: tuple[str, ...]
    needs: str
    documents: tuple[str, ...]

    def kind_of(self, inspection_id: uuid.UUID) -> str:
        """The kind of the paper of the inspection with this public id."""
        return f"{self.word}-{inspection_id.hex}"

    def concerns(self, kind: str) -> bool:
        """Whether it is one: `<word>-<public id>`."""
        return self._id_of(kind) is not None

    def labels(self, kinds: Collection[str]) -> dict[str, str]:
        """What they are called where their item is not at hand."""
        return dict.fromkeys(kinds, self.label)

    def listed(self, viewer: Viewer, item: Item) -> dict[str, Listed]:
        """The papers there are, in the order of the inspections."""
        rows = db.session.execute(
            visible(viewer, Inspection)
            .join(Unit, Unit.id == Inspection.unit_id)
            .add_columns(Unit.short_name)
            .where(Inspection.item_id == item.id, *self._there())
            .order_by(Inspection.id)
        ).all()
        return {
            self.kind_of(visit.public_id): Listed(
                f"{self.label}（{unit}）", self._last_act(viewer, visit)
            )
            for visit, unit in rows
        }

    def standing(self, viewer: Viewer, item: Item, kind: str) -> Standing:
        """How one of them stands; it is the inspected unit's. NotFound as `visit_of`."""
        visit = self.visit_of(viewer, item, kind)
        return Standing(self._last_act(viewer, visit), visit.unit_id)

    def visit_of(self, viewer: Viewer, item: Item, kind: str) -> Inspection:
        """The inspection that the kind prints. NotFound: there is none, or not for this person."""
        found = db.session.scalars(
            visible(viewer, Inspection).where(
                Inspection.item_id == item.id,
                Inspection.public_id == self._id_of(kind),
                *self._there(),
            )
        ).one_or_none()
        if found is None:
            raise NotFound
        return found

    def _there(self) -> list[ColumnElement[bool]]:
        there: list[ColumnElement[bool]] = [Inspection.state.in_(self.states)]
        if self.needs:
            there.append(getattr(Inspection, self.needs).is_not(None))
        return there

    def _id_of(self, kind: str) -> uuid.UUID | None:
        word, dash, found = kind.partition("-")
        if word != self.word or not dash:
            return None
        try:
            return uuid.UUID(hex=found)
        except ValueError:
            return None

    def _last_act(self, viewer: Viewer, visit: Inspection) -> int:
        acts = [act for document in self.documents for act in acts_on(document)]
        own = (
            Event.act.in_(acts)
            & (Event.subject == Inspection.__tablename__)
            & (Event.subject_id == visit.id)
        )
        on_paper = Event.act.in_(acts_on_paper()) & (Event.facts["chain"].astext == "inspection")
        last: int | None = db.session.scalar(
            visible(viewer, Event)
            .where(Event.item_id == visit.item_id, or_(own, on_paper))
            .with_only_columns(func.max(Event.id))
        )
        if last is None:  # a row that no act wrote: there is nothing it stands as of
            raise NotFound
        return last


PLAN: Final = Papers("inspection_plan", "实地督查方案", SENT, "", ("inspection_plan",))


def kept_plans(item: Item) -> list[str]:
    """The kinds of those 督查方案 of the item that nobody approved."""
    plans = select(Inspection.public_id).where(Inspection.item_id == item.id, Inspection.kept)
    return [PLAN.kind_of(public_id) for public_id in db.session.scalars(plans)]


RECORD: Final = Papers(
    "inspection_record",
    "实地督查记录",
    WENT,
    "recorded_at",
    ("inspection_record", "rectification", "inspection_plan"),  # whose 更换组长 it prints
)
OPINION: Final = Papers("rectification", "整改意见书", ISSUED, "issued_at", ("rectification",))
