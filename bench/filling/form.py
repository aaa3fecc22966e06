"""An item's own row, its units and people, and who may know of it (第十、十二、二十一条)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from bench.filling.college import College
from bench.filling.days import Days
from bench.filling.matters import (
    CLOSED,
    DAY,
    FILED,
    HANDED_IN,
    ISSUED,
    JUDGED,
    RUNNING,
    Matter,
    drafting,
)
from bench.filling.rows import Rows
from bench.filling.story import Story, at
from portal.readings import reading_of
from portal.rulebook import lights, policy
from portal.rulebook.keys import EVERYONES_BUSINESS

WORD = "阿职督办"
ALWAYS = ("secretary", "president", "office_leader", "office_head")
"""Who is on the list of every sensitive item, besides its leader and its people."""


def drafter(matter: Matter, college: College) -> int:
    """Who drafted it: 党政办 or the lead unit's liaison."""
    return college.holders["office_staff"] if matter.by_office else matter.unit.liaison_id


def listed(matter: Matter, college: College) -> dict[int, str]:
    """Who may know of a sensitive item, and why."""
    persons = {drafter(matter, college): "拟稿人"}
    persons |= {college.holders[role]: "分管校领导" for role in ALWAYS}
    persons |= {matter.unit.leader_id: "分管校领导"}
    if matter.place >= ISSUED:
        persons |= {matter.unit.head_id: "单位负责人"}
    if matter.place >= RUNNING:
        persons |= {matter.handler: "承办人"}
    return persons


def readers(matter: Matter, college: College) -> list[int]:
    """Who may know of it, as `readers.readers_of` says."""
    own = drafter(matter, college)
    if drafting(matter):
        unit = college.office_unit_id if matter.by_office else matter.unit.unit_id
        keys = {-own, unit}
        if matter.state == "returned":
            keys |= {-matter.unit.leader_id, college.office_unit_id}
        return sorted(keys)
    if matter.sensitive:
        return sorted(-person for person in listed(matter, college))
    units = {matter.unit.unit_id, *(co.unit_id for co in matter.co_units)}
    keys = {EVERYONES_BUSINESS, -own, *units}
    if matter.place >= RUNNING:
        keys |= {-matter.handler, *(-person for person in matter.co_handlers)}
    return sorted(keys)


def add_item(
    rows: Rows, matter: Matter, college: College, seq: int | None, answered: set[date]
) -> None:
    """The item's own row; `answered` are its instalments that a report answers."""
    begun, plan = matter.begun, matter.plan
    level = policy.CURRENT.level(matter.level)
    filed_on = begun if matter.place >= FILED else None
    issued_on = begun if matter.place >= ISSUED else None
    due = plan.due if plan else None
    source = rows.random.choice(policy.CURRENT.source_types)
    ended = matter.place >= CLOSED or matter.state in ("exempted", "void", "rejected")
    lit = policy.CURRENT.state(matter.state).lit
    unmet = [] if ended and due else [day for day in matter.points if day not in answered]
    dates = lights.light_dates(plan, unmet) if plan and (due or len(unmet) > 1) else None
    waits = matter.completed is not None and JUDGED <= matter.place < CLOSED
    handed_in_time = waits and (due is None or (matter.completed or begun) <= due)
    drafted = at(_drafted(matter), 8, 30)
    rows.add(
        "item", public_id=rows.key(), version=matter.place + 2, title=matter.title,
        title_reading=_reading(matter.title.partition("（")[0]), requirement=matter.requirement,
        category=source.category or policy.CURRENT.categories[0].id, level=matter.level,
        method="written", classification="sensitive" if matter.sensitive else "internal",
        source_type=source.id, source_ref=f"{begun.year}年第{begun.month}次会议纪要",
        source_date=begun - 3 * DAY, deadline_kind=matter.kind,
        deadline_days=level.default_days if matter.kind == "days" else None,
        deadline_date=due if matter.kind == "date" else None,
        deadline_basis="会议要求" if matter.kind == "date" else "", principal=matter.principal,
        chosen=["category", "principal"], responsible_leader_id=matter.unit.leader_id,
        lead_unit_id=matter.unit.unit_id, drafter_id=drafter(matter, college),
        drafter_unit_id=college.office_unit_id if matter.by_office else matter.unit.unit_id,
        state=matter.state, state_since=at(_since(matter), 10), form_version=min(matter.place, 1),
        supplementary=False, policy_version=policy.VERSION, created_at=drafted,
        doc_word=WORD if filed_on else None, doc_year=filed_on.year if filed_on else None,
        doc_seq=seq, filed_on=filed_on, issued_on=issued_on,
        due_original=matter.first_due if issued_on else None, due_effective=due, reset_count=0,
        counted_by=2 if matter.kind == "days" and issued_on else None, closed_on=matter.closed_on,
        archived_on=matter.archived_on, due=due, yellow_from=dates.yellow_from if dates else None,
        red_from=dates.red_from if dates else None, blue=handed_in_time, lit=lit,
        readers=readers(matter, college),
    )  # fmt: skip


_reading = cache(reading_of)


def _drafted(matter: Matter) -> date:
    """A form is signed within some days before 立项."""
    return matter.begun - timedelta(days=4) if matter.place >= FILED else matter.begun


def _since(matter: Matter) -> date:
    """The day on which it took its present state, as nearly as lists ask."""
    return matter.archived_on or matter.closed_on or matter.completed or matter.begun


def add_people(story: Story, college: College, days: Days) -> dict[int, int]:
    """The units' shares with their receipts, who works on it, and the list of a sensitive one; the
    ids of the shares by unit."""
    matter = story.matter
    for person, reason in listed(matter, college).items() if matter.sensitive else ():
        story.part("need_to_know", public_id=story.rows.key(), person_id=person,
                   added_by_id=drafter(matter, college), reason=reason,
                   from_at=at(_drafted(matter), 8, 40))  # fmt: skip
    received, issued = matter.place >= RUNNING, matter.place >= ISSUED
    due = matter.plan.due if matter.plan else None
    shares = {}
    for role, unit in (("lead", matter.unit), *(("co", co) for co in matter.co_units)):
        state = "received" if received else "issued" if issued else "named"
        handed_in = role == "co" and matter.place >= HANDED_IN
        inner = due and days.inner(due, matter.begun) if role == "co" else None
        shares[unit.unit_id] = story.part(
            "item_unit", unit_id=unit.unit_id, role=role,
            state="handed_in" if handed_in else state, inner_due=inner if issued else None,
            received_by_id=unit.head_id if received else None,
            received_at=at(matter.begun, 11) if received else None,
            receipt_by=at(days.next(matter.begun) + DAY, 0) if issued else None,
            deemed=False, confirmed_by="",
            handed_in_at=at(matter.completed, 9) if handed_in and matter.completed else None,
        )  # fmt: skip
    if received:
        people = ((matter.unit, matter.handler, "handler"), *(
            (co, person, "co_handler")
            for co, person in zip(matter.co_units, matter.co_handlers, strict=True)
        ))  # fmt: skip
        for unit, person, role in people:
            story.part("item_member", person_id=person, unit_id=unit.unit_id, role=role)
    return shares
