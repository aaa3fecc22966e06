"""An item with all its parts, as somebody who knows of all of it reads it from the tables."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from portal.extensions import db
from portal.models import (
    Appointment,
    Approval,
    ApprovalSlot,
    ArchivePackage,
    ArchiveRecord,
    Attachment,
    Change,
    Comment,
    Event,
    Extension,
    Feedback,
    FeedbackPoint,
    Handover,
    Inspection,
    InspectionMember,
    Item,
    ItemMember,
    ItemUnit,
    Loan,
    NeedToKnow,
    Objection,
    Opinion,
    Person,
    PhoneRecord,
    Rectification,
    Unit,
    UrgeNotice,
    UrgeQuestion,
)
from portal.rulebook.chains import CHAINS
from portal.rulebook.scope import view_as
from tests.matrix.facts import Box, Facts, Few, Part, offices

HANDLING = {"handler", "co_handler"}
ANSWERING = {"fb_unit", "fb_submitted", "fb_read", "fb_returned"}
"""A report in one of these answers its instalment (SPEC §3.4)."""
UNAPPROVED = ("plan_draft", "plan_pending")
WITH_DRAFTERS = ("draft", "returned", "pending_unit")
COUNTED = (
    Event, Opinion, ApprovalSlot, Feedback, Comment, Objection, NeedToKnow, Change, Attachment,
    Extension, UrgeNotice, UrgeQuestion, PhoneRecord, Handover,
    Inspection, InspectionMember, Rectification,
    Loan,
)  # fmt: skip


def facts_of(app: Flask, public_id: uuid.UUID, reader: str) -> Facts:
    """The item as somebody who knows of all of it reads it."""
    with app.app_context():
        person = db.session.scalars(select(Person.id).where(Person.name == reader)).one()
        viewer = view_as(person, app.extensions["portal.clock"])
        item = db.session.scalars(select(Item).where(Item.public_id == public_id)).one()
        return Reading(item, viewer.moment.day).facts()


class Reading:
    """One item, its rows by table."""

    def __init__(self, item: Item, today: date) -> None:
        self.item, self.today = item, today
        self._read: dict[Any, list[Any]] = {}
        self.units = {row.id: row.code for row in db.session.scalars(select(Unit))}
        self.names = {row.id: row.name for row in db.session.scalars(select(Person))}
        self.members, self.shares = self._all(ItemMember), self._all(ItemUnit)
        self.changes, self.slots = self._all(Change), self._all(ApprovalSlot)
        self.runs = {row.id: row for row in self._all(Approval)}

    def facts(self) -> Facts:
        """Everything that the expectations follow from."""
        item, sensitive = self.item, self.item.classification == "sensitive"
        entries = [row for row in self._all(NeedToKnow) if row.to_at is None]
        events = self._all(Event)
        acted = [row.actor_id for row in events] + [row.person_id for row in self.slots]
        return Facts(
            state=item.state,
            lead=self.units[item.lead_unit_id],
            drafter=self.names[item.drafter_id],
            units={self.units[row.unit_id] for row in self.shares if row.role != "former"},
            asked=self._asked(),
            handlers=self._handlers(),
            parties=self._parties(),
            team=self._team(),
            members=self._named(
                (
                    *(row.person_id for row in self.members),
                    *(id_ for row in self._all(Handover) for id_ in (row.from_id, row.to_id)),
                    *self._inspecting(),
                )
            ),
            took_part=self._named(acted),
            came_back=any(_sends_back(row) for row in events),
            told=self._told(events, acted),
            listed=self._named(row.person_id for row in entries) if sensitive else None,
            boxes=tuple(self._boxes()),
            parts={**self._parts(), "need_to_know": tuple(
                Part(row.id, f"/knowledge/{row.public_id}", meets=frozenset({"still_listed"}))
                for row in entries
            )},
            begins=self._begins(),
            heads=self._heads(),
            rows=self._rows(),
        )  # fmt: skip

    def _all(self, table: Any) -> list[Any]:
        if table not in self._read:
            query = select(table).where(table.item_id == self.item.id).order_by(table.id)
            self._read[table] = list(db.session.scalars(query))
        return self._read[table]

    def _named(self, ids: Iterable[int | None]) -> set[str]:
        return {self.names[id_] for id_ in ids if id_ is not None}

    def _handlers(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for row in self.members:
            if row.role in HANDLING:
                found.setdefault(self.units[row.unit_id], set()).add(self.names[row.person_id])
        return found

    def _parties(self) -> dict[str, dict[str, str]]:
        return {
            self.units[row.unit_id]: {
                "handing_over": self.names[row.from_id],
                "taking_over": self.names[row.to_id],
            }
            for row in self._all(Handover)
            if row.state in ("requested", "from_confirmed", "to_confirmed")
        }

    def _inspecting(self) -> Iterable[int]:
        """Who reads the item as one of a team, or answers for a point."""
        approved = {row.id for row in self._all(Inspection) if row.state not in UNAPPROVED}
        yield from (
            row.person_id for row in self._all(InspectionMember) if row.inspection_id in approved
        )
        yield from (row.owner_id for row in self._all(Rectification))

    def _team(self) -> dict[str, set[str]]:
        """Who inspects the item now, by role; not the inspected unit's own people."""
        over = (*UNAPPROVED, "finished")
        running = {row.id for row in self._all(Inspection) if row.state not in over}
        team = [
            row for row in self._all(InspectionMember)
            if row.inspection_id in running and not row.inspected
        ]  # fmt: skip
        return {
            "inspector": self._named(row.person_id for row in team),
            "chief_inspector": self._named(row.person_id for row in team if row.leads),
        }

    def _visit(self, row: Inspection) -> Part:
        left = [
            point for point in self._all(Rectification)
            if point.inspection_id == row.id and not point.withdrawn and point.state != "verified"
        ]  # fmt: skip
        meets = _met(
            not_concluded=row.concluded_at is None,
            concluded=row.concluded_at is not None,
            opinion_uncontested=row.objected_at is None,
            opinion_contested=row.objected_at is not None,
            points_verified=not left,
        )
        tail = f"/inspections/{row.public_id}"
        few = self._planning(row)
        return Part(row.id, tail, self.units[row.unit_id], row.state, meets, few=few)

    def _planning(self, row: Inspection) -> Few | None:
        """Who knows of a plan that is not approved, or never was; None: it is, or was."""
        boxes = [
            box for box in self.slots
            if (run := self.runs[box.approval_id]).chain == "inspection"
            and run.subject_id == row.id
        ]  # fmt: skip
        signed = boxes and all(box.state in ("agreed", "merged") for box in boxes)
        ended = row.state == "finished" and row.recorded_at is None and not signed
        if row.state not in UNAPPROVED and not ended:
            return None
        team = [
            one.person_id for one in self._all(InspectionMember)
            if one.inspection_id == row.id and not one.inspected
        ]  # fmt: skip
        roles = {"office_staff", "office_head", "office_leader", *(box.role for box in boxes)}
        return Few(frozenset(roles), frozenset(self._named(team)))

    def _point(self, row: Rectification) -> Part:
        going = {visit.id for visit in self._all(Inspection) if visit.state == "rectifying"}
        stands = not row.withdrawn and row.inspection_id in going
        # Somebody of the sample's team may always verify what was replied to.
        meets = _met(point_stands=stands, point_movable=stands and row.state != "replied")
        tail = f"/rectifications/{row.public_id}"
        return Part(row.id, tail, self.units[row.unit_id], row.state, meets)

    def _reassigned(self) -> list[Change]:
        return [row for row in self.changes if row.kind == "reassign"]

    def _asked(self) -> set[str]:
        return {
            self.units[unit]
            for row in self._reassigned()
            if row.state == "open"
            for unit in (row.values["lead_unit_id"], *row.values["co_unit_ids"])
        }

    def _told(self, events: list[Event], acted: list[int | None]) -> set[str]:
        if not self._reassigned():
            return set()
        notices = [row for row in events if row.act in ("issue", "agree_reassign")]
        return self._named([*acted, *(person for row in notices for person in row.tells)])

    def _boxes(self) -> Iterable[Box]:
        for slot in self.slots:
            run = self.runs[slot.approval_id]
            if (slot.state, run.state) == ("open", "open"):
                chain = CHAINS[run.chain]
                step = next(step for step in chain.steps if step.step == slot.step)
                unit = self.units[slot.unit_id or self.item.lead_unit_id]
                yield Box(
                    chain.machine, run.subject_id or 0, slot.step, step.state, slot.role, unit,
                    run.beside,
                )  # fmt: skip

    def _begins(self) -> dict[str, tuple[Part, ...]]:
        """One change at a time; a report of every unit that has signed for its notice."""
        waiting = any(row.state == "open" for row in self.changes)
        received = [row for row in self.shares if row.state == "received"]
        return {
            "loan": () if self._on_loan() else (Part(0),),
            "change": () if waiting else (Part(0),),
            "extension": (Part(0, meets=_met(not_by_word=True)),),
            "feedback": tuple(
                Part(0, unit=self.units[row.unit_id], meets=_met(to_be_entered=True))
                for row in received
            ),
            "urge": tuple(
                Part(0, unit=self.units[row.unit_id]) for row in received if self._late(row)
            ),
            "handover": tuple(Part(0, unit=self.units[row.unit_id]) for row in received),
            "inspection": tuple(
                Part(0, unit=self.units[row.unit_id])
                for row in self.shares
                if row.state in ("received", "handed_in") and row.role != "former"
            ),
        }

    def _late(self, row: ItemUnit) -> bool:
        """第十六条（四）: past its date, or two reports missed, or 党政办 was asked to see to it;
        not while a notice runs, nor for what a reason was accepted."""
        item, unit = self.item, row.unit_id
        asked = any(share.coordination_since for share in self.shares if share.role == "lead")
        running = any(
            one.unit_id == unit and one.state not in ("ug_met", "ug_unmet", "ug_void")
            for one in self._all(UrgeNotice)
        )
        excused = any(
            one.unit_id == unit and one.state == "accepted" for one in self._all(UrgeQuestion)
        )
        if item.state != "in_progress" or item.blue or running or excused:
            return False
        if row.role == "lead":
            return item.due is not None and item.due < self.today
        return asked or (row.inner_due is not None and row.inner_due < self.today)

    def _parts(self) -> dict[str, tuple[Part, ...]]:
        over = ("ug_met", "ug_void")
        valid = {row.id for row in self._all(UrgeNotice) if row.state not in over}
        return {
            "item": (self._itself(),),
            "phone_record": (Part(0),),  # each call is a new row
            "item_unit": tuple(self._share(row) for row in self.shares if row.role != "former"),
            "feedback": tuple(self._report(row) for row in self._all(Feedback)),
            "approval_slot": tuple(self._slot(row) for row in self.slots),
            "change": tuple(
                Part(row.id, f"/changes/{row.public_id}", state=row.state) for row in self.changes
            ),
            "extension": tuple(
                Part(row.id, f"/extensions/{row.public_id}", state=row.state, meets=_asked(row))
                for row in self._all(Extension)
            ),
            "comment": tuple(
                Part(row.id, f"/comments/{row.public_id}", state=row.state)
                for row in self._all(Comment)
            ),
            "objection": tuple(
                Part(row.id, f"/objections/{row.public_id}", self.units[row.unit_id], row.state)
                for row in self._all(Objection)
            ),
            "urge": tuple(
                Part(
                    row.id,
                    f"/urges/{row.public_id}",
                    self.units[row.unit_id],
                    row.state,
                    _met(
                        not_by_hr=row.hr_noted_at is None,
                        not_by_discipline=row.discipline_noted_at is None,
                    ),
                )
                for row in self._all(UrgeNotice)
            ),
            "urge_question": tuple(
                Part(
                    row.id,
                    f"/reasons/{row.public_id}",
                    self.units[row.unit_id],
                    row.state,
                    _met(of_valid_notice=row.urge_id in valid),
                )
                for row in self._all(UrgeQuestion)
            ),
            "handover": tuple(
                Part(
                    row.id,
                    f"/handovers/{row.public_id}",
                    self.units[row.unit_id],
                    row.state,
                    _met(
                        supervised_in_unit=row.supervisor == "unit_head",
                        supervised_by_office=row.supervisor == "office_head",
                        supervised_by_leader=row.supervisor == "office_leader",
                    ),
                )
                for row in self._all(Handover)
            ),
            "inspection": tuple(self._visit(row) for row in self._all(Inspection)),
            "rectification": tuple(self._point(row) for row in self._all(Rectification)),
            "loan": tuple(
                Part(
                    row.id,
                    f"/loans/{row.public_id}",
                    state=row.state,
                    named=self.names[row.borrower_id],
                    meets=_met(
                        the_heads_own="office_head" in self._roles(row.borrower_id),
                        not_the_heads="office_head" not in self._roles(row.borrower_id),
                    ),
                )
                for row in self._all(Loan)
            ),
            "attachment": tuple(self._file(row) for row in self._all(Attachment)),
            "archive_record": tuple(
                Part(
                    row.id,
                    meets=_met(
                        copy_open=row.keeper == "unit"
                        and (row.kept_on is None or self._newer(row)),
                        office_copy_outdated=row.keeper == "office"
                        and row.kept_on is not None
                        and self._newer(row),
                    ),
                )
                for row in self._all(ArchiveRecord)
                if row.superseded_at is None
            ),
        }

    def _itself(self) -> Part:
        kept = [row for row in self._all(ArchiveRecord) if row.superseded_at is None]
        sensitive = self.item.classification == "sensitive"
        made_up = [
            run for run in self.runs.values() if run.beside and run.chain == "initiation"
            and run.state == "agreed"
        ]  # fmt: skip
        meets = _met(
            unit_copy_confirmed=any(
                row.keeper == "unit" and row.kept_on and not self._newer(row) for row in kept
            ),
            is_sensitive=sensitive,
            not_sensitive=not sensitive,
            urgent_or_phoned=self.item.method == "phone" or self.item.level == 1,
            phoned=self.item.method == "phone",
            review_waits=self.item.level == 4 and self.item.review_due is not None,
            inspection_free=all(row.state == "finished" for row in self._all(Inspection)),
            extension_free=not self._undecided(),
            not_on_loan=not self._on_loan(),
            oral_extension_free=not self._undecided()
            and self.item.level == 1
            and self.item.due is not None,
            made_up_unnumbered=bool(
                self.item.supplementary and made_up and self.item.doc_seq is None
            ),
        )
        return Part(0, state=self.item.state, meets=meets)

    def _newer(self, record: ArchiveRecord) -> bool:
        """A package was made after the one that was signed for."""
        made = [row.id for row in self._all(ArchivePackage) if row.state == "made"]
        return max(made, default=0) > (record.package_id or 0)

    def _roles(self, person_id: int) -> frozenset[str]:
        return offices(self.names[person_id], "")

    def _on_loan(self) -> bool:
        return any(row.state in ("asked", "granted", "lent") for row in self._all(Loan))

    def _undecided(self) -> bool:
        ended = {"approved", "rejected", "withdrawn", "lapsed"}
        return any(row.state not in ended for row in self._all(Extension))

    def _share(self, row: ItemUnit) -> Part:
        named = {member.unit_id for member in self.members}
        objected = {objection.unit_id for objection in self._all(Objection)}
        code, leader = self.units[row.unit_id], self.names[self.item.responsible_leader_id]
        meets = _met(
            under_another_leader="responsible_leader" not in offices(leader, code),
            without_handler=row.unit_id not in named,
            with_handler=row.unit_id in named,
            plan_asked=self.item.level > 1,
            without_objection=row.unit_id not in objected,
            coordination_asked=row.coordination_since is not None,
            coordination_free=row.coordination_since is None,
            finished_on_paper=any(
                report.via != "online" and report.final and report.unit_id == row.unit_id
                for report in self._all(Feedback)
            ),
        )
        return Part(row.id, f"/units/{code}", code, row.state, meets)

    def _report(self, row: Feedback) -> Part:
        points = [point for point in self._all(FeedbackPoint) if point.merged_into_id is None]
        answered = {report.point_id for report in self._all(Feedback) if report.state in ANSWERING}
        own = next((point.due for point in points if point.id == row.point_id), date.min)
        left = [point for point in points if point.id not in answered and point.due < own]
        entered, contested = row.via != "online", row.contested_at is not None
        acting = {share.unit_id for share in self.shares if share.role != "former"}
        begun = entered or row.state == "fb_returned"
        meets = _met(
            answers_instalment=bool(row.point_id and left),
            entered=entered and not contested,
            contested=contested and row.answered_at is None and row.contestable_until is not None,
            to_be_entered=begun and row.unit_id in acting,
        )
        tail, unit = f"/feedback/{row.public_id}", self.units[row.unit_id]
        return Part(row.id, tail, unit, row.state, meets, self._reporter(row))

    def _reporter(self, row: Feedback) -> str:
        """Who may object to what was typed in for him, as long as he may."""
        in_time = row.contestable_until is not None and row.contestable_until >= self.today
        return self.names[row.written_by_id] if in_time else ""

    def _slot(self, row: ApprovalSlot) -> Part:
        run = self.runs[row.approval_id]
        plans = (one for one in self._all(Inspection) if run.chain == "inspection")
        plan = next((one for one in plans if one.id == run.subject_id), None)
        few = self._planning(plan) if plan is not None else None
        during = CHAINS[run.chain].during
        contested, answered = row.contested_at is not None, row.answered_at is not None
        in_time = row.contestable_until is not None and row.contestable_until >= self.today
        named = self.names[row.person_id] if row.person_id and in_time else ""
        signed = self.names[row.person_id] if row.person_id else ""
        later = [
            box for box in self.slots
            if box.approval_id == row.approval_id and box.decided_at and row.decided_at
            and box.decided_at > row.decided_at
        ]  # fmt: skip
        complete = (
            run.state == "agreed" and run.subject_id is None and not run.beside
            and self.item.state in ("pending_filing", "closing_filing")
        )  # fmt: skip
        meets = _met(
            box_pending=run.state == "open" and (not during or self.item.state in during),
            entered=row.via == "paper" and not contested,
            contested=contested and not answered and row.contestable_until is not None,
            to_be_taken_back=row.via == "online"
            and row.step not in ("confirm_close", "ext_unit")
            and (run.state == "open" or complete)
            and not later,
        )
        unit = self.units[row.unit_id] if row.unit_id else ""
        tail = f"/signatures/{row.public_id}"
        return Part(row.id, tail, unit, row.state, meets, named, signed, few)

    def _file(self, row: Attachment) -> Part:
        unit = self.units[row.unit_id] if row.unit_id else ""
        purpose = row.purpose
        meets = _met(of_filing=purpose == "filing", of_evidence=purpose == "evidence")
        return Part(row.id, "", unit, row.state, meets)

    def _heads(self) -> dict[str, int]:
        rows = db.session.scalars(select(Appointment).where(Appointment.role == "unit_head"))
        return {self.units[row.unit_id]: row.person_id for row in rows if row.unit_id}

    def _rows(self) -> dict[str, int]:
        """How many rows there are, and the item's version: what a forged act would move."""
        counted = {
            table.__tablename__: db.session.scalar(select(func.count()).select_from(table)) or 0
            for table in COUNTED
        }
        return {**counted, "version": self.item.version}


def _asked(row: Extension) -> frozenset[str]:
    return _met(
        asks_extension=row.kind == "extend",
        asks_exemption=row.kind == "exempt",
        by_word=row.oral_at is not None,
        not_by_word=row.oral_at is None,
    )


def _met(**conditions: bool) -> frozenset[str]:
    return frozenset(name for name, met in conditions.items() if met)


def _sends_back(row: Event) -> bool:
    """Whether the act gave a form that had left its unit back to its drafters."""
    return (
        row.act != "withdraw"
        and row.item_from not in (None, *WITH_DRAFTERS)
        and row.item_to in WITH_DRAFTERS
    )
