"""第十二至十九条: doing one act.

`perform` is the only writer of any `state` column. It locks the item, finds the rule,
checks role and conditions, moves the state, and writes exactly one event.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text

from portal import turns
from portal.errors import NotFound, NotOffered, Stale
from portal.extensions import db
from portal.models import ApprovalSlot, Event, Item
from portal.models.item import Part
from portal.rulebook import closures, extending, hand_ins, meanwhile, policy
from portal.rulebook.chains import CHAINS
from portal.rulebook.deciding import move
from portal.rulebook.guards import Situation, of_acting_unit, unmet
from portal.rulebook.kept_texts import keep
from portal.rulebook.lapsing import cancel_urges, lapse
from portal.rulebook.lights import is_waiting
from portal.rulebook.machines import machine_label, state_word
from portal.rulebook.offers import narrowed, turns_of
from portal.rulebook.placing import Decision
from portal.rulebook.readers import readers_of
from portal.rulebook.recording import SPENT, Move, record
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Capacity, Moment
from portal.rulebook.rule_shapes import Rule, in_source
from portal.rulebook.rules import BY_ACT
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.standing import Standing

Effect = Callable[[], Mapping[str, Any] | None]
CLOSING = CHAINS["closing"]
WAITING_CLOSING = hand_ins.JUDGED
ASKING = ("in_progress", *(step.state for step in CLOSING.steps), CLOSING.agreed)
"""Where a request for more time may be undecided (第十九条)."""


@dataclass(frozen=True)
class Intent:
    """What the person sent: the version seen (None: not shown one), the act's own key, a text,
    and, of who holds several capacities, in which (`Capacity.value`; empty: the first); `ink` is
    the SHA-256 of a signature drawn for this one box (empty: none)."""

    seen: int | None
    key: uuid.UUID
    opinion: str = ""
    acting_as: str = ""
    ink: str = ""

    def also(self, act: str) -> Intent:
        """The intent of a second act in the same form, with a key of its own."""
        return Intent(None, uuid.uuid5(self.key, act), "")


def create(
    viewer: Viewer,
    item: Item,
    intent: Intent,
    facts: Mapping[str, Any] | None = None,
    *,
    act: str = "create",
    values: Mapping[str, Any] | None = None,
    effect: Effect | None = None,
) -> Event:
    """第十二条: a first draft. Adds the item, its readers and the event; raises Unmet.

    The same intent sent twice gives the first event again. Another `act` than 拟稿 begins the item
    in the state of its row, checked by its conditions over `values`; its `effect` adds what belongs
    to the item, before it is known who may know of it.
    """
    # The same form may arrive several times at once, and there is no item yet to wait for.
    turns.once(intent.key)
    earlier = done_before(viewer, intent, (act,))
    if earlier is not None:
        return earlier
    rule = BY_ACT[act]
    held = turns_of(viewer, rule, item, None)
    if not held and act == "create":
        raise not_ones_unit()
    if not held:
        raise NotOffered(f"“{rule.label}”不由您办理。", rule.article)
    situation = Situation(item, None, viewer.person_id, viewer.moment, values or {})
    refused = unmet(rule.needs, situation)
    if refused is not None:
        raise refused
    item.state, item.state_since = rule.target or "draft", viewer.moment.instant
    item.readers = readers_of(item)
    db.session.add(item)
    db.session.flush()
    said = dict(facts or {})
    if effect is not None:
        said |= effect() or {}
        db.session.flush()
        _share(item)
    return record(viewer, rule, item, None, intent.key, held[0][1], Move(None, None), said)


def not_ones_unit() -> Unmet:
    """第十二条: a unit drafts for itself; only 党政办 drafts for others."""
    said = "您只能为本单位牵头的事项拟稿。"
    return Unmet(said, article=BY_ACT["create"].article, fields={"lead_unit": said})


def perform(
    viewer: Viewer,
    act: str,
    item: Item,
    intent: Intent,
    *,
    subject: Any = None,
    values: Mapping[str, Any] | None = None,
    effect: Effect | None = None,
    agreed: Callable[[], None] | None = None,
) -> Event:
    """Do one act; returns its event (the first one again when the same intent comes twice).

    `effect` changes what the act is about, after every check and before the event; what it
    returns is kept as the event's facts. `agreed` is called when the act signs the last box of
    its approval. Raises Stale, NotOffered, Unmet.
    """
    rule = BY_ACT[act]
    lock(viewer, item)
    earlier = done_before(viewer, intent, (act,), item)
    if earlier is not None:
        return earlier
    if intent.seen is not None and intent.seen != item.version:
        raise Stale(meanwhile.since(viewer, item, intent.seen))
    if subject is not None:
        db.session.flush()
        db.session.refresh(subject, with_for_update=True)
    _check_state(viewer, rule, item, subject)
    slot, capacity = _turn(viewer, rule, item, subject, intent.acting_as)
    checked = values or {}
    situation = Situation(
        item,
        subject,
        viewer.person_id,
        viewer.moment,
        checked,
        intent.opinion,
        capacity.on_behalf_of_id,
    )
    refused = unmet(rule.needs, situation)
    if refused is not None:
        raise refused
    if not narrowed(rule, item if subject is None else subject, viewer.moment.day):
        raise NotOffered(
            f"“{rule.label}”已经办理，或当前不需要办理。",
            rule.article,
            meanwhile.moved_on(viewer, rule, item, subject),
        )
    item_from = item.state
    before = item_from if subject is None else getattr(subject, "state", None)
    opinion = keep(item, intent.opinion) if intent.opinion else None
    decision = Decision(
        rule=rule,
        item=item,
        subject=subject,
        person_id=viewer.person_id,
        capacity=capacity,
        slot=slot,
        opinion=opinion,
        moment=viewer.moment,
        values=checked,
        ink=intent.ink,
        facts=dict((effect() if effect else None) or {}),
        agreed=agreed,
    )
    state = move(decision)
    _settle(item, state, viewer.moment)
    if state != item_from and (lapsed := lapse(item, viewer.moment)):
        decision.facts["lapsed"] = lapsed
    if state != item_from or rule.target == "handed_in":
        cancel_urges(item, viewer.moment, decision.facts)
    moved = Move(before, item_from)
    event = record(
        viewer, rule, item, subject, intent.key, capacity, moved, decision.facts, opinion
    )
    _share(item)
    return event


def refusal(
    viewer: Viewer,
    act: str,
    item: Item,
    subject: Any = None,
    values: Mapping[str, Any] | None = None,
    opinion: str = "",
) -> Unmet | None:
    """What the conditions of an act would say, for a form that lacks something already: all that
    is wrong is named in one round. Nothing is done, and whose turn it is is not asked."""
    situation = Situation(item, subject, viewer.person_id, viewer.moment, values or {}, opinion)
    return unmet(BY_ACT[act].needs, situation)


def lock(viewer: Viewer, item: Item) -> None:
    """Hold the item until the transaction ends; NotFound if the viewer may not know of it."""
    locked = db.session.scalars(
        visible(viewer, Item)
        .where(Item.id == item.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if locked is None:
        raise NotFound
    _read_anew()


def _read_anew() -> None:
    """Forget the parts read before the lock: boxes signed meanwhile would count as unsigned."""
    changed = db.session.dirty
    for row in list(db.session.identity_map.values()):
        if isinstance(row, Part) and row not in changed:
            db.session.expire(row)


def done_before(
    viewer: Viewer, intent: Intent, acts: Collection[str], item: Item | None = None
) -> Event | None:
    """The event of the same form sent before by the same person; call it with the item locked.

    NotOffered if the key belongs to another act, item or person.
    """
    earlier = db.session.scalars(select(Event).where(Event.key == intent.key)).one_or_none()
    if earlier is None:
        return None
    same = earlier.act in acts and earlier.actor_id == viewer.person_id
    if not same or (item is not None and earlier.item_id != item.id):
        raise NotOffered(SPENT)
    return earlier


def _check_state(viewer: Viewer, rule: Rule, item: Item, subject: Any) -> None:
    moved = item if subject is None else subject
    right = rule.machine == ("item" if subject is None else subject.__tablename__)
    state = getattr(moved, "state", "")
    starts = in_source(rule, state, beside=Standing(viewer, item).beside(rule, subject))
    in_time = not rule.during or item.state in rule.during
    of_unit = not rule.unit or (rule.unit == "lead") == (subject.unit_id == item.lead_unit_id)
    of_unit = of_unit and _acting(rule, subject)
    if not (right and starts and in_time and of_unit):
        what, now = "本事项", policy.CURRENT.state(item.state).label
        if right and in_time and of_unit and subject is not None and state:
            what, now = f"该项{machine_label(rule.machine)}", state_word(rule.machine, state)
        raise NotOffered(
            f"{what}当前为“{now}”，不能办理“{rule.label}”。",
            rule.article,
            meanwhile.moved_on(viewer, rule, item, subject),
        )


def _acting(rule: Rule, subject: Any) -> bool:
    """Whether the part's unit still works on the item."""
    if not rule.by_unit or subject is None:
        return True
    part = type(subject)
    found = select(of_acting_unit(part)).where(part.id == subject.id)
    return bool(db.session.scalar(found))


