"""减负台账: what was asked of each unit, every number a link to its rows; and the hint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.embedded import Servers, connect
from portal.rulebook import asking
from portal.rulebook.asking import ASKS
from portal.steps.execution import commands
from tests.pages import Page, get
from tests.people import draft
from tests.stages import tomorrow
from tests.steps.acting import HANDLER, HEAD, OFFICE, Actor, at_work, intent

As = Callable[[str], FlaskClient]
BURDEN = "/burden"


def numbers(page: Page) -> dict[str, list[int]]:
    """The numbers of each unit, without their sum."""
    rows = page.soup.select("tbody tr")
    found = {}
    for row in rows:
        cells = [int(cell.get_text(strip=True)) for cell in row.select("td.db-num")]
        assert sum(cells[:-1]) == cells[-1]
        found[row.select_one(".db-cell-title").get_text(strip=True)] = cells[:-1]
    return found


def test_every_number_leads_to_its_rows(college: Flask, as_: As, database: Servers) -> None:
    """A notice to each unit, the instalments of the month to the lead unit alone, a report that
    was sent back, a call."""
    with at_work(college, level=2, deadline_days=15) as actor:
        actor.report(HEAD)
        viewer, item = actor.item(OFFICE)
        report = actor.reports()[0]
        commands.send_back(viewer, item, report, "return_feedback", intent(item, "请补充数据。"))
    with connect(database.owner_url) as raw:
        raw.execute(
            "INSERT INTO phone_record (public_id, item_id, state, purpose, channel, called_at,"
            " caller_id, callee_id, content, requirement, reply, recorded_by_id, recorded_at,"
            " readers) SELECT gen_random_uuid(), i.id, 'noted', 'supervise', 'phone',"
            " '2026-11-30T23:30+08', p.id, p.id, '', '', '', p.id, now(), i.readers"
            " FROM item i, person p WHERE p.name = '何玉萍'"
        )
        raw.execute(
            "INSERT INTO inspection (public_id, item_id, journey, unit_id, state, methods,"
            " talks_to_head, matter, planned_on, outline, shortfall, repeat_reason, drafted_by_id,"
            " drafted_at) SELECT gen_random_uuid(), i.id, gen_random_uuid(), i.lead_unit_id, s,"
            " '{on_site}', false, '', '2026-11-27', '', '', '', i.drafter_id, now()"
            " FROM item i, unnest(ARRAY['plan_approved', 'plan_draft']) AS s"
        )
    client = as_(OFFICE)
    found = numbers(get(client, BURDEN))
    assert found["保卫处"] == [1, 1, 0, 0, 1, 1, 1]
    assert len(found) == 3
    assert [row for unit, row in found.items() if unit != "保卫处"] == [[1, 0, 0, 0, 0, 0, 0]] * 2
    for link in get(client, BURDEN).soup.select("td.db-num a"):
        rows = get(client, str(link["href"])).soup.select("tbody tr")
        assert len(rows) == int(link.get_text())
    tomorrow(college, 8)
    assert numbers(get(as_(OFFICE), BURDEN))["保卫处"] == [0, 1, 0, 0, 0, 0, 0]
    assert numbers(get(as_(OFFICE), f"{BURDEN}?month=2026-11")) == found


def test_who_reads_of_whom(college: Flask, as_: As) -> None:
    """党政办 and leaders of all units, the people who answer for a unit of their own."""
    with at_work(college):
        pass
    assert len(numbers(get(as_("坤清祥"), BURDEN))) == 3
    assert list(numbers(get(as_(HEAD), BURDEN))) == ["保卫处"]
    assert as_(HEAD).get(f"{BURDEN}?unit=HGC").status_code == 404
    assert as_(HEAD).get(f"{BURDEN}/HGC/notices").status_code == 404
    assert as_(HEAD).get(f"{BURDEN}/BWC/none").status_code == 404
    assert as_(HEAD).get(f"{BURDEN}?month=2027-01").status_code == 404
    for who in ("彭国栋", "黄素芬", "周慎之"):
        assert as_(who).get(BURDEN).status_code == 404


def test_nobody_counts_what_he_may_not_know_of(college: Flask, as_: As, database: Servers) -> None:
    with at_work(college, co_units=[]):
        pass
    with connect(database.owner_url) as raw:
        raw.execute(
            "UPDATE item SET classification = 'sensitive', readers ="
            " (SELECT array_agg(-id::int) FROM person WHERE name = '坤建军')"
        )
        raw.execute("UPDATE event SET readers = (SELECT readers FROM item)")
        raw.execute("UPDATE item_unit SET readers = (SELECT readers FROM item)")
    assert "保卫处" in numbers(get(as_(HEAD), BURDEN))
    assert numbers(get(as_(OFFICE), BURDEN)) == {}
    assert numbers(get(as_(HANDLER), BURDEN)) == {}


@pytest.mark.parametrize("most", [2, 3])
def test_the_office_is_told_where_it_asks_much(
    college: Flask, as_: As, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """At 交办: the unit that has got two of a week already, and the number of times. From the
    policy's number on, and never below it."""
    limit = asking.policy.CURRENT.limit
    monkeypatch.setattr(
        type(asking.policy.CURRENT),
        "limit",
        lambda _self, name, level=None: most if name == "asked_in_week" else limit(name, level),
    )
    with at_work(college, co_units=[], level=2, deadline_days=15):
        pass
    with at_work(college, title="另一件", co_units=[], level=2, deadline_days=15):
        pass
    public_id = draft(college, "A01", title="第三件", co_units=["HGC"])
    with college.app_context():
        actor = Actor(college, public_id)
        actor.to_filing()
        actor.file(release=False)
    said = [
        tag.get_text(" ", strip=True)
        for tag in get(as_(OFFICE), f"/items/{public_id}").soup.select(".db-notice")
    ]
    hints = [one for one in said if one.startswith("减负提示")]
    assert len(hints) == (1 if most == 2 else 0)
    for hint in hints:
        assert "保卫处办理2次" in hint


def test_every_ask_has_rows(college: Flask) -> None:
    """Each sort is a query with the three columns that counting and listing ask for."""
    with at_work(college) as actor:
        viewer, _item = actor.item(OFFICE)
        for ask in ASKS.values():
            columns: Any = ask.rows(viewer, viewer.moment.day, viewer.moment.day).selected_columns
            assert set(columns.keys()) == {"unit_id", "item_id", "day"}, ask.name
