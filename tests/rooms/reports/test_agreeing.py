"""What a paper, a page and a figure say of the same items agrees (SPEC §3.5, §6.2, §7.5 rule 7)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import figures
from portal.embedded import Servers, connect
from portal.extensions import db
from portal.figures import By, Period, Scope
from portal.models import Person, Unit
from portal.rooms.accountability import evaluation
from portal.rooms.burden import due as due_room
from portal.rooms.reports.snapshot.taking import take
from portal.rulebook import asking
from portal.steps.closing import returns
from tests.conftest import ANCHOR
from tests.figures.plain import Plain, _add, fill, noon
from tests.pages import get
from tests.people import draft
from tests.rooms.reports.conftest import World
from tests.shaping import shape
from tests.stages import as_of, bring, intent, item_of, tomorrow
from tests.steps.acting import HANDLER, HEAD, Actor
from tests.steps.changes.proposing import agree, propose
from tests.steps.handing.test_handing import NEXT, begin, confirm, ids

As = Callable[[str], FlaskClient]
DAY = timedelta(days=1)
FIRST, LAST = date(2026, 8, 1), date(2027, 1, 31)
STAFF, BOSS = "何玉萍", "杨思源"


def test_what_is_closed_takes_no_place_of_what_is_due(
    college: Flask, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    """本周应报: the later instalments of items closed early are nobody's to report."""
    monkeypatch.setattr(due_room, "MOST", 1)
    ids = [
        draft(college, "A01", title=f"早办结{n}", level=2, deadline_days=15, co_units=[])
        for n in range(2)
    ]
    with college.app_context():
        for one in ids:
            bring(college, one, "closed")
    live = draft(college, "A01", title="在办", level=2, deadline_days=15, co_units=[])
    tomorrow(college, 1)
    with college.app_context():
        Actor(college, live).to_work()
    tomorrow(college, 8)
    page = get(as_(HANDLER), "/reports-due")
    assert "在办" in page.text


def test_an_item_urged_twice_is_one_row(college: Flask, as_: As, database: Servers) -> None:
    """被催办件数 counts items; behind it stand as many rows."""
    with college.app_context():
        unit = db.session.scalars(select(Unit.id).order_by(Unit.sort_no).limit(1)).one()
        who = db.session.scalars(select(Person.id).where(Person.name == "杨思源")).one()
    one = Plain(
        "催两次",
        "in_progress",
        2,
        unit,
        filed=ANCHOR - 20 * DAY,
        issued=ANCHOR - 20 * DAY,
        original=ANCHOR - 9 * DAY,
        due=ANCHOR - 9 * DAY,
        light="red",
        notices=[(unit, ANCHOR - 5 * DAY, "ug_unmet"), (unit, ANCHOR - DAY, "ug_issued")],
    )
    fill(database, [one], ANCHOR, who)
    client = as_("杨思源")
    page = get(client, "/reports/indicators")
    href = next(
        str(a["href"]) for a in page.soup.select("main table a") if "/items_urged" in str(a["href"])
    )
    text = next(
        a.get_text() for a in page.soup.select("main table a") if "/items_urged" in str(a["href"])
    )
    rows = get(client, href).soup.select("main tbody tr")
    assert text.startswith("1项")
    assert len(rows) == 1


def test_what_waits_blue_is_not_late_in_the_report(world: World) -> None:
    """SPEC §3.5: asked for in time, the day may pass."""
    public_id = draft(world.app, "A01", title="待审延期")
    with world.app.app_context():
        bring(world.app, public_id, "in_progress")
    day = ANCHOR - 2 * DAY
    shape(
        world.app,
        public_id,
        due_original=day,
        due_effective=day,
        due=day,
        yellow_from=day,
        red_from=day + DAY,
        blue=True,
    )
    with world.app.app_context():
        viewer = as_of(world.app, STAFF)
        data = take(viewer, FIRST, LAST, viewer.moment.day).data
        late = [row for row in data["unfinished"] if row["days_over"]]
        assert (data["figures"]["overdue"], len(late)) == (0, 0)


def test_the_categories_add_up(world: World) -> None:
    """Counted for a day that is over; one item was voided since."""
    ids = [draft(world.app, "A01", title=f"事项{n}") for n in range(2)]
    with world.app.app_context():
        for one in ids:
            bring(world.app, one, "in_progress")
    tomorrow(world.app, 2)
    shape(world.app, ids[0], state="void")
    with world.app.app_context():
        viewer = as_of(world.app, STAFF)
        found = take(viewer, date(2026, 11, 1), ANCHOR, ANCHOR).data
        assert found["figures"]["filed"] == sum(n for _l, n in found["figures"]["by_category"])


