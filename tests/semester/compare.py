"""The portal's rows and answers against the ledger's; rows are read by the owner of the tables."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime
from typing import Any

import psycopg
from sqlalchemy import select

from portal.audit.verify import Verification
from portal.embedded import Servers, connect
from portal.extensions import db
from portal.item.instalments import instalments_of
from portal.item.lights import ORDER, light_of, shows
from portal.models import Feedback, Item
from portal.rooms.waiting.queries import clocks_of
from portal.rulebook import urging
from portal.rulebook.scope import Viewer, everything, view_as, visible
from tests.semester import almanac, cast
from tests.semester.ledger import Account
from tests.semester.telling import Heard, Telling
from tests.semester.term import FIRST, Term

OF_THE_CLOCK = ("N04", "N05", "N06", "N07", "N08", "N14", "N15", "N16", "N18", "N19", "N20", "N21")
SAMPLED = 10
"""Every so many days whole pages are compared too; states and lights every day."""
MESSAGES = """
SELECT p.emp_no, m.kind, m.item_id, m.facts FROM message m JOIN person p ON p.id = m.person_id
WHERE m.at = %s AND m.kind = ANY(%s)
"""


PLANS = """
SELECT p.item_id, p.due, p.merged_into_id IS NULL,
    (SELECT min((f.confirmed_at AT TIME ZONE 'Asia/Shanghai')::date) FROM feedback f
     WHERE f.point_id IN (p.id, p.merged_into_id))
