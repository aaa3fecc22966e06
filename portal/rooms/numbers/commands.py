"""Numbers used outside the items (SPEC §4 rules 5 and 6): each one transaction and one log row.

Each holds the counter's row, so that none of them and no filing comes between.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from portal import turns
from portal.errors import NotOffered
from portal.extensions import db
from portal.models import Item, NumberAct, NumberPlaceholder
from portal.rooms.numbers.plan import plan
from portal.rooms.numbers.queries import registers
from portal.rooms.numbers.reading import Line
from portal.rooms.numbers.register import Register
from portal.rulebook import numbering
from portal.rulebook.numbering import Number
from portal.rulebook.recording import SPENT
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Capacity, Role
from portal.rulebook.scope import Viewer
from portal.rulebook.standing import capacities_of
from portal.rulebook.workflow import Intent

HEAD, OFFICE = (Role.OFFICE_HEAD,), (Role.OFFICE_STAFF, Role.OFFICE_HEAD)
LABELS = {
    "offline": "线下使用",
    "void": "空号作废",
    "start": "年度首号",
    "history": "历史编号导入",
}
CHANGED = "核对以后编号情况已有变化，请查看最新的核对结果后再确认。"


def use_offline(viewer: Viewer, number: Number, used_on: date, intent: Intent) -> None:
    """线下使用: the next number goes to a matter outside the portal, with its day and nothing else.

    `number` is the one the person was shown; Unmet if it is no longer the next.
    """
    capacity = _capacity(viewer, "offline", HEAD)
    if _done_before(viewer, intent, "offline"):
        return
    today = viewer.moment.day
    held = numbering.hold(number.word, today.year)
    following = Number(held.word, held.year, held.value + 1)
    if number != following:
        reason = f"下一个编号现为{following}，请核对后重新提交。"
        raise Unmet(reason, fields={"number": reason})
    if used_on > today or used_on.year != today.year:
        reason = f"请填写{today.year}年内、不晚于今天的日期。"
        raise Unmet(reason, fields={"used_on": reason})
    numbering.take(number.word, today)
    _place(viewer, {number: used_on}, "offline")
    _record(viewer, "offline", capacity, intent, number=str(number), used_on=str(used_on))


def void_gaps(viewer: Viewer, numbers: Collection[Number], intent: Intent) -> None:
    """空号作废: gaps that no paper explains are declared void; the intent says why (case S09)."""
    capacity = _capacity(viewer, "void", HEAD)
    if _done_before(viewer, intent, "void"):
        return
    standing = _held(viewer, numbers)
    for number in numbers:
        if not any(number.seq in gap for gap in standing[number.word, number.year].gaps):
            said = f"{number}不是空号，不能作废。"
            raise Unmet(said, fields={"numbers": said})
    reason = intent.opinion
    _place(viewer, dict.fromkeys(numbers), "void", reason)
    named = [str(number) for number in numbers]
    _record(viewer, "void", capacity, intent, numbers=named, reason=reason)


def set_start(viewer: Viewer, word: str, year: int, first: int, intent: Intent) -> None:
    """年度首号: the first number of a year, for a college that comes over in its middle."""
    capacity = _capacity(viewer, "start", HEAD)
    if _done_before(viewer, intent, "start"):
        return
    held = numbering.hold(word, year)
    if not registers(viewer, ())[word, year].untouched:
        said = f"{word}〔{year}〕已开始编号，首号不能再改。"
        raise Unmet(said, fields={"sequence": said})
    if first == held.start:
        said = f"首号现在就是{first}号。"
        raise Unmet(said, fields={"first": said})
    before, held.start, held.value = held.start, first, first - 1
    _record(viewer, "start", capacity, intent, word=word, year=year, first=first, before=before)


def register_history(viewer: Viewer, lines: Sequence[Line], shown: str, intent: Intent) -> None:
    """历史编号导入: the numbers enter the register, and the counters move forward, never back.

    `shown` is the digest of the plan the person confirms; Unmet if the lines now come to another.
    """
    capacity = _capacity(viewer, "history", OFFICE)
    if _done_before(viewer, intent, "history"):
        return
    found = plan(lines, _held(viewer, [line.number for line in lines if line.number]))
    if found.digest != shown or not found.sound or not found.new:
        raise Unmet(CHANGED, fields={"shown": CHANGED})
    for outlook in found.outlooks:
        held = numbering.hold(outlook.after.word, outlook.after.year)
        held.value = max(held.value, outlook.after.value)
    db.session.flush()
    _place(viewer, found.new, "history")
    added = [
        [
            outlook.after.word,
            outlook.after.year,
            [[run.start, run.stop - 1] for run in outlook.added],
        ]
        for outlook in found.outlooks
    ]
    _record(viewer, "history", capacity, intent, added=added)


def _capacity(viewer: Viewer, act: str, by: tuple[Role, ...]) -> Capacity:
    # Offices of the whole college: what item it is about makes no difference.
    held = capacities_of(viewer, by, Item(), None)
    if not held:
        raise NotOffered(f"“{LABELS[act]}”不由您办理。")
    return held[0]


def _done_before(viewer: Viewer, intent: Intent, act: str) -> bool:
    """Whether this form was sent before; NotOffered if its key belongs to another act or person."""
    turns.once(intent.key)
    earlier = db.session.scalars(select(NumberAct).filter_by(key=intent.key)).one_or_none()
    if earlier is not None and (earlier.act, earlier.actor_id) != (act, viewer.person_id):
        raise NotOffered(SPENT)
    return earlier is not None


def _held(viewer: Viewer, numbers: Iterable[Number]) -> Mapping[tuple[str, int], Register]:
    """The sequences of these numbers, their counters locked in one order for everybody."""
    for word, year in sorted({(number.word, number.year) for number in numbers}):
        numbering.hold(word, year)
    return registers(viewer, ())


def _place(
    viewer: Viewer, numbers: Mapping[Number, date | None], kind: str, reason: str = ""
) -> None:
    db.session.add_all(
        NumberPlaceholder(
            word=number.word,
            year=number.year,
            seq=number.seq,
            kind=kind,
            used_on=used_on,
            reason=reason,
            entered_by_id=viewer.person_id,
            entered_at=viewer.moment.instant,
        )
        for number, used_on in sorted(numbers.items(), key=lambda pair: pair[0])
    )
    db.session.flush()


def _record(viewer: Viewer, act: str, capacity: Capacity, intent: Intent, **facts: Any) -> None:
    db.session.add(
        NumberAct(
            key=intent.key,
            act=act,
            at=viewer.moment.instant,
            actor_id=viewer.person_id,
            acting_as=capacity.role.value,
            on_behalf_of_id=capacity.on_behalf_of_id,
            facts=facts,
        )
    )
    db.session.commit()
