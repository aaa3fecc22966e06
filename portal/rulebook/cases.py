"""第二十二至二十五条: doing one act on a case. The counterpart of `workflow` for 问责线索.

A case is known to fewer people than its item. So its acts are rows of the same table, but their
log, their messages and their readers are its own: nothing of it stands in the item's events. The
database decides who sees a case (migration 0066); here it is decided who may act.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import func, select, text

from portal.errors import NotFound, NotOffered, Stale
from portal.extensions import db
from portal.models import Case, CaseAct, CaseGround, Item
from portal.models.case import ANSWERED
from portal.rulebook import case_log, case_moves
from portal.rulebook.case_posting import post
from portal.rulebook.case_roles import HANDLES, OF_CONCERNED, has_post, stand_ins
from portal.rulebook.guards import Situation, unmet
from portal.rulebook.machines import state_word
from portal.rulebook.recording import SPENT
from portal.rulebook.roles import Capacity, Role
from portal.rulebook.rule_shapes import Rule
from portal.rulebook.rules import BY_ACT, RULES
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.standing import capacities_of

CASE_RULES: Final = tuple(rule for rule in RULES if rule.machine == "accountability")
TO_UNIT: Final = frozenset(
    {"hear_unit", "state_case", "enter_statement", "lapse_statement", "decide_case",
     "execute_case", "appeal", "enter_appeal", "resolve_appeal", "close_case"}
)  # fmt: skip
"""Acts of which the unit concerned reads what was said; the others are for who handles the case."""

ENTERED: Final = "enter_statement"


class Decision(NamedTuple):
    """第二十三条: what was decided against a unit, as a 通报 may say it."""

    public_id: uuid.UUID
    decided_on: date
    minutes_no: str
    measures: list[str]
    decision: str


class Ground(NamedTuple):
    """What is held against a unit. `occasion` names the fact once and for all."""

    criterion: str
    occasion: str
    urge_id: int | None = None
    due_on: date | None = None


@dataclass(frozen=True)
class Said:
    """What a form says: its key, the words, in which capacity, checked values. `effect` adds what
    comes along (files), with the act there already; `files` are their SHA-256, which the log keeps.
    `seen` is how the case stood on the page (`stand_of`); empty: nobody looked at one.
    """

    key: uuid.UUID
    words: str = ""
    acting_as: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    effect: Callable[[Case, CaseAct], None] | None = None
    files: tuple[str, ...] = ()
    seen: str = ""

    @property
    def body(self) -> str:
        """What the log keeps word for word: a decision, too, for 复核 puts another in its place."""
        decided = self.values.get("decided")
        decision = f"处理决定：{decided.text.strip()}" if decided is not None else ""
        return "\n".join(part for part in (self.words.strip(), decision) if part)


def decided_against(unit_id: int) -> list[Decision]:
    """What was decided against the unit itself and stands (第二十三条, SPEC §5.9), oldest first.

    For 党政办, which drafts a 通报, and for those who handle cases; to others the database tells
    nothing, and of sensitive items' cases nobody is told here.
    """
    rows = db.session.execute(text("SELECT * FROM decided_against(:unit)"), {"unit": unit_id})
    return [Decision(*row) for row in rows]


def begin(
    viewer: Viewer,
    act: str,
    item: Item,
    unit_id: int,
    ground: Ground,
    said: Said,
    *,
    person_id: int | None = None,
    lead_note: bool = False,
) -> Case | None:
    """登记线索: a new case, or the ground added to one against the same unit that is not decided
    and that this person knows of; who knows of none has a case of his own (decision 0170).

    The same form twice, or the same fact again, is one: None if the person may not know any more
    what became of it. Raises NotFound, NotOffered, Unmet.
    """
    _lock_item(viewer, item)
    known = db.session.scalars(
        select(Case)
        .join(CaseGround, CaseGround.case_id == Case.id)
        .where(CaseGround.occasion == ground.occasion)
    ).one_or_none()
    if known is not None:
        return known
    running = _running(viewer, item, unit_id, person_id)
    rule = BY_ACT[act]
    capacity = _capacity(viewer, rule, item, unit_id, None, said.acting_as)
    values = {**said.values, "criterion": ground.criterion, "person_id": person_id}
    _refuse(viewer, rule, item, running, values, said.words)
    if _is_noted(ground):
        return None
    if running is None:
        running = _new(viewer, rule, item, unit_id, person_id, lead_note=lead_note)
        from_state = None
    else:
        from_state, rule = running.state, BY_ACT["add_ground"]
    db.session.add(CaseGround(case_id=running.id, noted_on=viewer.moment.day, **ground._asdict()))
    _write(viewer, rule, item, running, said, capacity, from_state, {"criterion": ground.criterion})
    return running


def perform(viewer: Viewer, act: str, case: Case, said: Said) -> CaseAct:
    """Do one act; returns its row (the first one again when the same form comes twice).

    Raises NotFound, Stale, NotOffered, Unmet.
    """
    rule = BY_ACT[act]
    case = lock(viewer, case)
    earlier = db.session.scalars(select(CaseAct).where(CaseAct.key == said.key)).one_or_none()
    if earlier is not None:
        if (earlier.act, earlier.case_id, earlier.actor_id) != (act, case.id, viewer.person_id):
            raise NotOffered(SPENT)
        return earlier
    if said.seen and said.seen != stand_of(case):
        raise Stale
    if case.state not in rule.source:
        now = state_word("accountability", case.state)
        raise NotOffered(f"本线索当前为“{now}”，不能办理“{rule.label}”。", rule.article)
    item = db.session.get_one(Item, case.item_id)
    capacity = _capacity(viewer, rule, item, case.unit_id, case, said.acting_as)
    _refuse(viewer, rule, item, case, {**said.values, "files": said.files}, said.words)
    from_state = case.state
    facts = case_moves.apply(act, viewer, case, said.values)
    if rule.target is not None:
        case.state, case.since = rule.target, viewer.moment.instant
    db.session.flush()
    return _write(viewer, rule, item, case, said, capacity, from_state, facts)


def stand_of(case: Case) -> str:
    """How a case stands, for the next page to compare: what it waits for since when, and how much
    is held against the unit. Everybody who knows of the case reads the same."""
    return f"{case.state}/{case.since.timestamp()}/{len(grounds_of(case))}"


def offered(viewer: Viewer, case: Case) -> list[Rule]:
    """The acts this person may do on the case now, in the order of the table; a statement that is
    there is not entered again."""
    item = db.session.get_one(Item, case.item_id)
    return [
        rule
        for rule in CASE_RULES
        if rule.source and case.state in rule.source
        if not (rule.act == ENTERED and case.stated_on)
        if capacities(viewer, rule, item, case.unit_id, case)
    ]


def may_enter(viewer: Viewer, act: str) -> bool:
    """Whether the person enters clues by this act (raise_clue, report_clue) at all."""
    return bool(viewer.roles & {role.value for role in BY_ACT[act].by} - {Role.SYSTEM.value})


def capacities(
    viewer: Viewer, rule: Rule, item: Item, unit_id: int, case: Case | None
) -> list[Capacity]:
    """In which capacities the person may do this act: nobody judges the own office or a unit he has
    a post in, and a case is handled by the offices it was referred to."""
    if viewer.person_id is None:
        return [Capacity(Role.SYSTEM, None)] if Role.SYSTEM in rule.by else []
    moved = stand_ins(unit_id, case, viewer.moment)
    by = tuple(moved.get(role, role) for role in rule.by)
    found = [
        held
        for held in capacities_of(viewer, tuple(dict.fromkeys(by)), item, unit_id)
        if not (held.on_behalf_of_id and (rule.in_person or held.role is not Role.UNIT_HEAD))
    ]
    if Role.CONCERNED in by and case is not None and case.person_id == viewer.person_id:
        found.append(Capacity(Role.CONCERNED, None))
    if case is None:
        return found
    if db.session.scalar(select(has_post(viewer.person_id, unit_id, viewer.moment.day))):
        found = [held for held in found if held.role in OF_CONCERNED]
    return [
        held for held in found if case.referred_to in HANDLES.get(held.role, (case.referred_to,))
    ]


def lock(viewer: Viewer, case: Case) -> Case:
    """Hold the case until the transaction ends; NotFound if the viewer may not know of it."""
    held = db.session.scalars(
        visible(viewer, Case)
        .where(Case.id == case.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if held is None:
        raise NotFound
    return held


def grounds_of(case: Case) -> list[CaseGround]:
    """What the case rests on, oldest first."""
    rows = select(CaseGround).where(CaseGround.case_id == case.id).order_by(CaseGround.id)
    return list(db.session.scalars(rows))


def _lock_item(viewer: Viewer, item: Item) -> None:
    held = visible(viewer, Item).where(Item.id == item.id).with_for_update()
    if db.session.scalars(held).one_or_none() is None:
        raise NotFound
    # Two rounds of the clock that see no case yet wait for one another here.
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"case {item.id}"))))


def _is_noted(ground: Ground) -> bool:
    """Whether this very fact was entered before, also where the person may not know of the case."""
    return bool(db.session.scalar(select(func.case_notes(ground.occasion))))


def _running(viewer: Viewer, item: Item, unit_id: int, person_id: int | None) -> Case | None:
    """The case that takes the ground: of several that the person knows of, the own one, else the
    oldest."""
    return db.session.scalars(
        select(Case)
        .where(
            Case.item_id == item.id,
            Case.unit_id == unit_id,
            Case.person_id.is_not_distinct_from(person_id),
            Case.state.not_in(ANSWERED),
        )
        .order_by(Case.raised_by_id.is_distinct_from(viewer.person_id), Case.id)
        .limit(1)
        .with_for_update()
    ).one_or_none()


def _new(
    viewer: Viewer, rule: Rule, item: Item, unit_id: int, person_id: int | None, *, lead_note: bool
) -> Case:
    by_clock = viewer.person_id is None
    origin = "discipline" if rule.act == "report_clue" else "office"
    case = Case(
        item_id=item.id,
        unit_id=unit_id,
        person_id=person_id,
        state=rule.target,
        since=viewer.moment.instant,
        origin="system" if by_clock else origin,
        raised_by_id=viewer.person_id,
        raised_on=viewer.moment.day,
        lead_note=lead_note,
        silent=False,
    )
    db.session.add(case)
    db.session.flush()
    return case


def _capacity(
    viewer: Viewer, rule: Rule, item: Item, unit_id: int, case: Case | None, acting_as: str
) -> Capacity:
    for held in capacities(viewer, rule, item, unit_id, case):
        if not acting_as or held.value == acting_as:
            return held
    raise NotOffered(f"“{rule.label}”不由您办理。", rule.article)


def _refuse(
    viewer: Viewer,
    rule: Rule,
    item: Item,
    case: Case | None,
    values: Mapping[str, Any],
    words: str,
) -> None:
    situation = Situation(item, case, viewer.person_id, viewer.moment, values, words)
    refused = unmet(rule.needs, situation)
    if refused is not None:
        raise refused


def _write(
    viewer: Viewer,
    rule: Rule,
    item: Item,
    case: Case,
    said: Said,
    capacity: Capacity,
    from_state: str | None,
    facts: Mapping[str, Any],
) -> CaseAct:
    row = CaseAct(
        case_id=case.id,
        key=said.key,
        act=rule.act,
        at=viewer.moment.instant,
        day=viewer.moment.day,
        actor_id=viewer.person_id,
        acting_as=capacity.role.value,
        on_behalf_of_id=capacity.on_behalf_of_id,
        from_state=from_state,
        to_state=case.state,
        address=viewer.address,
        to_unit=rule.act in TO_UNIT,
        facts={**facts, **({"files": list(said.files)} if said.files else {})},
    )
    case_log.append(row, said.body)
    if said.effect is not None:
        said.effect(case, row)
    post(rule, _asked(rule), item, case, row, viewer)
    return row


def _asked(rule: Rule) -> Sequence[Rule]:
    return [BY_ACT[act] for act in rule.asks]