FROM feedback_point p ORDER BY p.item_id, p.due
"""


class Comparison:
    """Compares after each round, more in the evenings, and everything at the end."""

    def __init__(self, term: Term, servers: Servers) -> None:
        self.term, self.ledger, self.register = term, term.ledger, term.register
        self.raw: psycopg.Connection[tuple[Any, ...]] = connect(servers.owner_url)
        self.telling = Telling(self.ledger, FIRST)
        self.heard: Counter[Heard] = Counter()
        self.lights: Counter[str] = Counter()
        self.emp = {row["emp_no"]: id_ for id_, row in cast.people().items()}
        self._lend()

    def _lend(self) -> None:
        """The delegations that the sample has not."""
        people = self.term.office.people
        for one in cast.FURTHER:
            self.raw.execute(
                "INSERT INTO delegation (from_id, to_id, kind, scope, roles, starts_at, ends_at,"
                " reason, created_by_id) VALUES (%s, %s, %s, '', %s, %s, %s, '出差', %s)",
                [people[one.giver], people[one.taker], one.kind, [one.role], one.starts, one.ends,
                 people[one.giver]],
            )  # fmt: skip

    def after_round(self) -> None:
        """What was told; in the evening, where everything stands."""
        now = self.term.now
        wanted, found = self.telling.round(now), self._told(now)
        assert found == wanted, (now, "too much", found - wanted, "too little", wanted - found)
        self.heard += found
        if now.hour >= 18:
            self._states(now.date())
            if now.date().day % SAMPLED == 0:
                self._pages(now.date())

    # Every round -----------------------------------------------------------------------------

    def _told(self, now: datetime) -> Counter[Heard]:
        names = {id_: name for name, id_ in self.term.office.items.items()}
        rows = self.raw.execute(MESSAGES, [now, list(OF_THE_CLOCK)]).fetchall()
        return Counter(
            Heard(self.emp[emp_no], kind, names.get(item_id), _said(kind, facts))
            for emp_no, kind, item_id, facts in rows
        )

    # Every evening ---------------------------------------------------------------------------

    def _states(self, today: date) -> None:
        rows = self.raw.execute(
            "SELECT id, state, due, due_original, issued_on, closed_on, archived_on,"
            " doc_word || '〔' || doc_year || '〕' || doc_seq || '号' FROM item"
        ).fetchall()
        found = {row[0]: row[1:] for row in rows}
        for name, account in self.ledger.accounts.items():
            issued = account.base if account.issued_at else None
            wanted = (account.state, account.due, account.original, issued, account.closed_on,
                      account.archived_on, account.number)  # fmt: skip
            assert found[self.term.office.items[name]] == wanted, (today, name)
        self._plans(today)
        self._lights(today)
        self._notices(today)

    def _plans(self, today: date) -> None:
        rows = self.raw.execute(PLANS).fetchall()
        found: dict[int, list[Any]] = {}
        for item_id, *point in rows:
            found.setdefault(item_id, []).append(tuple(point))
        for name, account in self.ledger.accounts.items():
            wanted = [(one.due, one.into is None, one.answered) for one in account.points]
            assert found.get(self.term.office.items[name], []) == sorted(wanted), (today, name)

    def _lights(self, today: date) -> None:
        wanted = {self.term.office.items[name]: account.light(today)
                  for name, account in self.ledger.accounts.items()}  # fmt: skip
        with self.term.worker.app_context(), everything(because="测试"):
            found = {}
            for shade in ORDER:
                for item_id in db.session.scalars(select(Item.id).where(shows(shade, today))):
                    found[item_id] = shade
            shown = {
                item.id: light_of(item, today).name for item in db.session.scalars(select(Item))
            }
        names = {id_: name for name, id_ in self.term.office.items.items()}
        wrong = {names[id_]: (found.get(id_), light) for id_, light in wanted.items()
                 if found.get(id_) != light}  # fmt: skip
        assert not wrong, (today, wrong)
        assert all(shown[id_] == light.replace("unissued", "grey") for id_, light in wanted.items())
        self.lights.update(wanted.values())

    def _notices(self, today: date) -> None:
        rows = self.raw.execute(
            "SELECT u.item_id, u.nth, u.ground, u.state, q.state, u.limit_on,"
            " u.doc_word || '〔' || u.doc_year || '〕' || u.doc_seq || '号'"
            " FROM urge u JOIN urge_question q ON q.urge_id = u.id ORDER BY u.id"
        ).fetchall()
        wanted = [
            (self.term.office.items[one.account.name], one.nth, one.ground, one.state,
             one.question, one.limit_on, one.number)
            for one in self.register.notices
        ]  # fmt: skip
        assert rows == wanted, (today, set(rows) ^ set(wanted))

    # Now and then ----------------------------------------------------------------------------

    def _viewer(self) -> Viewer:
        return view_as(self.term.office.people["P03"], self.term.clock)

    def _pages(self, today: date) -> None:
        with self.term.office.app.app_context():
            viewer = self._viewer()
            items = {item.id: item for item in db.session.scalars(visible(viewer, Item))}
            clocks = clocks_of(viewer, items.values())
            for name, account in self.ledger.accounts.items():
                item = items.get(self.term.office.items[name])
                if account.issued_at is None or item is None:
                    continue
                self._clocks(account, clocks[item.id], today)
                proposed = urging.urgeable(item, today).get(item.lead_unit_id)
                missed = self.register.missed(account, today)
                assert (proposed.ground if proposed else None) == (missed[0] if missed else None), (
                    today, name)  # fmt: skip
                self._words(viewer, item, account, today)

    def _clocks(self, account: Account, found: Any, today: date) -> None:
        """SPEC §2.3: a day on which a leader's or the office's signature is awaited is not the
        unit's."""
        days = almanac.workdays(account.base, account.closed_on or today)
        waited: set[date] = set()
        for run in account.runs:
            for box in run.boxes:
                if box.opened and box.role != "unit_head":
                    until = box.ended.date() if box.ended else today
                    waited |= almanac.workdays(box.opened.date(), until)
        wanted = (len(days - waited), len(days & waited))
        assert tuple(found) == wanted, (today, account.name, found, wanted)

    def _words(self, viewer: Viewer, item: Item, account: Account, today: date) -> None:
        reports = db.session.scalars(visible(viewer, Feedback).where(Feedback.item_id == item.id))
        found = [(one.due, one.kind) for one in instalments_of(viewer, item, reports.all())]
        until = account.closed_on
        if account.state == "exempted":
            until = account.exempted_on
        last = min(today, until) if until else today
        wanted = []
        for point in account.points:
            kind = "missing" if point.due < last else "todo"
            if point.answered is not None:
                kind = "done" if point.sent_on and point.sent_on <= point.due else "late"
            wanted.append((point.due, kind))
        assert found == sorted(wanted), (today, account.name, found, wanted)

    # At the end ------------------------------------------------------------------------------

    def at_the_end(self) -> None:
        """Numbers, verdicts, requests, messages and the chain of events."""
        self._numbers()
        self._verdicts()
        self._requests()
        self._urged()
        self._messages()
        check = Verification()
        with self.term.worker.app_context():
            assert list(check.findings()) == []
        assert check.checked > len(self.ledger.accounts)
        self.raw.close()

    def _numbers(self) -> None:
        for table in ("item", "urge"):
            rows = self.raw.execute(
                f"SELECT doc_word, doc_year, array_agg(doc_seq ORDER BY doc_seq) FROM {table}"  # noqa: S608 - a constant
                " WHERE doc_seq IS NOT NULL GROUP BY 1, 2"
            ).fetchall()
            assert rows
            for word, year, taken in rows:
                assert taken == list(range(1, self.ledger.numbers[word, year] + 1)), (word, year)

    def _verdicts(self) -> None:
        rows = self.raw.execute(
            "SELECT item_id, completed_on, days_used, on_time, on_time_original, overdue_days"
            " FROM closure WHERE outcome = 'accepted' ORDER BY item_id"
        ).fetchall()
        wanted = []
        for name, one in self.ledger.accounts.items():
            if one.closed_on is not None:
                done = one.completed
                wanted.append((
                    self.term.office.items[name], done, (done - one.base).days,
                    None if one.due is None else done <= one.due,
                    None if one.original is None else done <= one.original,
                    max(0, (done - one.due).days) if one.due else 0,
                ))  # fmt: skip
        assert rows == sorted(wanted), set(rows) ^ set(wanted)

    def _requests(self) -> None:
        rows = self.raw.execute(
            "SELECT item_id, seq, state, asked_due, timely, due_after FROM extension"
            " ORDER BY item_id, seq"
        ).fetchall()
        names = {id_: name for name, id_ in self.term.office.items.items()}
        found = [(names[row[0]], row[2] if row[2] in ENDS else "pending", *row[3:]) for row in rows]
        wanted = [
            (name, one.state, one.asked, one.timely, one.asked if one.state == "approved" else None)
            for name, account in self.ledger.accounts.items() for one in account.requests
        ]  # fmt: skip
        assert sorted(found, key=str) == sorted(wanted, key=str)

    def _urged(self) -> None:
        """第二十五条（一）: which notices speak against a unit; and who was told of each (N09, for
        备案 N25)."""
        ids = self.term.office.items
        with self.term.worker.app_context(), everything(because="测试"):
            against = [(row.item_id, row.nth) for row in urging.unmet_notices()]
        wanted = [(ids[one.account.name], one.nth) for one in self.register.notices if one.against]
        assert sorted(against) == sorted(wanted)
        told = self.raw.execute(
            "SELECT m.item_id, m.at, p.emp_no FROM message m JOIN person p ON p.id = m.person_id"
            " WHERE m.kind IN ('N09', 'N25')"
        ).fetchall()
        heard = Counter((item_id, at, self.emp[emp_no]) for item_id, at, emp_no in told)
        assert heard == Counter(
            (ids[one.account.name], one.issued_at, person)
            for one in self.register.notices for person in one.told
        )  # fmt: skip

    def _messages(self) -> None:
        """No reminder twice, and all decided about."""
        apart = Counter({one: times for one, times in self.heard.items()
                         if one.item is not None and one.kind != "N19"})  # fmt: skip
        assert max(apart.values()) == 1, apart.most_common(3)
        undecided = self.raw.execute(
            "SELECT count(*) FROM message WHERE planned_at IS NULL AND at < %s", [self.term.now]
        ).fetchone()
        assert undecided == (0,)


ENDS = ("approved", "rejected", "withdrawn", "lapsed")
_SAID = {
    "N04": "{date}", "N05": "{date}", "N06": "{due}", "N07": "{date}", "N08": "{due}",
    "N14": "{a} {b} {c}", "N15": "{a} {b} {c}", "N16": "{phase} {date}", "N18": "{year}",
    "N19": "", "N20": "{total} {kinds}", "N21": "{date}",
}  # fmt: skip


def _said(kind: str, facts: Any) -> str:
    given = json.loads(facts) if isinstance(facts, str) else facts
    return _SAID[kind].format_map(given)
