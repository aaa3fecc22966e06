"""第二十条: the report of a term, from its figures to its release."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from portal import store
from portal.documents.control import number_of
from portal.errors import NotFound, NotOffered, Stale
from portal.extensions import db
from portal.figures.ledger import digest_of as ledger_digest
from portal.models import Brief, BriefSheet, BriefSnapshot, Event, Item
from portal.rooms.reports import commands, making, queries
from portal.rooms.reports.snapshot.taking import digest_of, take
from portal.rulebook.briefs.guards import snapshot_of, texts_of
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import everything
from portal.rulebook.workdays import DAY
from tests.documents.samples import squeezed, text_of
from tests.pages import get
from tests.people import sign_in
from tests.rooms.reports.acting import (
    FIRST,
    HANDLER,
    HEAD,
    LAST,
    LEADER,
    PRESIDENT,
    STAFF,
    TERM,
    UNIT_HEAD,
    World,
    act,
    brief_of,
    count,
    item_of,
    make_sensitive,
    release,
    report,
    sent,
    write,
)
from tests.shaping import shape
from tests.stages import as_of, bring, person, tomorrow, unit

OPEN = {"filed", "issued", "in_progress", "closing_unit", "closing_sign", "closing_check",
        "closing_review", "closing_report", "closing_filing"}  # fmt: skip


def _counted(world: World) -> dict[str, int]:
    """The balance counted another way: item by item over the whole log, in plain Python."""
    with world.worker.app_context(), everything(because="核对学期报告"):
        rows = db.session.execute(
            select(Event.item_id, Event.day, Event.item_to, Item.classification)
            .join(Item, Item.id == Event.item_id)
            .order_by(Event.id)
        ).all()
    found: Counter[str] = Counter()
    for item_id in {row.item_id for row in rows if row.classification != "sensitive"}:
        log = [(row.day, row.item_to) for row in rows if row.item_id == item_id and row.item_to]
        before = [state for day, state in log if day < FIRST]
        within = [state for day, state in log if FIRST <= day <= LAST]
        opened = bool(before) and before[-1] in OPEN
        if not opened and not OPEN & set(within):
            continue
        found["opening" if opened else "entered"] += 1
        last = (before + within)[-1]
        found["open" if last in OPEN else {"archived": "closed"}.get(last, last)] += 1
    return dict(found)


def _data(world: World, brief_id: uuid.UUID) -> dict[str, Any]:
    viewer, brief = brief_of(world, STAFF, brief_id)
    snapshot = snapshot_of(viewer, brief)
    assert snapshot is not None
    assert snapshot.data is not None
    return snapshot.data


def test_what_came_in_less_what_went_is_what_is_left(worked: World) -> None:
    """SPEC P32, and the annexes have as many lines as the balance says."""
    data = _data(worked, report(worked))
    balance = data["balance"]
    expected = _counted(worked)
    assert {name: n for name, n in balance.items() if n} == expected
    assert expected == {"entered": 4, "closed": 1, "open": 3}
    assert len(data["ledger"]) == balance["opening"] + balance["entered"]
    assert len(data["unfinished"]) == balance["open"]


def test_no_sensitive_item_is_in_it_not_even_as_a_number(worked: World) -> None:
    """SPEC §7.5 rule 5: counted by somebody who is on the list, and left out all the same."""
    brief_id = report(worked)
    before = _data(worked, brief_id)
    secret = db.session.scalars(select(Item.id).where(Item.title == "事项1")).one()
    make_sensitive(worked, "事项1")
    viewer, brief = brief_of(worked, STAFF, brief_id)
    commands.fetch(viewer, brief, sent())
    count(worked, viewer, brief)
    after = _data(worked, brief_id)
    assert "事项1" in str(before)
    assert "事项1" not in str(after)
    assert after["balance"]["entered"] == before["balance"]["entered"] - 1
    assert after["figures"]["filed"] == before["figures"]["filed"] - 1
    snapshot = snapshot_of(viewer, brief)
    assert snapshot is not None
    assert secret not in snapshot.item_ids


def test_who_signs_is_asked_for_new_figures_when_an_item_became_sensitive(worked: World) -> None:
    """第二十一条: not said why: the signer may not know of the item."""
    brief_id = report(worked)
    act(worked, HEAD, "hand_in", brief_id)
    make_sensitive(worked, "事项1")
    with pytest.raises(Unmet, match="取数后事项情况有变化") as refused:
        act(worked, LEADER, "review", brief_id)
    assert "敏感" not in refused.value.reason


@pytest.mark.parametrize(("who", "state"), [(STAFF, "draft"), (LEADER, "reviewing")])
def test_a_draft_tells_nobody_of_what_became_sensitive(worked: World, who: str, state: str) -> None:
    """第二十一条: neither page, section, former wording nor paper, until it is counted anew."""
    shape(worked.app, item_of("事项1"), due_effective=date(2026, 11, 1), due=date(2026, 11, 1),
          red_from=date(2026, 11, 2), lit=True)  # fmt: skip
    brief_id, section = report(worked), "overdue"
    viewer, brief = brief_of(worked, STAFF, brief_id)
    assert "事项1" in texts_of(viewer, brief)[section].body
    if state != "draft":
        act(worked, HEAD, "hand_in", brief_id)
    db.session.rollback()
    make_sensitive(worked, "事项1")
    client, room = sign_in(worked.app, who), f"/reports/{brief_id}"
    page = get(client, room)
    assert (page.status, "事项1" in page.text, "暂不能查看" in page.text) == (200, False, True)
    for address in (f"{room}.pdf", f"{room}.docx", f"{room}/sections/{section}"):
        answer = client.get(address)
        assert answer.status_code in (404, 422), address
        assert "事项1" not in answer.get_data(as_text=True)
    if state == "draft":
        viewer, brief = brief_of(worked, STAFF, brief_id)
        commands.fetch(viewer, brief, sent())
        count(worked, viewer, brief)
        for address in (room, f"{room}/sections/{section}"):
            page = get(client, address)
            assert (page.status, "事项1" in page.text) == (200, False), address


def test_no_sensitive_item_is_named_by_hand(worked: World) -> None:
    """第二十一条: to count anew does not mend what people wrote; 党政办主任 is on each list."""
    brief_id = report(worked)
    make_sensitive(worked, "事项1")
    shape(worked.app, item_of("事项1"), title="某同志信访事项核查")
    write(worked, brief_id, "good", "某同志信访事项核查按期办结。")
    viewer, brief = brief_of(worked, STAFF, brief_id)
    commands.fetch(viewer, brief, sent())
    count(worked, viewer, brief)
    with pytest.raises(Unmet, match="文稿写有敏感事项的标题或文号"):
        act(worked, HEAD, "hand_in", brief_id)
    db.session.rollback()
    write(worked, brief_id, "good", "按期办结。")
    assert act(worked, HEAD, "hand_in", brief_id) == "reviewing"


def test_a_form_sent_again_counts_nothing_anew(worked: World) -> None:
    """Also after the brief went on: a released report keeps its figures and shows no failure."""
    viewer, form = as_of(worked.app, STAFF), sent()
    brief = commands.begin_report(viewer, TERM, FIRST, LAST, form)
    brief_id = brief.public_id
    count(worked, viewer, brief)
    act(worked, HEAD, "hand_in", brief_id)
    again = commands.begin_report(as_of(worked.app, STAFF), TERM, FIRST, LAST, form)
    assert again.public_id == brief_id
    viewer, brief = brief_of(worked, STAFF, brief_id)
    assert queries.counting(viewer, brief) is None


def test_a_released_report_stays_as_it_is_whatever_becomes_of_the_items(worked: World) -> None:
    """SPEC §5.8: figures, lists and paper are those of its release."""
    brief_id = report(worked)
    sheet = release(worked, brief_id)
    data, digest = _data(worked, brief_id), sheet.sha256
    for title in ("事项0", "事项1", "事项2"):
        shape(worked.app, item_of(title), title="改名", state="void")
    viewer, brief = brief_of(worked, STAFF, brief_id)
    with pytest.raises(NotOffered):
        commands.fetch(viewer, brief, sent())
    db.session.rollback()
    viewer, brief = brief_of(worked, STAFF, brief_id)
    again = commands.ask_sheet(viewer, brief)
    assert (again.id, again.sha256) == (sheet.id, digest)
    assert _data(worked, brief_id) == data
    snapshot = snapshot_of(viewer, brief)
    assert snapshot is not None
    assert snapshot.sha256 == digest_of(data)


def test_a_day_that_is_over_is_counted_as_it_stood(worked: World) -> None:
    """Weeks later, with one item closed, another with another day, unit and leader: the figures and
    lists of that day are those that were counted on it, with the 校验值 of its 时点台账."""
    viewer = as_of(worked.app, STAFF)
    day = viewer.moment.day
    on_the_day = take(viewer, FIRST, day, day).data
    assert [row["number"] for row in on_the_day["ledger"]] == sorted(
        row["number"] for row in on_the_day["ledger"]
    )
    tomorrow(worked.app, 40)
    bring(worked.app, item_of("事项1"), "closed", since="in_progress")
    changed = {"due_effective": date(2027, 6, 1), "lead_unit_id": unit("XGB"), "level": 1}
    shape(worked.app, item_of("事项2"), **changed, responsible_leader_id=person("余茂春"))
    later = take(as_of(worked.app, STAFF), FIRST, day, day).data
    assert (on_the_day.pop("ledger_digest"), len(later["ledger_digest"])) == ("", 64)
    assert later.pop("ledger_digest") == ledger_digest(day)
    assert later == on_the_day
    today = take(as_of(worked.app, STAFF), FIRST, day + 40 * DAY, day + 40 * DAY).data
    assert today["ledger"] != on_the_day["ledger"]


def test_the_paper_bears_its_figures_its_annexes_its_hash_and_its_code(worked: World) -> None:
    brief_id = report(worked)
    sheet = release(worked, brief_id)
    settings = worked.app.extensions["portal.settings"]
    printed = text_of(store.path_of(settings.files_dir, sheet.sha256 or "").read_bytes())
    viewer, brief = brief_of(worked, PRESIDENT, brief_id)
    snapshot = snapshot_of(viewer, brief)
    assert snapshot is not None
    assert squeezed(f"关于{TERM}督办督查事项推进落实情况的报告") in printed
    assert "期初在办0项，本期新增4项，本期办结1项，期末在办3项。" in printed
    assert "附件：1.督办事项台账2.未办结事项清单3.催办情况一览表" in printed
    assert (snapshot.sha256 or "-")[:16] in printed
    assert number_of(sheet.public_id) in printed


def test_a_figure_in_the_text_is_that_of_the_snapshot(worked: World) -> None:
    """Written as a field, printed as counted; another word in braces is refused."""
    brief_id = report(worked)
    write(worked, brief_id, "next_steps", "跟踪督办在办的{期末在办数}项。")
    viewer, brief = brief_of(worked, STAFF, brief_id)
    part = next(one for one in queries.parts(viewer, brief) if one.section.name == "next_steps")
    assert part.body == "跟踪督办在办的3项。"
    with pytest.raises(Unmet, match="“在办数”不是可以引用的数据"):
        write(worked, brief_id, "next_steps", "在办的{在办数}项。")


def test_what_people_wrote_stays_when_it_is_counted_anew(worked: World) -> None:
    brief_id = report(worked)
    write(worked, brief_id, "good", "各单位按时办结{办结数}项。")
    viewer, brief = brief_of(worked, STAFF, brief_id)
    drafts = {name: text.version for name, text in texts_of(viewer, brief).items()}
    commands.fetch(viewer, brief, sent())
    count(worked, viewer, brief)
    parts = {one.section.name: one for one in queries.parts(viewer, brief)}
    assert parts["good"].body == "各单位按时办结1项。"
    assert parts["good"].older, "looked at before the new figures"
    assert {name: text.version for name, text in texts_of(viewer, brief).items()} == drafts


def test_of_two_who_write_one_section_the_second_is_told(worked: World) -> None:
    brief_id = report(worked)
    write(worked, brief_id, "good", "甲。")
    viewer, brief = brief_of(worked, HEAD, brief_id)
    with pytest.raises(Stale):
        commands.write(viewer, brief, "good", "乙。", 1, sent())
    db.session.rollback()
    viewer, brief = brief_of(worked, HEAD, brief_id)
    assert texts_of(viewer, brief)["good"].body == "甲。"
    newest, author = queries.versions(viewer, brief, "good")[0]
    assert (newest.body, author) == ("甲。", STAFF)


def test_the_boxes_are_signed_in_their_order(worked: World) -> None:
    """Staff hand in, 党政办主任 and 党政办分管领导 sign; sent back, it begins anew."""
    brief_id = report(worked)
    assert act(worked, STAFF, "hand_in", brief_id) == "checking"
    with pytest.raises(NotOffered):
        act(worked, LEADER, "review", brief_id)
    db.session.rollback()
    assert act(worked, HEAD, "check", brief_id) == "reviewing"
    assert act(worked, LEADER, "send_back", brief_id, "请补充协同情况。") == "draft"
    assert act(worked, HEAD, "hand_in", brief_id) == "reviewing"
    assert act(worked, LEADER, "review", brief_id) == "released"
    viewer, brief = brief_of(worked, STAFF, brief_id)
    assert [(box.label, box.name) for box in queries.signed(viewer, brief)] == [
        ("党政办主任审核", HEAD), ("党政办分管领导审定", LEADER),
    ]  # fmt: skip


def test_the_same_form_twice_is_one_act(worked: World) -> None:
    viewer = as_of(worked.app, STAFF)
    form = sent()
    first = commands.begin_report(viewer, TERM, FIRST, LAST, form).public_id
    assert (
        commands.begin_report(as_of(worked.app, STAFF), TERM, FIRST, LAST, form).public_id == first
    )
    with pytest.raises(Unmet, match="已有学期报告"):
        commands.begin_report(as_of(worked.app, STAFF), TERM, FIRST, LAST, sent())


@pytest.mark.parametrize("who", [UNIT_HEAD, HANDLER])
def test_a_report_is_not_there_for_units(worked: World, who: str) -> None:
    """`report.semester` of the table of rights: the office's; three leaders read it."""
    brief_id = report(worked)
    release(worked, brief_id)
    viewer = as_of(worked.app, who)
    with pytest.raises(NotFound):
        queries.brief_or_404(viewer, brief_id)
    with pytest.raises(NotOffered):
        commands.begin_report(viewer, TERM, date(2026, 2, 1), date(2026, 7, 31), sent())


