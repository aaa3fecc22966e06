"""Items by the thousand: every state, realistic readers, and everything that hangs off an item.

The rows are what the acts of the portal would have written. The parts are copied in with their
item's readers, as the database's triggers would set them one by one in three times the time; so no
event waits to be sealed. The same number of items gives the same rows.
"""

from __future__ import annotations

import json
import random
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from bench.college import College, Connection, UnitPeople
from portal.demo import sample
from portal.readings import reading_of
from portal.rulebook import deadlines, policy
from portal.rulebook.chains import CLOSING, INITIATION, Chain, Step
from portal.rulebook.scope import DRAFTING, EVERYONES_BUSINESS

Row = dict[str, Any]
LINE = (
    ("create", "draft"), ("submit", "pending_sign"), ("sign", "pending_review"),
    ("review", "pending_approve"), ("approve", "pending_filing"), ("file", "filed"),
    ("issue", "issued"), ("sign_receipt", "in_progress"), ("assign_handler", "in_progress"),
    ("apply_close", "closing_unit"), ("confirm_close", "closing_sign"),
    ("sign_close", "closing_check"), ("check_close", "closing_review"),
    ("review_close", "closing_report"), ("read_close", "closing_filing"), ("close", "closed"),
    ("archive", "archived"),
)  # fmt: skip
"""The acts of the main line and the state each leads to."""
REACHED = {"pending_unit": "draft", "returned": "pending_sign", "rejected": "pending_sign",
           "exempted": "in_progress", "void": "filed"}  # fmt: skip
"""How far a side state went along the line."""
WEIGHTS = {"archived": 780, "in_progress": 80, "closed": 20}
"""Of a thousand items; the other states share what is left alike."""
PLACES = {state: place for place, (_act, state) in reversed(list(enumerate(LINE)))}
SENSITIVE = 0.02
BATCH = 5_000
LONG_AGO = 16  # years of ledger
OPINION = "同意立项，请牵头单位抓紧落实，按期反馈。"
REPORT = "已制定方案并逐项落实，本期完成排查、整改和资料归集，有关情况已报分管校领导。"


