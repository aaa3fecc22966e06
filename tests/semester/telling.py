"""What the clock has to tell at a round, worked out from the ledger (SPEC §8.10, §8.15).

N04 to N08 of items, N14 and N15 by the week, N16 of delegations, N18 of the calendar, N19 of
signers, N21 of the archive; more than five gathered ones for one person are N20.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import NamedTuple

from tests.semester import almanac, cast
from tests.semester.almanac import DAY, SHANGHAI
from tests.semester.ledger import LIT, OWED, Account, Ledger
from tests.semester.runs import Box

WEEK = 7 * DAY
APART = 5
WEEK_ENDS = time(16)
LAST_YEAR_KNOWN = 2026
"""Of which the holidays are published."""


class Heard(NamedTuple):
    """One message as it must be there: to whom, which kind, of which item, with which day or
    numbers."""

    person: str
    kind: str
    item: str | None
    said: str


class Occasion(NamedTuple):
    """Something to be told once: `key` says what, `persons` who hears of it."""

    kind: str
    key: object
    said: str
    persons: frozenset[str]
    item: Account | None = None


@dataclass
class Telling:
    """Remembers what was told; `since` is the day of the round before, at first today: nothing of
    a week is told that began before the first round."""

    ledger: Ledger
    since: date
    told: set[tuple[str, object]] = field(default_factory=set)

    def round(self, now: datetime) -> Counter[Heard]:
        """The messages of the round of this moment."""
        new = []
        for one in self._due(now):
            if (one.kind, one.key) not in self.told:
                self.told.add((one.kind, one.key))
                new.append(one)
        crowded = {person: kinds for person, kinds in _gathered(new).items()
                   if kinds.total() > APART}  # fmt: skip
        found = Counter(
            Heard(person, one.kind, one.item.name if one.item else None, one.said)
            for one in new for person in one.persons
            if not (_may_wait(one) and person in crowded)
        )  # fmt: skip
        for person, kinds in crowded.items():
            found[Heard(person, "N20", None, f"{kinds.total()} {dict(sorted(kinds.items()))}")] += 1
        for week in self._weekly(now):
            found += week
        self.since = now.date()
        return found

    def _due(self, now: datetime) -> Iterator[Occasion]:
        for account in self.ledger.accounts.values():
            if account.state in OWED and not account.waiting(now.date()):
                yield from self._of_item(account, now)
            if account.state == "closed" and account.closed_on:
                last = _month_after(account.closed_on)
                if last < now.date():
                    yield self._one("N21", account, account.closed_on, last,
                                    {cast.ARCHIVIST, *_clerks(now)})  # fmt: skip
            for run in account.runs:
                for box in run.asked():
                    yield from self._silent(account, box, now)
        yield from _delegations(self.since, now)
        first = date(now.year, 11, 1)
        if now.date() >= first and now.year >= LAST_YEAR_KNOWN:
            week = (now.date() - first).days // 7
            yield Occasion("N18", (now.year + 1, week), str(now.year + 1),
                           frozenset({cast.OFFICE_HEAD}))  # fmt: skip

    def _of_item(self, account: Account, now: datetime) -> Iterator[Occasion]:
        today, unit = now.date(), account.unit
        heads = cast.holders("unit_head", unit, now)
        workers = heads | account.handlers
        for point in account.points:
            if today <= point.due <= almanac.workday_after(today) and not point.held:
                yield self._one("N04", account, point, point.due, account.handlers)
            first = min(self.since - DAY, today - WEEK)
            if first <= point.due < today and point.answered is None:
                yield self._one("N05", account, point, point.due, workers)
        red = account.red_from()
        if red <= today:
            told = workers | cast.holders("responsible_leader", unit, now) | _clerks(now)
            yield self._one("N08", account, red, red - DAY, told)
        due = account.due
        if due is None or due < today:
            return
        if almanac.yellow_from(account.base, due) <= today:
            yield self._one("N06", account, due, due, workers)
        last = almanac.cutoff(account.base, due)
        day = last.date() - DAY
        free = account.state == "in_progress" and not account.pending and account.granted < 2
        if free and due > today and account.base < day <= today and now <= last:
            yield self._one("N07", account, due, last.date(), heads)

    def _silent(self, account: Account, box: Box, now: datetime) -> Iterator[Occasion]:
        assert box.opened is not None
        late = (
            almanac.office_hours_after(box.opened, 2) <= now
            if account.level == 1
            else almanac.end_of_workday(box.opened, 2) < now
        )
        if late:
            who = cast.holders(box.role, account.unit, now)
            yield self._one("N19", account, (id(box), box.opened), None, who)

    def _one(
        self, kind: str, account: Account, key: object, said: date | None, persons: set[str]
    ) -> Occasion:
        key = (account.name, id(key) if not isinstance(key, date | tuple) else key)
        return Occasion(kind, key, str(said or ""), frozenset(persons), account)

    # By the week -----------------------------------------------------------------------------

    def _weekly(self, now: datetime) -> Iterator[Counter[Heard]]:
        today = now.date()
        monday = today - today.weekday() * DAY
        first = almanac.forward(monday)
        if ("N14", monday) not in self.told and self.since <= first <= today:
            self.told.add(("N14", monday))
            yield self._list(monday, now)
        friday = today - (today.weekday() - 4) % 7 * DAY
        if _summed_up(friday) > now:
            friday -= WEEK
        if ("N15", friday) not in self.told and self.since <= _summed_up(friday).date():
            self.told.add(("N15", friday))
            yield self._summary(friday, now)

    def _list(self, monday: date, now: datetime) -> Counter[Heard]:
        found: Counter[Heard] = Counter()
        today, sunday = now.date(), monday + WEEK - DAY
        for unit in cast.units():
            mine = [one for one in self._urged(today) if one.unit == unit]
            reports = sum(
                monday <= point.due <= sunday and point.answered is None
                for one in mine for point in one.points
            )  # fmt: skip
            red = sum(one.red_from() <= today and (one.due is None or one.due < monday)
                      for one in mine)  # fmt: skip
            due = sum(one.due is not None and monday <= one.due <= sunday for one in mine)
            if reports or due or red:
                for person in {cast.head(unit), cast.liaison(unit)}:
                    found[Heard(person, "N14", None, f"{reports} {due} {red}")] += 1
        return found

    def _summary(self, friday: date, now: datetime) -> Counter[Heard]:
        found: Counter[Heard] = Counter()
        every = self.ledger.accounts.values()
        for leader in (f"L{number:02}" for number in range(1, 11)):
            units = cast.portfolio(leader, now.date())
            a = sum(one.unit in units and one.state in LIT for one in every)
            b = sum(one.unit in units and one.red_from() <= now.date()
                    for one in self._urged(now.date()))  # fmt: skip
            c = sum(one.unit in units and one.closed_on is not None
                    and friday - WEEK < one.closed_on <= friday for one in every)  # fmt: skip
            if a or b or c:
                found[Heard(leader, "N15", None, f"{a} {b} {c}")] += 1
        return found

    def _urged(self, today: date) -> list[Account]:
        return [one for one in self.ledger.accounts.values()
                if one.state in OWED and not one.waiting(today)]  # fmt: skip


def _summed_up(friday: date) -> datetime:
    """Friday at four; of a Friday at rest the next working day, from its beginning on."""
    day = almanac.forward(friday)
    return datetime.combine(day, WEEK_ENDS if day == friday else time(0), SHANGHAI)


def _clerks(now: datetime) -> set[str]:
    return cast.holders("office_staff", None, now)


def _may_wait(one: Occasion) -> bool:
    urgent = one.item is not None and one.item.level == 1
    return one.kind not in ("N16", "N18") and not urgent


def _gathered(new: list[Occasion]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for one in new:
        if _may_wait(one):
            for person in one.persons:
                found[person][one.kind] += 1
    return found


def _delegations(since: date, now: datetime) -> Iterator[Occasion]:
    begin = datetime.combine(since, time(0), SHANGHAI)
    for one in cast.lent():
        both = frozenset({one.giver, one.taker})
        if begin <= one.starts <= now < one.ends:
            yield Occasion("N16", (one, "starts"), f"starts {one.ends.date()}", both)
        if begin <= one.ends <= now:
            yield Occasion("N16", (one, "ends"), f"ends {one.ends.date()}", both)


def _month_after(day: date) -> date:
    """SPEC §2.11: within a month; the last day of a shorter month."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    raise AssertionError(day)
