"""The clock's round: everything that is due to be told and was not, told once (SPEC §8.10, §8.15).

A round is one transaction. Whoever is killed in it has told nothing and noted nothing; two rounds
at once are one, by a lock, and by the unique rows of `reminded` and `message`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, cast

from flask import current_app
from sqlalchemy import DateTime, String, Table, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from portal.clock import Clock
from portal.extensions import db
from portal.models import Reminded, ReminderMark
from portal.reminders.audience import Audience
from portal.reminders.occasions import Occasion, Span
from portal.reminders.table import DIGEST, REMINDERS
from portal.rulebook import policy, working_calendar
from portal.rulebook.posting import Told, post_all
from portal.rulebook.roles import Moment
from portal.rulebook.scope import everything, moment_of

_LOCK: Final = 0x72656D64  # "remd": one round at a time
GATHERED = frozenset(reminder.kind for reminder in REMINDERS if reminder.gathered)


def remind() -> int:
    """Tell what is due; how many occasions it were. While another round runs it tells nothing."""
    clock: Clock = current_app.extensions["portal.clock"]
    with everything(because="到期提醒"):
        if not db.session.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
            db.session.rollback()
            return 0
        moment = moment_of(clock)
        occasions = _noted(_due(moment), moment)
        post_all(_messages(occasions, moment), moment.instant)
        _mark(moment.day)
        db.session.commit()
    return len(occasions)


def _due(moment: Moment) -> list[Occasion]:
    marks: Mapping[str, date] = {
        row.kind: row.day for row in db.session.scalars(select(ReminderMark))
    }
    found: list[Occasion] = []
    for kind, _when, _article, tells, find, _gathered in REMINDERS:
        since = min(marks.get(kind, moment.day), moment.day)
        found += find(kind, tells, Span(since, moment, working_calendar.current()))
    return found


def _noted(occasions: list[Occasion], moment: Moment) -> list[Occasion]:
    """Those of the occasions that were never noted; from now on they are."""
    table = cast(Table, Reminded.__table__)
    kinds = func.unnest(literal([one.kind for one in occasions], ARRAY(String)))
    keys = func.unnest(literal([one.key for one in occasions], ARRAY(String)))
    # Arrays, not a list of rows: one short statement, however many there are.
    rows = select(kinds, keys, literal(moment.instant, DateTime(timezone=True)))
    new = db.session.execute(
        insert(table)
        .from_select(["kind", "occasion", "at"], rows)
        .on_conflict_do_nothing()
        .returning(table.c.kind, table.c.occasion)
    )
    fresh = {(row.kind, row.occasion) for row in new}
    return [one for one in occasions if (one.kind, one.key) in fresh]


def _messages(occasions: list[Occasion], moment: Moment) -> list[Told]:
    """One message an occasion and person; of many at once for one person a digest of all but the
    urgent ones, the lists and what is told to that person alone."""
    audience = Audience(occasions, moment)
    counts = _counts(occasions, audience)
    most = policy.CURRENT.limit("reminders_apart")
    crowded = {person_id for person_id, kinds in counts.items() if kinds.total() > most}
    return [
        *(
            Told(person_id, one.kind, one.key, one.item_id, {**one.facts, **own})
            for one in occasions
            for person_id, own in audience.told(one)
            if not (_gathered(one) and person_id in crowded)
        ),
        *(_digest(person_id, counts[person_id], moment) for person_id in sorted(crowded)),
    ]


def _gathered(one: Occasion) -> bool:
    """Whether it may wait in a digest."""
    return one.kind in GATHERED and not one.urgent


def _counts(occasions: Iterable[Occasion], audience: Audience) -> dict[int, Counter[str]]:
    """How many of each kind a person would get that may be gathered."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for one in occasions:
        if _gathered(one):
            for person_id, _own in audience.told(one):
                found[person_id][one.kind] += 1
    return found


def _digest(person_id: int, kinds: Counter[str], moment: Moment) -> Told:
    """集中提醒: how many, and how many of each kind."""
    facts: dict[str, Any] = {"total": kinds.total(), "kinds": dict(sorted(kinds.items()))}
    return Told(person_id, DIGEST, f"round:{moment.instant.isoformat()}", None, facts)


def _mark(day: date) -> None:
    """Every rule has looked up to this day; a round with a slower clock takes nothing back."""
    table = cast(Table, ReminderMark.__table__)
    row = insert(table)
    db.session.execute(
        row.on_conflict_do_update(
            index_elements=[table.c.kind],
            set_={"day": func.greatest(table.c.day, row.excluded.day)},
        ),
        [{"kind": reminder.kind, "day": day} for reminder in REMINDERS],
    )
