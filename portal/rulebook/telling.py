"""Who hears of an act: the roles its row names, and whoever is asked to sign because of it.

Kept with the event; messages are rendered from it, each through the reader's own scope.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import select

from portal.extensions import db
from portal.models import (
    Approval,
    ApprovalSlot,
    Change,
    Inspection,
    InspectionMember,
    Item,
    ItemUnit,
    Rectification,
)
from portal.rulebook import approvals, knowledge, on_paper
from portal.rulebook.guards import meets
from portal.rulebook.holding import holders
from portal.rulebook.posting import Hearing
from portal.rulebook.roles import Moment, Role
from portal.rulebook.rule_shapes import Rule
from portal.rulebook.rules import BY_ACT

OF_UNITS = (Role.UNIT_HEAD, Role.LIAISON)
FILING = (Role.DISCIPLINE, Role.HR)
"""组织、纪委备案: a copy, by which nothing is asked of them in haste (附件 2、附件 3)."""
BEFORE_COPIES = ("draft", "returned", "pending_unit", "pending_sign")
"""While the lead unit's leader has not signed, the others' leaders are not asked for 会签."""


class Told(NamedTuple):
    """Who hears of an act, and what it asks whom, by the word of 待办.

    `act` is the one it means: of a signature typed in from paper the same decision on screen.
    `apart` are those among them to whom it means something else than to the others.
    """

    persons: set[int]
    asks: Mapping[int, str]
    act: str
    apart: Mapping[Hearing, set[int]]


def told(rule: Rule, item: Item, subject: Any, facts: Mapping[str, Any], moment: Moment) -> Told:
    """The ids of those who hear of an act that was just done; of a sensitive item only those
    listed."""
    rows = _rows(rule, subject, facts)
    asks = _asks(rule, item, subject, moment)
    persons = set(asks)
    for row in rows:
        persons.update(*_named(row, item, subject, moment))
        persons.update(*_beside(row, item, subject, facts, moment))
    if "signer_id" in facts:
        persons.add(int(facts["signer_id"]))
    if "transferred_to" in facts:
        asks = {int(facts["transferred_to"]): _asked_there(item, subject)}
        persons = set(asks)
    apart = _apart(rows, item, subject, facts, moment, persons)
    persons = persons.union(*apart.values())
    if item.classification == "sensitive":
        listed = knowledge.listed(item)
        persons &= listed
        asks = {person: word for person, word in asks.items() if person in listed}
    # What a correction repeats was told when it was decided.
    return Told(persons, asks, rows[-1].act if rule.act == "enter_paper" else rule.act, apart)


def _asked_there(item: Item, subject: Any) -> str:
    """What the open boxes of the item, or of its part, ask, by the word of 待办: whoever a box is
    passed on to is asked the same."""
    about = None if subject is None else subject.id
    words = {
        on_paper.signs(db.session.get_one(Approval, box.slot.approval_id), box.slot).waits
        for box in approvals.open_boxes(item)
        if box.subject_id == about and (subject is None or box.machine == subject.__tablename__)
    }
    return "、".join(sorted(words))


def _apart(
    rows: Iterable[Rule],
    item: Item,
    subject: Any,
    facts: Mapping[str, Any],
    moment: Moment,
    persons: set[int],
) -> dict[Hearing, set[int]]:
    """To whom the act means something else: whose signature it ends, who gets a copy for 备案,
    unless they hear of it otherwise as well; and who is named in a call."""
    signed = [_signed(_run(row, item, subject)) for row in rows if "signers" in row.tells_too]
    filing = [
        holders(role, moment, item=item) for row in rows for role in row.tells if role in FILING
    ]
    call = facts.get("call") or {}
    return {
        "signed": set(chain.from_iterable(signed)) - persons,
        "filing": set(chain.from_iterable(filing)) - persons,
        "named": {call[side] for side in ("caller_id", "callee_id") if side in call},
    }


def _asks(rule: Rule, item: Item, subject: Any, moment: Moment) -> dict[int, str]:
    """「审签」: what the act asks of whom from now on; who is asked two things at once, both."""
    asked: dict[str, set[int]] = {}
    for word, whom in (*_turn(item, moment), *_waiting(rule, item, subject, moment)):
        asked.setdefault(word, set()).update(whom)
    found: dict[int, str] = {}
    for word, persons in asked.items():
        for person in persons:
            found[person] = f"{found[person]}、{word}" if person in found else word
    return found


def _rows(rule: Rule, subject: Any, facts: Mapping[str, Any]) -> tuple[Rule, ...]:
    """A box typed in from paper is told like the same decision on screen."""
    if rule.machine != "approval_slot" or "decided" not in facts:
        return (rule,)
    approval = db.session.get_one(Approval, subject.approval_id)
    return (rule, on_paper.on_screen(approval, subject, str(facts["decided"])))


def _named(rule: Rule, item: Item, subject: Any, moment: Moment) -> Iterator[Iterable[int]]:
    for role in rule.tells:
        if role in FILING:
            continue
        every = "units" in rule.tells_too and role in OF_UNITS
        for unit in _units(item) if every else _units_of(item, subject):
            yield holders(role, moment, item=item, unit=unit)


def _beside(
    rule: Rule, item: Item, subject: Any, facts: Mapping[str, Any], moment: Moment
) -> Iterator[Iterable[int]]:
    if "asked" in rule.tells_too:
        yield from _were_asked(rule, item, subject, moment)
    if "parties" in rule.tells_too:
        yield (subject.from_id, subject.to_id)
    if "team" in rule.tells_too:
        # Of a plan that nobody approved the team was told nothing; it is not told of its end.
        team = select(InspectionMember.person_id).join(
            Inspection, Inspection.id == InspectionMember.inspection_id
        )
        yield db.session.scalars(team.where(Inspection.id == subject.id, ~Inspection.kept))
    if "relieved" in rule.tells_too:
        for role in OF_UNITS:
            yield holders(role, moment, item=item, unit=facts["relieved_id"])
    if "borrower" in rule.tells_too:
        yield (subject.borrower_id,)
    if rule.chain == "initiation" and "straight_to" in facts:
        yield _signed(approvals.latest(item, rule.chain))
    if "co_leaders" in rule.tells_too and item.state not in BEFORE_COPIES:
        for unit in _units(item, "co"):
            yield holders(Role.RESPONSIBLE_LEADER, moment, item=item, unit=unit)


def _turn(item: Item, moment: Moment) -> Iterator[tuple[str, Iterable[int]]]:
    """Who is asked to sign from this act on: a merged box asks nobody, one already signed on paper
    neither."""
    for box in approvals.open_boxes(item):
        slot = box.slot
        if slot.opened_at == moment.instant:
            run = db.session.get_one(Approval, slot.approval_id)
            whom = holders(Role(slot.role), moment, item=item, unit=slot.unit_id)
            yield on_paper.signs(run, slot).waits, whom


def _waiting(
    rule: Rule, item: Item, subject: Any, moment: Moment
) -> Iterator[tuple[str, Iterable[int]]]:
    """Of whom the act's row says that they are asked for something else than a signature."""
    for asked in (BY_ACT[act] for act in rule.asks):
        same = asked.machine == rule.machine
        if same and not meets(asked.only, subject, day=moment.day):
            continue
        if same and subject is not None and asked.source and subject.state not in asked.source:
            continue
        for role in asked.waits_for or (asked.acting(subject, moment.day) if same else asked.by):
            for unit in _units_asked(asked, item, subject):
                yield asked.waits, holders(role, moment, item=item, unit=unit)


