"""Items in plain Python with all that indicators count of them, and how they come into the tables.

The rows are what acts would have left; nothing of the counting is used to make them.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from portal.embedded import Servers, connect

DAY = timedelta(days=1)


@dataclass
class Plain:
    """An item: its dates, and lists of what hangs off it. Units and persons by their ids.

    `light`: red, blue or empty. `reports`: (due, days on which a report on it was sent on).
    `notices`: (unit, issued, state). `extensions`: (kind, state, decided). `returns`: (act, day,
    state of the item before). `shares`: (unit, state, inner date, handed in). `closures`:
    (outcome, completed). `handed_in`: the day of the hand-in that is being judged. `workers`:
    (person, unit, role). `knows`: who is on the list of a sensitive item; of its whole or (person,
    unit) of a part.
    """

    name: str
    state: str
    level: int
    unit: int
    filed: date | None = None
    issued: date | None = None
    original: date | None = None
    due: date | None = None
    closed: date | None = None
    light: str = ""
    sensitive: bool = False
    reports: list[tuple[date, list[date]]] = field(default_factory=list)
    notices: list[tuple[int, date, str]] = field(default_factory=list)
    extensions: list[tuple[str, str, date]] = field(default_factory=list)
    returns: list[tuple[str, date, str]] = field(default_factory=list)
    shares: list[tuple[int, str, date | None, date | None]] = field(default_factory=list)
    closures: list[tuple[str | None, date | None]] = field(default_factory=list)
    handed_in: date | None = None
    workers: list[tuple[int, int, str]] = field(default_factory=list)
    knows: list[tuple[int, int | None]] = field(default_factory=list)
    id: int = 0


def noon(day: date) -> datetime:
    """An instant of a Shanghai day, its last hour: a count by UTC days still says the same day; by
    UTC+8 of an hour later it would not."""
    return datetime.combine(day, time(15, 30), UTC)


def fill(
    servers: Servers, items: list[Plain], today: date, drafter: int, *, before: int = 0
) -> None:
    """Write the items, and that they stood so today; each learns its id. `before`: how many were
    written already."""
    with connect(servers.owner_url) as raw, raw.transaction():
        for seq, item in enumerate(items, before + 1):
            item.id = _item(raw, item, seq, today, drafter)
            _parts(raw, item, seq, drafter)
            raw.execute("SELECT stand(%s, %s)", [item.id, today])


def _add(raw: Connection[Any], table: str, **values: Any) -> int:
    names = ", ".join(values)
    holes = ", ".join(f"%({name})s" for name in values)
    query = f"INSERT INTO {table} ({names}) VALUES ({holes}) RETURNING id"  # noqa: S608
    row = raw.execute(query.encode(), values).fetchone()
    assert row is not None
    return int(row[0])


def _item(raw: Connection[Any], item: Plain, seq: int, today: date, drafter: int) -> int:
    lit = item.light != ""
    red_from = today if item.light == "red" else today + DAY
    number = {}
    if item.filed:
        number = {"doc_word": "试", "doc_year": 2000, "doc_seq": seq, "filed_on": item.filed}
    readers = [0, item.unit, *(share[0] for share in item.shares)]
    if item.sensitive:
        readers = [-person for person, _unit in item.knows]
    return _add(
        raw, "item", public_id=uuid.uuid4(), version=1, title=item.name, requirement="要求",
        category="instruction", level=item.level, method="written",
        classification="sensitive" if item.sensitive else "internal", source_type="领导批示",
        source_ref="", deadline_kind="open", deadline_basis="", principal="secretary",
        responsible_leader_id=drafter, lead_unit_id=item.unit, drafter_id=drafter,
        state=item.state, state_since=noon(today), form_version=1, supplementary=False,
        policy_version="2023-05-19", created_at=noon(today), issued_on=item.issued,
        due_original=item.original, due_effective=item.due, reset_count=0, closed_on=item.closed,
        due=item.due, yellow_from=red_from, red_from=red_from, blue=item.light == "blue",
        lit=lit, readers=readers, **number,
    )  # fmt: skip


def _parts(raw: Connection[Any], item: Plain, seq: int, drafter: int) -> None:
    for person, part in item.knows if item.sensitive else ():
        _add(raw, "need_to_know", item_id=item.id, public_id=uuid.uuid4(), unit_id=part,
             person_id=person, reason="", from_at=noon(date(2000, 1, 1)))  # fmt: skip
    _add(raw, "item_unit", item_id=item.id, unit_id=item.unit, role="lead", state="received",
         deemed=False, confirmed_by="")  # fmt: skip
    for unit, state, inner, answered in item.shares:
        _add(raw, "item_unit", item_id=item.id, unit_id=unit, role="co", state=state,
             inner_due=inner, handed_in_at=answered and noon(answered), deemed=False,
             confirmed_by="")  # fmt: skip
    for person, unit, role in item.workers:
        _add(raw, "item_member", item_id=item.id, person_id=person, unit_id=unit, role=role)
    _reports(raw, item, drafter)
    for nth, (unit, day, state) in enumerate(item.notices, 1):
        _add(raw, "urge", item_id=item.id, public_id=uuid.uuid4(), unit_id=unit, state=state,
             nth=nth, ground="overdue", missed_on=day, subject="", limit_days=3, fast=False,
             deemed=False, drafted_by_id=drafter, drafted_at=noon(day), doc_word="试催",
             doc_year=2000, doc_seq=seq * 20 + nth, issued_on=day, limit_on=day,
             receipt_by=noon(day))  # fmt: skip
    for nth, (kind, state, day) in enumerate(item.extensions, 1):
        _add(raw, "extension", item_id=item.id, public_id=uuid.uuid4(), seq=nth, kind=kind,
             state=state, reason="", progress="", salt="", late_ground=False, of_superior=False,
             granted=0, applied_by_id=drafter, applied_at=noon(day), timely=True,
             asked_due=day if kind == "extend" else None, decided_at=noon(day))  # fmt: skip
    for act, day, before in item.returns:
        facts = {"supplement_due": day.isoformat()} if act == "enter_paper" else {}
        _add(raw, "event", item_id=item.id, key=uuid.uuid4(), act=act, at=noon(day), day=day,
             actor_id=drafter, subject="item", item_from=before, item_to="in_progress",
             form_version=1, item_version=1, facts=Jsonb(facts))  # fmt: skip
    _closures(raw, item, drafter)


def _reports(raw: Connection[Any], item: Plain, drafter: int) -> None:
    number = 0
    for seq, (due, answers) in enumerate(item.reports, 1):
        point = _add(raw, "feedback_point", item_id=item.id, seq=seq, due=due)
        for answer in answers:
            number += 1
            _add(raw, "feedback", item_id=item.id, public_id=uuid.uuid4(), seq=number,
                 unit_id=item.unit, point_id=point, state="fb_read", form_version=1, measures="",
                 progress="", effect="", problems="", next_steps="", percent=10,
                 no_progress=False, final=False, written_by_id=drafter, returns=0,
                 submitted_at=noon(answer), confirmed_at=noon(answer))  # fmt: skip


def _closures(raw: Connection[Any], item: Plain, drafter: int) -> None:
    for outcome, completed in item.closures:
        _add(raw, "closure", item_id=item.id, result_text="", salt="", written_by_id=drafter,
             outcome=outcome, completed_on=completed,
             handed_in_at=completed and noon(completed))  # fmt: skip
    if item.handed_in is not None:
        _add(raw, "closure", item_id=item.id, result_text="", salt="", written_by_id=drafter)
        approval = _add(raw, "approval", item_id=item.id, chain="closing", form_version=1,
                        beside=False, state="open", opened_at=noon(item.handed_in))  # fmt: skip
        _add(raw, "approval_slot", item_id=item.id, public_id=uuid.uuid4(), approval_id=approval,
             position=1, step="confirm_close", role="unit_head", state="agreed",
             decided_at=noon(item.handed_in), via="online")  # fmt: skip