class Generator:
    """Rows of `count` items, table by table, in an order that foreign keys accept."""

    def __init__(self, college: College, count: int, today: date) -> None:
        self.college = college
        self.today = today
        self.count = count
        self.random = random.Random(count)  # noqa: S311 - sample rows, no secret
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.ids: Counter[str] = Counter()
        self.numbers: Counter[int] = Counter()
        self.texts = [(item["title"], item["requirement"]) for item in sample.items()]
        self.states = [state.id for state in policy.CURRENT.states]
        rest = (1000 - sum(WEIGHTS.values())) / (len(self.states) - len(WEIGHTS))
        self.weights = [WEIGHTS.get(state, rest) for state in self.states]

    def batches(self) -> Iterator[dict[str, list[Row]]]:
        """Everything by table, some thousand items at a time."""
        for number in range(1, self.count + 1):
            state = self.random.choices(self.states, self.weights)[0]
            self._item(number, state)
            if number % BATCH == 0 or number == self.count:
                yield self.rows
                self.rows = defaultdict(list)

    def _add(self, table: str, **values: Any) -> int:
        self.ids[table] += 1
        self.rows[table].append({"id": self.ids[table], **values})
        return self.ids[table]

    def _item(self, number: int, state: str) -> None:
        pick = self.random
        unit, *co_units = pick.sample(self.college.units, pick.choices((1, 2, 3), (6, 3, 1))[0])
        handler = pick.choice(unit.people)
        place = PLACES[REACHED.get(state, state)]
        item = self._basics(number, state, unit, place)
        sensitive = item["classification"] == "sensitive"
        drafter = item["drafter_id"]
        listed = {self.college.holders["office_head"], unit.leader_id, unit.head_id, handler}
        if sensitive:
            item["readers"] = sorted(-person for person in listed)
        elif state in DRAFTING:
            item["readers"] = [-drafter, item["drafter_unit_id"]]
        else:
            keys = {EVERYONES_BUSINESS, -drafter, unit.unit_id, *(co.unit_id for co in co_units)}
            if place >= PLACES["in_progress"]:
                keys.add(-handler)
            item["readers"] = sorted(keys)
        self.rows["item"].append(item)
        if sensitive:
            for person in sorted(listed):
                self._add("need_to_know", item_id=number, person_id=person, reason="示例",
                          from_at=item["created_at"],
                          public_id=uuid.UUID(int=pick.getrandbits(128), version=4))  # fmt: skip
        self._shares(item, unit, co_units, place, handler)
        self._approvals(item, place)
        self._reports(item, unit, handler, place)
        self._events(item, unit, handler, place)

    def _basics(self, number: int, state: str, unit: UnitPeople, place: int) -> Row:
        pick, ended = self.random, place >= PLACES["closed"] or state in ("rejected", "void")
        level = pick.choices((1, 2, 3, 4), (5, 45, 40, 10))[0]
        days = {1: 3, 2: 15, 3: 30, 4: None}[level]
        begun = pick.randint(50, 365 * LONG_AGO) if ended else pick.randint(0, 40)
        filed_on = issued_on = due = None
        if place >= PLACES["filed"]:
            filed_on = self.today - timedelta(days=begun)
            self.numbers[filed_on.year] += 1
        if place >= PLACES["issued"]:
            issued_on = filed_on
            due = issued_on + timedelta(days=days) if issued_on and days else None
        title, requirement = pick.choice(self.texts)
        lit = policy.CURRENT.state(state).lit and due is not None
        done = issued_on + timedelta(days=10) if issued_on and place >= PLACES["closed"] else None
        since = _instant(self.today - timedelta(days=min(begun, 5)))
        by_office = pick.random() < 0.7
        return {
            "id": number, "public_id": uuid.UUID(int=pick.getrandbits(128), version=4),
            "version": place + 1, "title": f"{title}（{number}）",
            "title_reading": reading_of(title), "requirement": requirement,
            "category": pick.choice(policy.CURRENT.categories).id, "level": level,
            "method": "written",
            "classification": "sensitive" if pick.random() < SENSITIVE else "internal",
            "source_type": "president_meeting", "source_ref": "院长办公会", "deadline_basis": "",
            "deadline_kind": "days" if days else "open", "deadline_days": days,
            "principal": pick.choice(("secretary", "president", "both")),
            "responsible_leader_id": unit.leader_id, "lead_unit_id": unit.unit_id,
            "drafter_id": self.college.holders["office_staff"] if by_office else unit.liaison_id,
            "drafter_unit_id": self.college.office_unit_id if by_office else unit.unit_id,
            "state": state, "state_since": since, "form_version": min(place, 1),
            "policy_version": policy.VERSION, "created_at": since,
            "doc_word": "阿职督办" if filed_on else None,
            "doc_year": filed_on.year if filed_on else None,
            "doc_seq": self.numbers[filed_on.year] if filed_on else None,
            "filed_on": filed_on, "issued_on": issued_on, "due_original": due,
            "due_effective": due, "closed_on": done,
            "archived_on": done if state == "archived" else None, "due": due,
            "yellow_from": deadlines.yellow_from(issued_on, due) if issued_on and due else None,
            "red_from": due + timedelta(days=1) if due else None,
            "blue": bool(lit and place > PLACES["closing_unit"]), "lit": lit,
            "supplementary": False, "reset_count": 0,
        }  # fmt: skip

    def _shares(
        self, item: Row, unit: UnitPeople, co_units: list[UnitPeople], place: int, handler: int
    ) -> None:
        received = place >= PLACES["in_progress"]
        state = "received" if received else "issued" if place >= PLACES["issued"] else "named"
        for part, role in ((unit, "lead"), *((co, "co") for co in co_units)):
            by = {"received_by_id": part.head_id, "received_at": item["created_at"]}
            self._add("item_unit", item_id=item["id"], unit_id=part.unit_id, role=role, state=state,
                      deemed=False, confirmed_by="",
                      **(by if received else dict.fromkeys(by)))  # fmt: skip
        if received:
            self._add("item_member", item_id=item["id"], person_id=handler, unit_id=unit.unit_id,
                      role="handler")  # fmt: skip

    def _approvals(self, item: Row, place: int) -> None:
        if place >= PLACES["pending_sign"]:
            self._approval(item, INITIATION, place)
        if place >= PLACES["closing_unit"]:
            self._approval(item, CLOSING, place)

    def _approval(self, item: Row, chain: Chain, place: int) -> None:
        done = place >= PLACES[chain.agreed]
        at = item["state_since"]
        approval = self._add(
            "approval", item_id=item["id"], chain=chain.name, form_version=1, opened_at=at,
            beside=False,
            state="agreed" if done else "open", ended_at=at if done else None,
        )  # fmt: skip
        for position, step in enumerate(chain.steps, start=1):
            here = PLACES[REACHED.get(step.state, step.state)]
            signed, is_open = here < place, here == place
            for role in self._signers(chain, step, item):
                agreed = {
                    "person_id": self.college.holders.get(role, item["responsible_leader_id"])
                }
                agreed |= {"opinion_id": self._opinion(item), "decided_at": at} if signed else {}
                self._add(
                    "approval_slot", item_id=item["id"], approval_id=approval, position=position,
                    public_id=uuid.UUID(int=self.random.getrandbits(128), version=4),
                    step=step.step, role=role, via="online",
                    state="agreed" if signed else "open" if is_open else "waiting",
                    opened_at=at if signed or is_open else None,
                    person_id=agreed["person_id"] if signed else None,
                    opinion_id=agreed.get("opinion_id"), decided_at=agreed.get("decided_at"),
                )  # fmt: skip

    def _signers(self, chain: Chain, step: Step, item: Row) -> list[str]:
        if chain is INITIATION and step.step == "approve" and item["principal"] != "both":
            return [item["principal"]]
        return [role.value for role in step.roles]

    def _opinion(self, item: Row) -> int:
        return self._add("opinion", item_id=item["id"], body=OPINION, salt="00")

    def _reports(self, item: Row, unit: UnitPeople, handler: int, place: int) -> None:
        if item["issued_on"] is None:
            return
        cycle = policy.CURRENT.level(item["level"]).report_every or 2
        last = item["due"] or self.today
        seq, day = 0, item["issued_on"] + timedelta(days=cycle)
        while day <= last and seq < 12:
            seq += 1
            point = self._add("feedback_point", item_id=item["id"], seq=seq, due=day)
            if place >= PLACES["in_progress"] and day <= self.today:
                state = "fb_read" if day + timedelta(days=3) < self.today else "fb_submitted"
                at = _instant(day)
                report = self._add(
                    "feedback", public_id=uuid.UUID(int=self.random.getrandbits(128), version=4),
                    item_id=item["id"], seq=seq, unit_id=unit.unit_id, point_id=point, state=state,
                    form_version=1, measures=REPORT, progress=REPORT, effect=REPORT, problems="",
                    next_steps=REPORT, percent=min(95, seq * 20), written_by_id=handler,
                    submitted_at=at, confirmed_at=at, no_progress=False, final=False, returns=0,
                )  # fmt: skip
                self._event(
                    item, "report_feedback", unit.head_id, "unit_head", at=at, day=day,
                    subject="feedback", subject_id=report, to_state="fb_submitted",
                )  # fmt: skip
            day += timedelta(days=cycle)
        if place >= PLACES["closing_unit"]:
            self._add("closure", item_id=item["id"], result_text=REPORT, salt="00",
                      written_by_id=handler)  # fmt: skip
        if place >= PLACES["closed"]:
            for keeper in ("office", "unit"):
                kept = item["closed_on"] if item["state"] == "archived" else None
                self._add("archive_record", item_id=item["id"], keeper=keeper, archive_no="",
                          retention="10年", location="", kept_on=kept)  # fmt: skip

    def _events(self, item: Row, unit: UnitPeople, handler: int, place: int) -> None:
        by_role = self.college.holders
        actors = {
            "create": (item["drafter_id"], None), "submit": (item["drafter_id"], None),
            "sign": (unit.leader_id, "responsible_leader"),
            "review": (by_role["office_leader"], "office_leader"),
            "approve": (by_role["president"], "president"),
            "sign_receipt": (unit.head_id, "unit_head"),
            "assign_handler": (unit.head_id, "unit_head"), "apply_close": (handler, "handler"),
            "confirm_close": (unit.head_id, "unit_head"),
            "sign_close": (unit.leader_id, "responsible_leader"),
            "check_close": (by_role["office_head"], "office_head"),
            "review_close": (by_role["office_leader"], "office_leader"),
            "read_close": (by_role["secretary"], "secretary"),
        }  # fmt: skip
        office = (by_role["office_staff"], "office_staff")
        before = None
        for act, state in LINE:
            if PLACES[state] > place:
                break
            actor, acting_as = actors.get(act, office)
            facts = {"handler_id": handler} if act == "assign_handler" else {}
            self._event(
                item, act, actor, acting_as, at=item["created_at"],
                day=item["filed_on"] or self.today, from_state=before, to_state=state,
                facts=Jsonb(facts, json.dumps), tells=[unit.head_id],
            )  # fmt: skip
            before = state

    def _event(self, item: Row, act: str, actor: int, acting_as: str | None, **values: Any) -> None:
        common = {
            "subject": "item", "subject_id": None, "from_state": None, "tells": [],
            "facts": Jsonb({}, json.dumps), "form_version": 1, "item_version": 1,
        }  # fmt: skip
        key = uuid.UUID(int=self.random.getrandbits(128), version=4)
        told = {**common, **values}
        self._add(
            "event", key=key, item_id=item["id"], act=act, actor_id=actor, acting_as=acting_as,
            **{name: told[name] for name in sorted(told)},
        )  # fmt: skip