def _units_asked(asked: Rule, item: Item, subject: Any) -> list[int | None]:
    """Whose heads an act waits for: of an inspection the inspected unit's, of its points those of
    the units that put them right."""
    if not isinstance(subject, Inspection):
        return _units_of(item, subject)
    return [*_point_units(subject)] if asked.machine == "rectification" else [subject.unit_id]


def _run(rule: Rule, item: Item, subject: Any) -> Approval | None:
    """The run of signatures that the act ended."""
    if isinstance(subject, ApprovalSlot):
        return db.session.get_one(Approval, subject.approval_id)
    return approvals.latest(item, rule.chain or "initiation", subject)


def _signed(run: Approval | None) -> list[int]:
    signed = select(ApprovalSlot.person_id).where(
        ApprovalSlot.approval_id == (run.id if run else None),
        ApprovalSlot.state == "agreed",
    )
    return [person_id for person_id in db.session.scalars(signed) if person_id is not None]


def _were_asked(rule: Rule, item: Item, subject: Any, moment: Moment) -> Iterator[list[int]]:
    run = _run(rule, item, subject)
    boxes = select(ApprovalSlot).where(
        ApprovalSlot.approval_id == (run.id if run else None),
        ApprovalSlot.state == "waiting",
        ApprovalSlot.opened_at.is_not(None),
    )
    for slot in db.session.scalars(boxes):
        yield holders(Role(slot.role), moment, item=item, unit=slot.unit_id)


def _units(item: Item, role: str = "") -> list[int]:
    query = select(ItemUnit.unit_id).where(ItemUnit.item_id == item.id, ItemUnit.role != "former")
    return sorted(db.session.scalars(query.where(ItemUnit.role == role) if role else query))


def _units_of(item: Item, subject: Any) -> list[int | None]:
    """Of which units heads and leaders are meant: the part's own, else the lead unit; of a change
    of the item every unit concerned, also those that it relieves or is proposed for; of an
    inspection also those that answer for one of its points."""
    if isinstance(subject, Inspection):
        return [*sorted({subject.unit_id, *_point_units(subject)})]
    if not isinstance(subject, Change):
        return [getattr(subject, "unit_id", None)]
    units = set(db.session.scalars(select(ItemUnit.unit_id).where(ItemUnit.item_id == item.id)))
    if "lead_unit_id" in subject.values:
        units |= {subject.values["lead_unit_id"], *subject.values["co_unit_ids"]}
    return [*sorted(units)]


def _point_units(visit: Inspection) -> list[int]:
    points = select(Rectification.unit_id).where(
        Rectification.inspection_id == visit.id, Rectification.withdrawn.is_(False)
    )
    return sorted(set(db.session.scalars(points)))