def test_what_was_handed_in_is_not_late_in_the_months_paper(college: Flask, as_: As) -> None:
    """Handed in before its day, being judged at the end of the month: not 逾期."""
    public_id = draft(college, "A01", title="已交件待审", co_units=[])
    with college.app_context():
        item = bring(college, public_id, "closing_check")
        due = item.due
    assert due == date(2026, 11, 26)
    tomorrow(college, 9)
    page = get(as_("何玉萍"), "/papers/monthly?month=2026-11")
    card = page.soup.select_one("#late")
    assert card is not None
    assert "已交件待审" not in card.get_text()


def test_no_report_was_owed_while_an_item_was_closed(college: Flask) -> None:
    """Closed on its first day, taken up again later: nothing was owed in between."""
    public_id = draft(college, "A01", title="恢复", level=2, deadline_days=15, co_units=[])
    with college.app_context():
        bring(college, public_id, "closed")
        tomorrow(college, 12)
        propose(college, public_id, "reopen", due=date(2026, 12, 20))
        agree(college, public_id, "agree_reopen", "三郎泽里")
        viewer = as_of(college, STAFF)
        found = figures.of(viewer, Period(FIRST, LAST), viewer.moment.day).of()["feedback"]
        assert (found.part, found.whole) == (0, 0)


def test_what_was_taken_up_again_is_not_late_by_its_former_end(college: Flask) -> None:
    """年度评价表: closed late once, 恢复督办, its day is ahead."""
    public_id = draft(college, "A01", title="恢复", co_units=[])
    with college.app_context():
        bring(college, public_id, "in_progress")
        tomorrow(college, 5)  # late
        bring(college, public_id, "closed", since="in_progress")
        tomorrow(college, 1)
        propose(college, public_id, "reopen", due=date(2026, 12, 20))
        agree(college, public_id, "agree_reopen", "三郎泽里")
        viewer = as_of(college, "杨思源")
        rows = evaluation._late(viewer, Period(date(2026, 1, 1), date(2026, 12, 31))).rows
        assert rows == []


def test_what_a_head_gives_back_to_his_own_burdens_nobody(college: Flask) -> None:
    """减负台账 counts what 党政办 and leaders sent back (decision 0153)."""
    public_id = draft(college, "A01", title="自退", co_units=[])
    with college.app_context():
        bring(college, public_id, "closing_unit")
        viewer = as_of(college, HEAD)
        item = item_of(viewer, public_id)
        returns.ask_supplement(
            viewer, item, "return_supplement", intent(item, "请补充材料后再报。"), 2
        )
        viewer = as_of(college, STAFF)
        n = asking.counts(viewer, ANCHOR, ANCHOR)
        unit = item_of(viewer, public_id).lead_unit_id
        assert "returns" not in n[unit]


def test_after_exemption_no_report_is_asked(college: Flask) -> None:
    public_id = draft(college, "A01", title="免办", level=2, deadline_days=15, co_units=[])
    with college.app_context():
        bring(college, public_id, "in_progress")
    shape(college, public_id, state="exempted", lit=False)
    with college.app_context():
        viewer = as_of(college, STAFF)
        n = asking.counts(viewer, ANCHOR + DAY, ANCHOR + 20 * DAY)
        unit = item_of(viewer, public_id).lead_unit_id
        assert n.get(unit, {}).get("reports", 0) == 0


def test_notices_of_a_void_item_stand_in_no_annex(world: World, database: Servers) -> None:
    """发出催办通知单N份 and the rows of 附件3."""
    public_id = draft(world.app, "A01", title="作废", co_units=[])
    with world.app.app_context():
        item = bring(world.app, public_id, "in_progress")
        who = db.session.scalars(select(Person.id).where(Person.name == "杨思源")).one()
        with connect(database.owner_url) as raw, raw.transaction():
            _add(
                raw,
                "urge",
                item_id=item.id,
                public_id=uuid.uuid4(),
                unit_id=item.lead_unit_id,
                state="ug_unmet",
                nth=1,
                ground="overdue",
                missed_on=ANCHOR,
                subject="",
                limit_days=3,
                fast=False,
                deemed=False,
                drafted_by_id=who,
                drafted_at=noon(ANCHOR),
                doc_word="试催",
                doc_year=2000,
                doc_seq=1,
                issued_on=ANCHOR,
                limit_on=ANCHOR,
                receipt_by=noon(ANCHOR),
            )
        propose(world.app, public_id, "void")
        item = agree(world.app, public_id, "agree_void", "余茂春")
        assert item.state == "void"
        viewer = as_of(world.app, STAFF)
        data = take(viewer, FIRST, LAST, viewer.moment.day).data
        assert (data["figures"]["urged"], len(data["urged"])) == (0, 0)


