"""第十九条: what may be asked for an item and until when, and what follows from the decision.

延期督办 moves the day that holds and the plan with it; 免于督办 ends the item. `placing` calls
`apply` and `ended`, on screen or on paper; `workflow` asks whether a request keeps the light blue.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select

from portal.clock import SHANGHAI, shanghai_day
from portal.extensions import db
from portal.models import Extension, Item
from portal.models.extension import PENDING
from portal.rulebook import (
    changing,
    deadline_changes,
    deadlines,
    policy,
    replanning,
    stored_lights,
    working_calendar,
)
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.item_texts import due_now
from portal.rulebook.roles import Moment

KINDS = {"extend": "延期督办", "exempt": "免于督办"}


class Terms(NamedTuple):
    """第十九条 for one item: the day that holds (None: 长期), the last second for a timely request,
    how many extensions were given, how many may be, and the most days of one."""

    due: date | None
    cutoff: datetime | None
    granted: int
    most: int
    most_days: int

    def timely(self, applied_at: datetime) -> bool:
        """Whether a request of this moment comes by the cut-off; without a day it always does."""
        return self.cutoff is None or deadline_changes.timely(applied_at, self.cutoff)

    @property
    def used_up(self) -> bool:
        """Whether no further extension is given; 免于督办 may still be asked for."""
        return self.granted >= self.most


def terms_of(item: Item) -> Terms:
    """What holds for the item now; before 交办 there is no day to move."""
    edition, due = policy.of(item.policy_version), due_now(item)
    return Terms(
        due,
        None if due is None else _cutoff(item, due, edition),
        granted(item),
        edition.limit("extension_count"),
        edition.limit("extension_days", item.level),
    )


def _cutoff(item: Item, due: date, edition: policy.Policy) -> datetime | None:
    if item.issued_on is None:
        return None
    base = stored_lights.counts_from(item)
    return deadline_changes.extension_cutoff(base, due, policy=edition)


def written_until(item: Item, called_at: datetime) -> datetime:
    """SPEC §2.9: by when the written form of a request made by word must be there."""
    days = policy.of(item.policy_version).limit("extension_written", item.level)
    return deadline_changes.workday_end(called_at, days, working_calendar.current())


def granted(item: Item) -> int:
    """延期次数: how many extensions of this item were given."""
    return _told(item).given


def asked_day(item: Item, *, days: int | None, explicit: date | None) -> date | None:
    """The day that is asked for; None for an item without a day. DeadlineError not_later."""
    due = due_now(item)
    if due is None:
        return None
    level = policy.of(item.policy_version).level(item.level)
    return deadline_changes.extended_due(
        level, due, working_calendar.current(), days=days, explicit=explicit
    )


def pending_of(item: Item) -> Extension | None:
    """The request that is undecided; one at a time."""
    return db.session.scalars(
        select(Extension).where(Extension.item_id == item.id, Extension.state.in_(PENDING))
    ).one_or_none()


def keeps_blue(item: Item) -> bool:
    """SPEC §3.5: a timely request waits for others, so the unit is not late meanwhile."""
    return _told(item).waits


class _Told(NamedTuple):
    """What follows from an item's requests for everybody, whoever may read them."""

    waits: bool
    given: int


def _told(item: Item) -> _Told:
    """By a function of the owner's: of a sensitive item a co-unit's people read none of the
    requests, and what they do must not put out the lights of the item."""
    db.session.flush()
    row = db.session.execute(select(func.extensions_told(item.id).table_valued("waits", "given")))
    return _Told(*row.one())


def latest_words(cutoff: datetime) -> str:
    """「2026年11月25日24时」, 「2026年11月24日12时」."""
    local = cutoff.astimezone(SHANGHAI)
    return (
        f"{long_date(local.date())}{'12时' if local.hour == deadline_changes.NOON.hour else '24时'}"
    )


def apply(item: Item, extension: Extension, moment: Moment) -> dict[str, Any]:
    """All have agreed; what the event keeps of it."""
    extension.decided_at = moment.instant
    if extension.kind == "exempt":
        changing.end_runs(item, moment)
        return {"exempted": True}
    new = extension.asked_due
    if new is None:
        raise ValueError("an extension asks for a day")
    extension.due_after = new
    level = policy.of(item.policy_version).level(item.level)
    raw = _raw(level, extension, new)
    _move(item, new)
    replanning.plan_on(item, level, raw, new, moment.day)
    return {"due": new.isoformat()}


def _raw(level: policy.Level, extension: Extension, new: date) -> date:
    """The day counted to, before it moved off a rest day: no report is asked for in between."""
    before, days = extension.due_before, extension.asked_days
    if before is None or days is None:
        return new
    return deadlines.last_day(level, before, days, working_calendar.current())[0]


def _move(item: Item, new: date) -> None:
    """The day that judges moves, unless a result was refused after it: then only the day that was
    set anew does, for what was late stays late (SPEC §3.7)."""
    if item.due_reset is None or item.due_reset == item.due_effective:
        item.due_effective = new
    if item.due_reset is not None:
        item.due_reset = new


def ended(extension: Extension, moment: Moment) -> None:
    """Refused, withdrawn or lapsed: the old day stands and lateness counts from it."""
    extension.decided_at = moment.instant


def given_text(item: Item) -> str:
    """「（原定2026年11月11日，已批准延期1次）」 beside the day that holds; empty without one."""
    times = granted(item)
    if not times or item.due_original is None:
        return ""
    return f"（原定{long_date(item.due_original)}，已批准延期{times}次）"


def days_left(terms: Terms, now: datetime) -> int | None:
    """Natural days left up to the cut-off's day; negative once it has passed."""
    return None if terms.cutoff is None else (shanghai_day(terms.cutoff) - shanghai_day(now)).days
