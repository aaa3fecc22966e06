"""完成时限 of a matter: the limits found in its words, in one (第十八条)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from portal.rulebook.date_phrases import Phrase, find
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.policy import Level


class Term(NamedTuple):
    """`kind` is days, date, open (长期) or empty (none is named); `notes` for the drafter."""

    kind: str = ""
    days: int | None = None
    date: date | None = None
    notes: tuple[str, ...] = ()

    @property
    def typed(self) -> str:
        """As a person would write it in one field."""
        if self.date is not None:
            return long_date(self.date)
        return f"{self.days}天" if self.days is not None else "长期" if self.kind == "open" else ""


def term_of(text: str, said_on: date, today: date) -> Term:
    """The limit in the words of a matter, counted from the day of the meeting; of several dates
    the last one, for it is then that all is done."""
    phrases = find(text, said_on)
    dated = [phrase for phrase in phrases if phrase.period.date is not None]
    if dated:
        last = max(dated, key=lambda phrase: phrase.period.date or today)
        return Term("date", None, last.period.date, _asked(dated, last, today))
    counted = [phrase for phrase in phrases if phrase.period.days is not None]
    if counted:
        longest = max(counted, key=lambda phrase: phrase.period.days or 0)
        return Term("days", longest.period.days, None, _asked(counted, longest, today))
    return Term("open") if phrases else Term()


def _asked(found: Sequence[Phrase], chosen: Phrase, today: date) -> tuple[str, ...]:
    notes = []
    if len({phrase.period for phrase in found}) > 1:
        named = "、".join(dict.fromkeys(phrase.typed for phrase in found))
        notes.append(f"纪要写有多个时限（{named}），按最后一个提出，请核对。")
    if chosen.period.date is not None and chosen.period.date < today:
        notes.append(f"{long_date(chosen.period.date)}已过，请核对。")
    return tuple(notes)


def level_for(levels: Sequence[Level], term: Term, today: date, usual: int) -> tuple[int, Term]:
    """第十八条: the first level that holds the limit, the usual one without any; more days than a
    level counts become a date."""
    if term.kind == "":
        return usual, term
    days = term.days if term.date is None else (term.date - today).days
    for level in levels:
        if days is None or level.days_max is None or days > level.days_max:
            continue
        if term.date is not None or days >= (level.days_min or 0):
            return level.number, term
    last = levels[-1].number
    if term.days is None:
        return last, term
    day = today + timedelta(days=term.days)
    return last, Term("date", None, day, (*term.notes, f"{term.days}天折算为明确日期，请核对。"))