def test_a_figure_of_a_unit_with_a_dash_in_its_code(
    college: Flask, as_: As, database: Servers
) -> None:
    """A code may hold . _ - @: the links by it find their rows."""
    with college.app_context():
        units = list(db.session.scalars(select(Unit.id).order_by(Unit.sort_no).limit(2)))
        who = db.session.scalars(select(Person.id).where(Person.name == "杨思源")).one()
    with connect(database.owner_url) as raw:
        raw.execute("UPDATE unit SET code = 'JW-1' WHERE id = %s", [units[0]])
    fill(
        database,
        [
            Plain(
                "甲",
                "in_progress",
                2,
                units[0],
                filed=ANCHOR,
                issued=ANCHOR,
                due=ANCHOR + 9 * DAY,
                light="green",
            ),
            Plain(
                "乙",
                "in_progress",
                2,
                units[1],
                filed=ANCHOR,
                issued=ANCHOR,
                due=ANCHOR + 9 * DAY,
                light="green",
            ),
        ],
        ANCHOR,
        who,
    )
    client = as_("杨思源")
    page = get(client, "/reports/indicators?by=unit")
    hrefs = [
        str(a["href"])
        for a in page.soup.select("main table a")
        if "/filed?" in str(a["href"]) and "unit=JW-1" in str(a["href"])
    ]
    assert len(hrefs) == 1
    rows = get(client, hrefs[0]).soup.select("main tbody tr")
    status = get(client, "/papers/monthly?unit=JW-1").status
    assert (len(rows), status) == (1, 200)


@pytest.mark.parametrize("code", ["BW1", "BW-1"])
def test_the_item_of_a_unit_with_a_dash_in_its_code(
    college: Flask, as_: As, database: Servers, code: str
) -> None:
    public_id = draft(college, "A01", title="短横", co_units=[])
    with college.app_context():
        bring(college, public_id, "in_progress")
    assert as_(HEAD).get(f"/items/{public_id}/feedback/new?unit=BWC").status_code == 200
    with connect(database.owner_url) as raw:
        raw.execute("UPDATE unit SET code = %s WHERE code = 'BWC'", [code])
    page = get(as_(HEAD), f"/items/{public_id}")
    form = as_(HEAD).get(f"/items/{public_id}/feedback/new?unit={code}").status_code
    assert (page.status, form) == (200, 200)


def test_what_fell_due_before_a_handover_is_the_old_persons(college: Flask) -> None:
    """SPEC §1.6: in the figures of persons, of today and of a day that is over."""
    public_id = draft(college, "A01", title="交接", co_units=[])
    with college.app_context():
        actor = Actor(college, public_id)
        actor.to_work()
        tomorrow(college, 6)  # its day, 26 November, is past
        begin(actor)
        confirm(actor, HANDLER, "confirm_giving")
        confirm(actor, NEXT, "confirm_taking")
        confirm(actor, HEAD, "confirm_handover")
        handed = as_of(college, BOSS).moment.day
        tomorrow(college, 3)
        viewer = as_of(college, BOSS)
        for day in (viewer.moment.day, handed):
            found = figures.of(viewer, Period(FIRST, LAST), day, Scope(By.PERSON))
            old, new = found.of(ids()[HANDLER]), found.of(ids()[NEXT])
            assert (old["due_closed"].whole, new["due_closed"].whole) == (1, 0)
            assert (old["feedback"].whole, new["feedback"].whole) == (1, 0)
            assert (old["overdue"].part, new["overdue"].part) == (1, 0)
        before = figures.of(viewer, Period(FIRST, LAST), handed - DAY, Scope(By.PERSON))
        assert before.of(ids()[HANDLER])["due_closed"].whole == 1


def test_what_falls_due_after_it_is_the_successors(college: Flask) -> None:
    """Handed over before its day, the item is the new person's as a whole."""
    public_id = draft(college, "A01", title="交接", co_units=[])
    with college.app_context():
        actor = Actor(college, public_id)
        actor.to_work()
        begin(actor)
        confirm(actor, HANDLER, "confirm_giving")
        confirm(actor, NEXT, "confirm_taking")
        confirm(actor, HEAD, "confirm_handover")
        tomorrow(college, 9)
        viewer = as_of(college, BOSS)
        found = figures.of(viewer, Period(FIRST, LAST), viewer.moment.day, Scope(By.PERSON))
        old, new = found.of(ids()[HANDLER]), found.of(ids()[NEXT])
        assert (old["due_closed"].whole, new["due_closed"].whole) == (0, 1)


def test_a_day_without_a_term_is_said(college: Flask, as_: As) -> None:
    """The calendar of the sample ends with January 2027: who drafts reads why he cannot."""
    assert "尚未登记今天所在的督办期" not in get(as_(STAFF), "/reports").text
    tomorrow(college, 90)
    assert "尚未登记今天所在的督办期" in get(as_(STAFF), "/reports").text
