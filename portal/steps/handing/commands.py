"""岗位交接: begun for many items at once, confirmed line by line; each command one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, select

from portal import turns
from portal.errors import NotFound
from portal.extensions import db
from portal.models import Handover, HandoverList, Item, ItemMember
from portal.rulebook import workflow
from portal.rulebook.holding import holders
from portal.rulebook.offers import is_offered
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Role
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.workflow import Intent

BEGIN, BEGUN_BY_CLOCK = "handover", "open_handover"
CONFIRMING = (
    "confirm_giving", "confirm_taking", "confirm_handover", "confirm_head_handover",
    "confirm_office_handover",
)  # fmt: skip
LAST = (*CONFIRMING[2:], "force_handover")
"""The acts after which the new person answers for the item."""
ENDING = ("decline_handover", "withdraw_handover")
HANDLERS = ("handler", "co_handler")


class Wanted(NamedTuple):
    """From whom to whom, in which unit, and why. `kind` person or head, as `HandoverList`."""

    kind: str
    unit_id: int
    from_id: int
    to_id: int
    reason: str


class Line(NamedTuple):
    """One item of the list: how far it is, what is left to do, what is handed over with it."""

    item_id: int
    progress: str = ""
    open_matters: str = ""
    materials: str = ""


def begin(
    viewer: Viewer, wanted: Wanted, lines: Sequence[Line], intent: Intent, *, declared: bool
) -> HandoverList:
    """办理交接: a 交接单 of these items, each an act of its own; all or nothing, sent twice it is
    one. Unmet says what does not hold; NotFound of an item this person may not know of."""
    turns.once(intent.key)
    earlier = db.session.scalars(
        select(HandoverList).where(HandoverList.key == intent.key)
    ).one_or_none()
    if earlier is not None:
        return earlier
    if not lines:
        raise Unmet("请勾选要移交的事项。", article="8")
    items = _locked(viewer, [line.item_id for line in lines])
    begun = HandoverList(
        key=intent.key,
        kind=wanted.kind,
        unit_id=wanted.unit_id,
        from_id=wanted.from_id,
        to_id=wanted.to_id,
        supervisor=_supervisor(viewer, wanted, next(iter(items.values()))),
        begun_by_id=viewer.person_id,
        begun_at=viewer.moment.instant,
    )
    db.session.add(begun)
    for line in sorted(lines, key=lambda one: one.item_id):
        _begin(viewer, items[line.item_id], begun, wanted.reason, line, intent, declared=declared)
    db.session.commit()
    return begun


def _locked(viewer: Viewer, item_ids: Sequence[int]) -> dict[int, Item]:
    """The items, held in one order: two lists never wait for each other."""
    found = {}
    for item_id in sorted(set(item_ids)):
        item = db.session.get(Item, item_id)
        if item is None:
            raise NotFound
        workflow.lock(viewer, item)
        found[item_id] = item
    return found


def _supervisor(viewer: Viewer, wanted: Wanted, item: Item) -> str:
    """Whose office it is to see to it: the unit's head; if a head is a party 党政办主任, and if he
    is one 党政办分管领导."""

    def held(role: Role) -> set[int]:
        return set(holders(role, viewer.moment, item=item, unit=wanted.unit_id, directly=True))

    parties = {wanted.from_id, wanted.to_id}
    if parties & held(Role.OFFICE_HEAD):
        return Role.OFFICE_LEADER.value
    if wanted.kind == "head" or parties & held(Role.UNIT_HEAD):
        return Role.OFFICE_HEAD.value
    return Role.UNIT_HEAD.value


def _begin(
    viewer: Viewer,
    item: Item,
    begun: HandoverList,
    reason: str,
    line: Line,
    intent: Intent,
    *,
    declared: bool,
) -> None:
    db.session.flush()
    row = Handover(
        item_id=item.id,
        list_id=begun.id,
        kind=begun.kind,
        unit_id=begun.unit_id,
        from_id=begun.from_id,
        to_id=begun.to_id,
        supervisor=begun.supervisor,
        state="requested",
        begun_at=begun.begun_at,
        reason=reason,
        progress=line.progress,
        open_matters=line.open_matters,
        materials=line.materials,
    )
    act, values = BEGIN if viewer.person_id else BEGUN_BY_CLOCK, {"declared": declared}
    # Before the row is written: the table itself takes one 交接 of an item and unit at a time.
    refused = workflow.refusal(viewer, act, item, row, values)
    if refused is not None:
        raise refused
    db.session.add(row)
    each = intent.also(f"{BEGIN} {item.id}")
    workflow.perform(
        viewer,
        act,
        item,
        Intent(None, each.key, reason),
        subject=row,
        values=values,
        effect=lambda: _facts(row),
    )


def confirm(viewer: Viewer, item: Item, line: Handover, act: str, intent: Intent) -> None:
    """移交人、接手人或监交人确认 of one item; with the last of them the new person is in charge."""
    _act(viewer, item, line, act, intent)
    db.session.commit()


def confirm_all(viewer: Viewer, begun: HandoverList, intent: Intent) -> int:
    """The same for every item of the list that waits for this person; how many there were."""
    return _each(viewer, begun, CONFIRMING, intent)


def end(viewer: Viewer, item: Item, line: Handover, act: str, intent: Intent) -> None:
    """退回交接 with a reason, or 撤回交接: nothing was handed over."""
    _act(viewer, item, line, act, intent)
    db.session.commit()


def force(viewer: Viewer, item: Item, line: Handover, intent: Intent) -> None:
    """强制移交 without who keeps silent, with a reason."""
    _act(viewer, item, line, "force_handover", intent)
    db.session.commit()


def force_all(viewer: Viewer, begun: HandoverList, intent: Intent) -> int:
    """强制移交 of every item of the list that this person may force; how many there were."""
    return _each(viewer, begun, ("force_handover",), intent)


def end_all(act: str, viewer: Viewer, begun: HandoverList, intent: Intent) -> int:
    """退回 or 撤回 of every item of the list that this person may; how many there were."""
    return _each(viewer, begun, (act,), intent)


def _each(viewer: Viewer, begun: HandoverList, acts: Sequence[str], intent: Intent) -> int:
    lines = db.session.scalars(
        visible(viewer, Handover).where(Handover.list_id == begun.id).order_by(Handover.item_id)
    ).all()
    done = 0
    for line in lines:
        item = db.session.get_one(Item, line.item_id)
        workflow.lock(viewer, item)
        act = next((act for act in acts if is_offered(viewer, act, item, line)), None)
        if act is not None:
            each = intent.also(f"{act} {line.id}")
            _act(viewer, item, line, act, Intent(None, each.key, intent.opinion))
            done += 1
    db.session.commit()
    return done


def _act(viewer: Viewer, item: Item, line: Handover, act: str, intent: Intent) -> None:
    def effect() -> dict[str, Any]:
        now = viewer.moment.instant
        if act == CONFIRMING[0]:
            line.given_at = now
        elif act == CONFIRMING[1]:
            line.taken_at = now
        elif act in LAST:
            _still_holds(viewer, item, line)
            _pass_on(item, line)
            # Written together with the state that the act gives it.
            line.effective_at, line.supervised_by_id = now, viewer.person_id
        return _facts(line)

    workflow.perform(viewer, act, item, intent, subject=line, effect=effect)


def _still_holds(viewer: Viewer, item: Item, line: Handover) -> None:
    """Weeks may lie between: by now the unit may be relieved of the item, or the taker gone from
    it. A 交接 that moves nothing, or moves to nobody, does not become effective."""
    refused = workflow.refusal(viewer, BEGUN_BY_CLOCK, item, line)
    if refused is not None:
        raise refused


def _facts(line: Handover) -> dict[str, Any]:
    return {"handed_from": line.from_id, "handed_to": line.to_id}


def _pass_on(item: Item, line: Handover) -> None:
    """From this moment the new person works on the item; no date of it moves. What the former head
    only headed follows from the office, and nothing is to be moved."""
    of_unit = (ItemMember.item_id == item.id, ItemMember.unit_id == line.unit_id)
    role = db.session.scalar(
        select(ItemMember.role).where(
            *of_unit, ItemMember.person_id == line.from_id, ItemMember.role.in_(HANDLERS)
        )
    )
    if role is None:
        return
    parties = (line.from_id, line.to_id)
    db.session.execute(delete(ItemMember).where(*of_unit, ItemMember.person_id.in_(parties)))
    db.session.add(
        ItemMember(item_id=item.id, unit_id=line.unit_id, person_id=line.to_id, role=role)
    )
    db.session.flush()
