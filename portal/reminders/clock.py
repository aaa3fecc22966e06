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
from sqlalchemy import Table, func, select
from sqlalchemy.dialects.postgresql import insert

from portal.clock import Clock
from portal.extensions import db
from portal.models import Reminded, ReminderMark
from portal.reminders.audience import Audience
from portal.reminders.occasions import Occasion, Span
from portal.reminders.table import DIGEST, REMINDERS
from portal.rulebook import policy, workdays
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
        found += find(kind, tells, Span(since, moment, workdays.built_in()))
    return found


def _noted(occasions: list[Occasion], moment: Moment) -> list[Occasion]:
    """Those of the occasions that were never noted; from now on they are."""
    if not occasions:
        return []
    rows = [{"kind": one.kind, "occasion": one.key, "at": moment.instant} for one in occasions]
    table = cast(Table, Reminded.__table__)
    new = db.session.execute(
        insert(table).on_conflict_do_nothing().returning(table.c.kind, table.c.occasion), rows
    )
    fresh = {(row.kind, row.occasion) for row in new}
    return [one for one in occasions if (one.kind, one.key) in fresh]


def _messages(occasions: list[Occasion], moment: Moment) -> list[Told]:
    """One message an occasion and person; of many at once for one person a digest of all but the
    urgent ones, the lists and what is told to him as a person."""
    audience = Audience(occasions, moment)
    apart: list[Told] = []
    together: dict[int, list[Told]] = defaultdict(list)
    for one in occasions:
        for person_id in audience.of(one):
            facts = {**one.facts, **one.persons.get(person_id, {})}
            told = Told(person_id, one.kind, one.key, one.item_id, facts)
            if one.kind in GATHERED and not one.urgent:
                together[person_id].append(told)
            else:
                apart.append(told)
    most = policy.CURRENT.limit("reminders_apart")
    for person_id, messages in together.items():
        apart += messages if len(messages) <= most else [_digest(person_id, messages, moment)]
    return apart


def _digest(person_id: int, messages: Iterable[Told], moment: Moment) -> Told:
    """集中提醒: how many, and how many of each kind."""
    kinds = Counter(message.kind for message in messages)
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