def test_leaders_do_not_see_a_draft(worked: World) -> None:
    brief_id = report(worked)
    with pytest.raises(NotFound):
        queries.brief_or_404(as_of(worked.app, PRESIDENT), brief_id)
    act(worked, HEAD, "hand_in", brief_id)
    assert queries.brief_or_404(as_of(worked.app, PRESIDENT), brief_id)


def test_a_period_without_items_has_no_rates(world: World) -> None:
    """SPEC §6.2: 「—」, never 0 %; the term is over and nothing was there."""
    with world.app.app_context():
        viewer = as_of(world.app, STAFF)
        first, last = date(2026, 2, 1), date(2026, 7, 31)
        brief = commands.begin_report(viewer, "2025—2026学年第二学期", first, last, sent())
        snapshot = count(world, viewer, brief)
        assert snapshot.state == "made", snapshot.failure
        assert snapshot.as_of == last
        assert snapshot.data is not None
        assert snapshot.data["figures"]["closed_rate"] is None
        sheet = release(world, brief.public_id)
        settings = world.app.extensions["portal.settings"]
        printed = text_of(store.path_of(settings.files_dir, sheet.sha256 or "").read_bytes())
    assert "办结率—" in printed
    assert "0%" not in printed


def test_a_period_that_has_not_begun_is_not_counted(world: World) -> None:
    first, last = date(2027, 2, 1), date(2027, 7, 31)
    with world.app.app_context():
        viewer, form = as_of(world.app, STAFF), sent()
        with pytest.raises(Unmet, match="尚未开始"):
            commands.begin_report(viewer, "2026—2027学年第二学期", first, last, form)