def _turn(
    viewer: Viewer, rule: Rule, item: Item, subject: Any, acting_as: str
) -> tuple[ApprovalSlot | None, Capacity]:
    for slot, capacity in turns_of(viewer, rule, item, subject):
        if not acting_as or capacity.value == acting_as:
            return slot, capacity
    raise NotOffered(
        f"“{rule.label}”不由您办理。",
        rule.article,
        meanwhile.signed_first(viewer, rule, item, subject) if rule.step else (),
    )


def _settle(item: Item, state: str, moment: Moment) -> None:
    """The item's state, and what is stored because of it: since when, lit or not, waiting."""
    if item.state != state:
        item.state, item.state_since = state, moment.instant
    item.lit = policy.CURRENT.state(state).lit and item.red_from is not None
    asked = state in ASKING and extending.keeps_blue(item)
    if state in WAITING_CLOSING:
        # SPEC §3.5: handed in by the due day, a supplement in time with the first hand-in's day.
        day = closures.counted_day(item)
        item.blue = is_waiting(item.due, moment.day, handed_in_on=day, extension_pending=asked)
    else:
        # SPEC §3.7: until a supplement's own date nobody is late.
        until = item.supplement_due
        item.blue = is_waiting(
            item.due, moment.day, extension_pending=asked, supplement_until=until
        )
    db.session.flush()


def _share(item: Item) -> None:
    """Store who may know of the item now; after the event, whose actor has taken part.

    Not a change of the item itself, so its version stays: nobody's open page grows stale by it.
    """
    readers = readers_of(item)
    if readers != item.readers:
        # By a function of the owner's: an act may take the item out of its actor's own sight.
        db.session.execute(
            text("SELECT share_item(:item, :readers)"), {"item": item.id, "readers": readers}
        )
        db.session.expire(item, ["readers"])


def label_of_act(act: str) -> str:
    """The act's label, letter for letter from the table."""
    return BY_ACT[act].label


def article_of_act(act: str) -> str:
    """The article by which an act is done, e.g. 「16(3)」."""
    return BY_ACT[act].article


def states_during(act: str) -> tuple[str, ...]:
    """The states of the item in which an act on one of its parts may be done."""
    return BY_ACT[act].during