ORDER = ("item", "need_to_know", "item_unit", "item_member", "opinion", "approval",
         "approval_slot", "feedback_point", "feedback", "closure", "archive_record",
         "event")  # fmt: skip
"""Tables, those before that others point to."""


def load(connection: Connection, generator: Generator) -> int:
    """Copy the rows into their tables, as the role that owns them; how many there are."""
    total = 0
    _triggers(connection, "DISABLE")
    for rows in generator.batches():
        readers = {item["id"]: item["readers"] for item in rows["item"]}
        for table in ORDER:
            total += len(rows[table])
            if table != "item":
                for row in rows[table]:
                    row["readers"] = readers[row["item_id"]]
            if rows[table]:
                _copy(connection, table, rows[table])
    _triggers(connection, "ENABLE")
    connection.execute("ANALYZE")
    return total


def _triggers(connection: Connection, change: str) -> None:
    for table in ORDER[1:]:
        connection.execute(f"ALTER TABLE {table} {change} TRIGGER USER".encode())


def _copy(connection: Connection, table: str, rows: list[Row]) -> None:
    columns = list(rows[0])
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for values in _values(rows, columns):
            copy.write_row(values)


def _values(rows: list[Row], columns: list[str]) -> Iterator[list[Any]]:
    for row in rows:
        yield [row[column] for column in columns]


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(2), UTC)
