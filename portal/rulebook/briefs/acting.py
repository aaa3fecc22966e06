"""Doing an act on a brief: the only writer of its state, one row of `brief_act` an act.

As `workflow.perform` does for an item: the brief is held, the same form twice is one act, an old
page is refused with what was done since, then role, state and conditions are checked.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from portal.errors import Done, NotFound, NotOffered, Stale
from portal.extensions import db
from portal.models import Appointment, Brief, BriefAct, BriefBox, BriefCopy, Person
from portal.rulebook import posting
from portal.rulebook.briefs import boxes, log
from portal.rulebook.briefs.guards import NEEDS, Situation, unmet
from portal.rulebook.briefs.rights import Turn, open_boxes, readable, readers_of, turns
from portal.rulebook.briefs.table import BY_ACT, CIRCULAR, STATES, Act, title_of
from portal.rulebook.delegating import in_the_name_of
from portal.rulebook.guards import SHORTEST_REASON
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Role, in_force
from portal.rulebook.scope import Viewer, visible

PUBLISHED, ASKED, SENT_BACK, RECALLED = "N51", "N52", "N53", "N54"
AGREED: Final = "同意。"
Effect = Callable[[], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Sent:
    """What the person sent: the version seen, the form's own key, words, in which capacity;
    `confirmed`: the units that are named were looked at."""

    seen: int | None
    key: uuid.UUID
    opinion: str = ""
    acting_as: str = ""
    confirmed: bool = False


def create(viewer: Viewer, brief: Brief, sent: Sent) -> Brief:
    """第二十条: begin a brief. The same form twice gives the first one again."""
    db.session.execute(select(func.pg_advisory_xact_lock(sent.key.int & (2**63 - 1))))
    earlier = _earlier(viewer, sent, "draft")
    if earlier is not None:
        return db.session.get_one(Brief, earlier.brief_id)
    row = BY_ACT["draft"]
    found = turns(viewer, row, brief)
    if not found:
        raise NotOffered(f"“{row.label}”不由您办理。", row.article)
    brief.state = row.target
    brief.drafted_by_id = _person(viewer)
    brief.drafted_at = viewer.moment.instant
    brief.readers = readers_of(brief, viewer.moment)
    db.session.add(brief)
    db.session.flush()
    _record(viewer, brief, row, found[0], sent, "", {})
    return brief


def perform(
    viewer: Viewer, act: str, brief: Brief, sent: Sent, *, effect: Effect | None = None
) -> BriefAct:
    """Do one act. `effect` changes what the act is about after every check; what it returns is kept
    with the act. Raises NotFound, Stale, NotOffered, Unmet."""
    row = BY_ACT[act]
    hold(viewer, brief)
    earlier = _earlier(viewer, sent, act, brief)
    if earlier is not None:
        return earlier
    if sent.seen is not None and sent.seen != brief.version:
        raise Stale(since(viewer, brief, sent.seen))
    turn = _turn(viewer, row, brief, sent)
    refused = _refusal(viewer, row, brief, sent)
    if refused is not None:
        raise refused
    before = brief.state
    facts = dict((effect() if effect else None) or {})
    brief.version += 1
    _move(viewer, row, brief, turn, sent.opinion)
    brief.readers = readers_of(brief, viewer.moment)
    db.session.flush()
    done = _record(viewer, brief, row, turn, sent, before, facts)
    _tell(viewer, brief, row, before, done)
    return done


def done_before(viewer: Viewer, key: uuid.UUID) -> bool:
    """Whether this form was acted on already by the same person, whoever reads the brief now."""
    found = visible(viewer, BriefAct).where(
        BriefAct.key == key, BriefAct.actor_id == viewer.person_id
    )
    return db.session.scalars(found).one_or_none() is not None


def edition_of(viewer: Viewer, brief: Brief) -> int:
    """The version whose paper this is: the present one; of what was released that of its release,
    whatever was done since (上会, 撤回)."""
    if brief.released_on is None:
        return brief.version
    released = visible(viewer, BriefAct).where(
        BriefAct.brief_id == brief.id,
        BriefAct.to_state == "released",
        BriefAct.from_state != "released",
    )
    return db.session.scalars(released.with_only_columns(BriefAct.version)).one()


def hold(viewer: Viewer, brief: Brief) -> None:
    """Hold the brief until the transaction ends; NotFound to who may not read it."""
    locked = db.session.scalars(
        readable(viewer)
        .where(Brief.id == brief.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if locked is None:
        raise NotFound


def since(viewer: Viewer, brief: Brief, version: int) -> tuple[Done, ...]:
    """The acts that made of this version the present one, oldest first."""
    return history(viewer, brief, after=version)


def history(viewer: Viewer, brief: Brief, after: int = 0) -> tuple[Done, ...]:
    """What was done on the brief, oldest first, in words."""
    giver = aliased(Person)
    rows = db.session.execute(
        visible(viewer, BriefAct)
        .join(Person, Person.id == BriefAct.actor_id)
        .outerjoin(giver, giver.id == BriefAct.on_behalf_of_id)
        .add_columns(Person.name, giver.name.label("giver"))
        .where(BriefAct.brief_id == brief.id, BriefAct.version > after)
        .order_by(BriefAct.id)
    )
    return tuple(
        Done(
            name + in_the_name_of(done.acting_as, of or ""), BY_ACT[done.act].label, done.at,
            done.opinion,
        )
        for done, name, of in rows
    )  # fmt: skip


def _person(viewer: Viewer) -> int:
    if viewer.person_id is None:
        raise ValueError("a brief is drafted by a person")
    return viewer.person_id


def _refusal(viewer: Viewer, row: Act, brief: Brief, sent: Sent) -> Unmet | None:
    if row.reason and len(sent.opinion.strip()) < SHORTEST_REASON:
        said = f"请写明理由，不少于{SHORTEST_REASON}个字。"
        return Unmet(said, article=row.article, fields={"opinion": said})
    return unmet(NEEDS.get(row.act, ()), Situation(viewer, brief, sent.confirmed))


def _turn(viewer: Viewer, row: Act, brief: Brief, sent: Sent) -> Turn:
    if row.source and brief.state not in row.source:
        now = STATES[brief.state]
        raise NotOffered(f"本文稿当前为“{now}”，不能办理“{row.label}”。", row.article)
    for turn in turns(viewer, row, brief):
        if not sent.acting_as or turn.capacity.value == sent.acting_as:
            return turn
    raise NotOffered(f"“{row.label}”不由您办理。", row.article)


def _move(viewer: Viewer, row: Act, brief: Brief, turn: Turn, opinion: str) -> None:
    if row.act == "hand_in":
        boxes.begin(viewer, brief)
        brief.state = boxes.advance(viewer, brief)
        if turn.capacity.role is Role.OFFICE_HEAD:  # no second click for the same decision
            for box in open_boxes(viewer, brief):
                boxes.sign(box, viewer, turn.capacity, AGREED)
            brief.state = boxes.advance(viewer, brief)
    elif row.signs:
        boxes.sign(_box(turn), viewer, turn.capacity, opinion or AGREED)
        brief.state = boxes.advance(viewer, brief)
    else:
        if row.act == "send_back":
            boxes.sign(_box(turn), viewer, turn.capacity, opinion, "returned")
        if brief.state != row.target and row.target == "draft":
            boxes.drop(viewer, brief)
        brief.state = row.target or brief.state
    if brief.state == "released" and brief.released_on is None:
        brief.released_on = viewer.moment.day


def _box(turn: Turn) -> BriefBox:
    if turn.box is None:
        raise ValueError("a signature without a box")
    return turn.box


def _record(
    viewer: Viewer, brief: Brief, row: Act, turn: Turn, sent: Sent, before: str,
    facts: Mapping[str, Any],
) -> BriefAct:  # fmt: skip
    done = BriefAct(
        brief_id=brief.id,
        key=sent.key,
        act=row.act,
        version=brief.version,
        at=viewer.moment.instant,
        day=viewer.moment.day,
        actor_id=viewer.person_id,
        acting_as=turn.capacity.role.value,
        on_behalf_of_id=turn.capacity.on_behalf_of_id,
        from_state=before,
        to_state=brief.state,
        opinion=sent.opinion,
        facts=dict(facts),
        address=viewer.address,
    )
    log.append(done, brief)
    return done


def _earlier(viewer: Viewer, sent: Sent, act: str, brief: Brief | None = None) -> BriefAct | None:
    """The act of the same form sent before; NotOffered if the key belongs to another one."""
    found = db.session.scalars(
        visible(viewer, BriefAct).where(BriefAct.key == sent.key)
    ).one_or_none()
    if found is None:
        return None
    same = found.act == act and found.actor_id == viewer.person_id
    if not same or (brief is not None and found.brief_id != brief.id):
        raise NotOffered("该表单已经提交过，请刷新页面后重新办理。")
    return found


def _tell(viewer: Viewer, brief: Brief, row: Act, before: str, done: BriefAct) -> None:
    """Whoever must sign next; the author of what comes back; heads and liaisons of all units of
    what is published or recalled."""
    facts = {"title": title_of(brief), posting.BRIEF: str(brief.public_id)}
    if brief.state != before:
        for box in open_boxes(viewer, brief):
            _post(viewer, ASKED, _holders(viewer, (box.role,)), done, facts)
    if row.act == "send_back":
        _post(viewer, SENT_BACK, {brief.drafted_by_id}, done, facts)
    if brief.kind == CIRCULAR and brief.state == "released" and before != "released":
        _publish(viewer, brief)
        _post(viewer, PUBLISHED, _told(viewer, brief), done, facts)
    if row.act == "recall":
        _post(viewer, RECALLED, _told(viewer, brief), done, facts)


def _post(
    viewer: Viewer, kind: str, persons: set[int], done: BriefAct, facts: Mapping[str, Any]
) -> None:
    others = persons - {viewer.person_id or 0}
    posting.post(kind, others, str(done.key), viewer.moment.instant, facts=facts)


def _holders(viewer: Viewer, roles: tuple[str, ...]) -> set[int]:
    return set(
        db.session.scalars(
            select(Appointment.person_id)
            .join(Person, Person.id == Appointment.person_id)
            .where(
                Person.active, Appointment.role.in_(roles), in_force(Appointment, viewer.moment.day)
            )
        )
    )


def _publish(viewer: Viewer, brief: Brief) -> None:
    """A copy for the head (who acts as head) and the liaisons of each unit (SPEC §5.9)."""
    addressed = [key for key in brief.readers if key > 0]
    unit_roles = (Role.UNIT_HEAD.value, Role.LIAISON.value)
    rows = db.session.execute(
        select(Appointment.unit_id, Appointment.person_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(
            Person.active,
            Appointment.unit_id.in_(addressed),
            Appointment.role.in_(unit_roles) | Appointment.acting_head,
            in_force(Appointment, viewer.moment.day),
        )
        .distinct()
        .order_by(Appointment.unit_id, Appointment.person_id)
    )
    db.session.add_all(
        BriefCopy(
            brief_id=brief.id, unit_id=unit_id, person_id=person_id,
            told_at=viewer.moment.instant,
        )
        for unit_id, person_id in rows
    )  # fmt: skip
    db.session.flush()


def _told(viewer: Viewer, brief: Brief) -> set[int]:
    copies = visible(viewer, BriefCopy).where(BriefCopy.brief_id == brief.id)
    return set(db.session.scalars(copies.with_only_columns(BriefCopy.person_id)))