def test_a_count_that_comes_after_the_hand_in_is_not_taken(worked: World) -> None:
    """What is signed is what was handed in: a slow worker changes nothing of it."""
    brief_id = report(worked)
    viewer, brief = brief_of(worked, STAFF, brief_id)
    held = snapshot_of(viewer, brief)
    assert held is not None
    kept = held.id
    commands.fetch(viewer, brief, sent())
    with pytest.raises(Unmet, match="正在取数"):
        act(worked, HEAD, "hand_in", brief_id)
    db.session.rollback()
    viewer, brief = brief_of(worked, STAFF, brief_id)
    brief.state = "checking"
    db.session.commit()
    late = count(worked, viewer, brief)
    assert (late.state, late.failure) == ("failed", making.MOVED_ON)
    viewer, brief = brief_of(worked, STAFF, brief_id)
    held = snapshot_of(viewer, brief)
    assert held is not None
    assert held.id == kept


def test_meetings_are_recorded_with_their_minutes(worked: World) -> None:
    """SPEC §5.8: it goes to 党委会 and 院长办公会; the paper stays as it was released."""
    brief_id = report(worked)
    sheet = release(worked, brief_id)
    viewer, brief = brief_of(worked, STAFF, brief_id)
    day = viewer.moment.day
    commands.record_meeting(viewer, brief, "party_committee", "阿职党纪要〔2026〕21号", day, sent())
    viewer, brief = brief_of(worked, STAFF, brief_id)
    assert [one["minutes"] for one in commands.meetings(viewer, brief)] == [
        "阿职党纪要〔2026〕21号"
    ]
    kept = queries.sheet_of(viewer, brief)
    assert isinstance(kept, BriefSheet)
    assert kept.id == sheet.id
    assert db.session.scalars(select(BriefSnapshot.state)).all() == ["made"]


def test_overdue_items_are_told_with_the_cause_that_their_unit_stated(worked: World) -> None:
    shape(worked.app, item_of("事项1"), due_effective=date(2026, 11, 1), due=date(2026, 11, 1),
          red_from=date(2026, 11, 2), lit=True)  # fmt: skip
    data = _data(worked, report(worked))
    late = [row for row in data["unfinished"] if row["days_over"]]
    assert [(row["title"], row["days_over"]) for row in late] == [("事项1", 22)]
    viewer = as_of(worked.app, STAFF)
    (brief,) = db.session.scalars(select(Brief)).all()
    said = texts_of(viewer, brief)["overdue"].body
    assert "“事项1”（保卫处），已逾期22天。承办单位未说明原因。" in said
