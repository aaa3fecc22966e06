"""第八条, SPEC §1.6: from who leaves to who follows, confirmed by three; no date moves."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.documents import table
from portal.documents.filling import handover as handover_filling
from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import Handover, HandoverList, Item, ItemMember, Message, Person
from portal.rulebook import handover
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Role
from portal.steps.handing import clock, commands
from portal.steps.handing.commands import Line, Wanted
from portal.steps.knowledge import commands as knowledge
from tests.pages import fill, get, send
from tests.people import csrf
from tests.steps.acting import (
    HANDLER,
    HEAD,
    LEAD,
    OFFICE,
    OFFICE_HEAD,
    REASON,
    Actor,
    intent,
)
from tests.steps.work import Draft

As = Callable[[str], FlaskClient]
NEXT, THIRD = "三郎彭措", "彭国栋"
WHY = "岗位调整，调任学工部"
OPEN_MATTERS = "实训楼2处线路待更换"


@pytest.fixture
def at_work(college: Flask, draft_item: Draft) -> Actor:
    """An item in work whose lead unit has its 承办人, and whose co-unit has signed."""
    actor = Actor(college, draft_item("A01", who=OFFICE))
    with college.app_context():
        actor.to_work()
        db.session.remove()
    return actor


def ids() -> dict[str, int]:
    return dict(db.session.execute(select(Person.name, Person.id)).all())


def begin(
    actor: Actor, who: str = HANDLER, giver: str = HANDLER, taker: str = NEXT, kind: str = "person"
) -> HandoverList:
    """办理交接 of the one item."""
    viewer, item = actor.item(who)
    wanted = Wanted(kind, actor.share(LEAD).unit_id, ids()[giver], ids()[taker], WHY)
    line = Line(item.id, "整改12处", OPEN_MATTERS, "隐患台账")
    return commands.begin(viewer, wanted, [line], intent(None), declared=True)


def confirm(actor: Actor, who: str, act: str) -> None:
    viewer, item = actor.item(who)
    line = db.session.scalars(select(Handover).order_by(Handover.id.desc())).first()
    assert line is not None
    commands.confirm(viewer, item, line, act, intent(None))


def handlers(actor: Actor) -> set[str]:
    _viewer, item = actor.item()
    rows = db.session.scalars(
        select(Person.name)
        .join(ItemMember, ItemMember.person_id == Person.id)
        .where(ItemMember.item_id == item.id, ItemMember.role == "handler")
    )
    return set(rows)


def test_three_confirm_and_the_last_makes_it_effective(college: Flask, at_work: Actor) -> None:
    with college.app_context():
        actor = at_work
        before = actor.item()[1]
        dates = (before.due, before.red_from, before.issued_on)
        begin(actor)
        assert actor.offers(HANDLER) >= {"confirm_giving"}
        assert not actor.offers(NEXT) & {"confirm_giving", "confirm_taking"}
        confirm(actor, HANDLER, "confirm_giving")
        confirm(actor, NEXT, "confirm_taking")
        assert handlers(actor) == {HANDLER}, "not before the last"
        confirm(actor, HEAD, "confirm_handover")
        assert handlers(actor) == {NEXT}
        after = actor.item()[1]
        assert (after.due, after.red_from, after.issued_on) == dates
        assert handover.in_hand(ids()[HANDLER]) == 0
        last = actor.events()[-1]
        assert (last.act, last.to_state) == ("confirm_handover", "effective")
        assert last.facts == {"handed_from": ids()[HANDLER], "handed_to": ids()[NEXT]}
        told = {ids()[name] for name in (HANDLER, NEXT, OFFICE, "坤清祥")}
        assert told <= set(last.tells)
        assert actor.offers(NEXT) >= {"submit_feedback", "apply_close"}
        assert "apply_close" not in actor.offers(HANDLER)


def test_who_hears_and_what_waits(college: Flask, at_work: Actor, as_: As) -> None:
    with college.app_context():
        begin(at_work, who=HEAD)
    words = {
        who: [cell.get_text(strip=True) for cell in get(as_(who), "/todo").soup.select("td, th")]
        for who in (HANDLER, NEXT)
    }
    assert any("确认移交" in word for word in words[HANDLER])
    assert not any("确认接手" in word for word in words[NEXT])
    with college.app_context():
        confirm(at_work, HANDLER, "confirm_giving")
    assert "确认接手" in get(as_(NEXT), "/todo").text


REFUSED = (
    (HEAD, HANDLER, HANDLER, "person", "接手人应为该单位的其他人员"),
    (HEAD, HANDLER, THIRD, "person", "接手人应为该单位的其他人员"),
    (HEAD, NEXT, HANDLER, "person", "移交人不是本事项的承办人"),
    (HEAD, HANDLER, NEXT, "head", "移交人不是本事项的承办人，也不是该单位负责人"),
)


def test_each_is_asked_in_turn(college: Flask, at_work: Actor) -> None:
    """「您有1项督办事项待确认接手」: whose turn it is, and of those who supervise only the one."""
    with college.app_context():
        begin(at_work, who=HEAD)
        confirm(at_work, HANDLER, "confirm_giving")
        confirm(at_work, NEXT, "confirm_taking")
        asked = {event.act: asked_by(at_work, event.id) for event in at_work.events()[-3:]}
        assert asked == {"handover": {HANDLER}, "confirm_giving": {NEXT}, "confirm_taking": {HEAD}}


def asked_by(actor: Actor, event_id: int) -> set[str]:
    """Of whom the act asks something; each reads his own messages only."""
    found = set()
    for name in (HANDLER, NEXT, HEAD, OFFICE_HEAD, "余茂春"):
        actor.viewer(name)
        mine = select(Message.id).where(
            Message.event_id == event_id, Message.kind == "N01", Message.person_id == ids()[name]
        )
        if db.session.scalar(mine) is not None:
            found.add(name)
    return found


def test_whose_and_to_whom(college: Flask, at_work: Actor) -> None:
    with college.app_context():
        for who, giver, taker, kind, said in REFUSED:
            if giver == taker:  # the table takes two persons only
                continue
            with pytest.raises(Unmet, match=said):
                begin(at_work, who, giver, taker, kind)
            db.session.rollback()
        begin(at_work)
        with pytest.raises(Unmet, match="正在办理交接"):
            begin(at_work, who=HEAD)


def test_a_party_does_not_supervise(college: Flask, at_work: Actor) -> None:
    """Where the head hands over or takes over, 党政办主任 sees to it."""
    with college.app_context():
        begin(at_work, who=HEAD, taker=HEAD)
        line = db.session.scalars(select(Handover)).one()
        assert line.supervisor == Role.OFFICE_HEAD.value
        confirm(at_work, HANDLER, "confirm_giving")
        confirm(at_work, HEAD, "confirm_taking")
        assert "confirm_head_handover" in at_work.offers(OFFICE_HEAD)
        assert not at_work.offers(HEAD) & {"confirm_handover", "confirm_head_handover"}
        confirm(at_work, OFFICE_HEAD, "confirm_head_handover")
        assert handlers(at_work) == {HEAD}


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE item_member SET role = 'former'", "移交人不是本事项的承办人"),
        (
            "UPDATE person SET active = false WHERE name = '三郎彭措'",
            "接手人应为该单位的其他人员",
        ),
    ],
)
def test_what_moves_nothing_or_to_nobody_does_not_become_effective(
    college: Flask, at_work: Actor, database: Servers, statement: str, said: str
) -> None:
    """The unit was relieved of the item, or the taker left, between the confirmations."""
    with college.app_context():
        begin(at_work)
        confirm(at_work, HANDLER, "confirm_giving")
        confirm(at_work, NEXT, "confirm_taking")
        db.session.remove()
        with connect(database.owner_url) as raw:
            raw.execute(statement)
        with pytest.raises(Unmet, match=said):
            confirm(at_work, HEAD, "confirm_handover")
        db.session.rollback()
        at_work.item(HEAD)
        assert db.session.scalars(select(Handover.state)).one() == "to_confirmed"


def test_declined_or_taken_back_nothing_moves(college: Flask, at_work: Actor) -> None:
    with college.app_context():
        for act, who in (("withdraw_handover", HANDLER), ("decline_handover", NEXT)):
            begin(at_work)
            confirm(at_work, HANDLER, "confirm_giving")
            viewer, item = at_work.item(who)
            line = db.session.scalars(select(Handover).order_by(Handover.id.desc())).first()
            assert line is not None
            assert -ids()[NEXT] in item.readers
            commands.end(viewer, item, line, act, intent(None, REASON))
            assert handlers(at_work) == {HANDLER}
            # Taken back, nobody was ever to take it over; who declined may read what became of it.
            reads = -ids()[NEXT] in at_work.item(OFFICE)[1].readers
            assert reads == (act == "decline_handover")


def test_forced_after_three_working_days(college: Flask, at_work: Actor) -> None:
    """From Monday 23 November on: not before the 27th, which is the fourth day after."""
    with college.app_context():
        begin(at_work, who=HEAD)
        viewer, item = at_work.item(OFFICE_HEAD)
        line = db.session.scalars(select(Handover)).one()
        with pytest.raises(Unmet, match="最早为2026年11月27日"):
            commands.force(viewer, item, line, intent(None, REASON))
        db.session.rollback()
        college.extensions["portal.clock"].shift += timedelta(4)
        viewer, item = at_work.item(OFFICE_HEAD)
        line = db.session.scalars(select(Handover)).one()
        commands.force(viewer, item, line, intent(None, REASON))
        assert (line.state, handlers(at_work)) == ("forced", {NEXT})


@pytest.mark.parametrize(
    ("confirmed", "silent"),
    [
        ((("confirm_giving", HANDLER),), "接手人"),
        ((("confirm_giving", HANDLER), ("confirm_taking", NEXT)), "监交人"),
    ],
)
def test_forced_where_who_comes_next_is_silent(
    college: Flask, at_work: Actor, confirmed: tuple[tuple[str, str], ...], silent: str
) -> None:
    """Three working days from when it was that person's turn, not from the beginning."""
    with college.app_context():
        begin(at_work)
        college.extensions["portal.clock"].shift += timedelta(1)
        for act, who in confirmed:
            confirm(at_work, who, act)
        college.extensions["portal.clock"].shift += timedelta(3)
        viewer, item = at_work.item(OFFICE_HEAD)
        line = db.session.scalars(select(Handover)).one()
        with pytest.raises(Unmet, match=f"{silent}3个工作日内未确认.*最早为2026年11月28日"):
            commands.force(viewer, item, line, intent(None, REASON))
        db.session.rollback()
        college.extensions["portal.clock"].shift += timedelta(1)
        viewer, item = at_work.item(OFFICE_HEAD)
        line = db.session.scalars(select(Handover)).one()
        commands.force(viewer, item, line, intent(None, REASON))
        assert (line.state, handlers(at_work)) == ("forced", {NEXT})
        viewer, item = at_work.item()
        printed = handover_filling.sheet(viewer, item, "handover-1", 1, "阿坝职业学院")
        assert (printed.silent, printed.forced) == (silent, REASON)


def test_a_successor_is_put_on_the_list_by_name(college: Flask, at_work: Actor) -> None:
    """SPEC §7.5 (17): a line of a sensitive item stays pending until then."""
    with college.app_context():
        viewer, item = at_work.item(OFFICE_HEAD)
        knowledge.mark(viewer, item, intent(item, REASON))
        begun = begin(at_work)
        confirm(at_work, HANDLER, "confirm_giving")
        person, item_id = ids()[NEXT], item.id
        assert all(person not in event.tells for event in at_work.events())
        viewer = at_work.viewer(NEXT)
        assert db.session.get(Item, item_id) is None, "neither the item"
        assert commands.confirm_all(viewer, begun, intent(None)) == 0, "nor the line"
        viewer, item = at_work.item(OFFICE_HEAD)
        knowledge.grant(viewer, item, intent(item, REASON), person, None)
        viewer = at_work.viewer(NEXT)
        assert commands.confirm_all(viewer, begun, intent(None)) == 1
        confirm(at_work, HEAD, "confirm_handover")
        viewer, item = at_work.item(NEXT)
        assert "apply_close" in at_work.offers(NEXT)


def test_forced_neither_on_a_list_nor_known(college: Flask, at_work: Actor) -> None:
    with college.app_context():
        viewer, item = at_work.item(OFFICE_HEAD)
        knowledge.mark(viewer, item, intent(item, REASON))
        begin(at_work)
        college.extensions["portal.clock"].shift += timedelta(4)
        viewer, item = at_work.item(OFFICE_HEAD)
        line = db.session.scalars(select(Handover)).one()
        with pytest.raises(Unmet, match="接手人尚不在本事项知悉范围"):
            commands.force(viewer, item, line, intent(None, REASON))


CHANGE = (
    "UPDATE appointment SET valid_to = '2026-11-22' WHERE role = 'unit_head' AND unit_id ="
    " (SELECT id FROM unit WHERE code = %(unit)s)",
    "INSERT INTO appointment (person_id, unit_id, post, role, is_primary, acting_head, valid_from)"
    " SELECT person.id, unit.id, '处长', 'unit_head', false, false, '2026-11-23' FROM person, unit"
    " WHERE person.name = %(next)s AND unit.code = %(unit)s",
)


def test_a_new_head_is_handed_over_the_whole_unit(
    college: Flask, at_work: Actor, database: Servers, worker: Flask
) -> None:
    """Once, by the clock; the acts follow the office at once, the list is confirmed by the two and
    by 党政办主任."""
    with connect(database.owner_url) as raw, raw.transaction():
        for said in CHANGE:
            raw.execute(said.encode(), {"unit": LEAD, "next": NEXT})
        raw.execute("UPDATE item SET issued_on = '2026-11-22'")
    with worker.app_context():
        assert [clock.begin_handovers() for _ in range(2)] == [1, 0]
    with college.app_context():
        assert "replace_handler" in at_work.offers(NEXT)
        line = db.session.scalars(select(Handover)).one()
        assert (line.kind, line.reason, line.supervisor) == ("head", clock.REASON, "office_head")
        confirm(at_work, HEAD, "confirm_giving")
        confirm(at_work, NEXT, "confirm_taking")
        confirm(at_work, OFFICE_HEAD, "confirm_head_handover")
        assert handlers(at_work) == {HANDLER}, "who works on it goes on"


def test_what_came_after_the_former_head_is_not_handed_over(
    college: Flask, at_work: Actor, database: Servers, worker: Flask
) -> None:
    """A unit that had nothing open when its head changed: the next item is the new head's."""
    with connect(database.owner_url) as raw, raw.transaction():
        for said in CHANGE:
            raw.execute(said.encode(), {"unit": LEAD, "next": NEXT})
    with worker.app_context():
        assert clock.begin_handovers() == 0


def test_by_the_pages(college: Flask, at_work: Actor, as_: As) -> None:
    """From 授权与交接 to the printed sheet: one form, three confirmations of the whole list."""
    client = as_(HANDLER)
    assert get(client, "/delegations").soup.select_one("a[href='/handovers/new']")
    choices = get(client, "/handovers/new").soup.select("main li a")
    assert [link.get_text() for link in choices] == ["邓涛（保卫处，承办事项）"]
    address = str(choices[0]["href"])
    with college.app_context():
        taker, item_id = ids()[NEXT], at_work.item()[1].id
    typed = {
        "taker": str(taker), "reason": WHY, f"item{item_id}-open_matters": OPEN_MATTERS,
        "declared": "y",
    }  # fmt: skip
    assert fill(client, address, "/handovers/new", {**typed, "taker": "0"}).status == 422
    sheet = fill(client, address, "/handovers/new", typed).location
    assert sheet is not None
    assert OPEN_MATTERS in get(client, sheet).text
    assert get(as_("杨初"), sheet).status == 200, "whoever may know of the item"
    early = as_(NEXT)
    refused = send(early, f"{sheet}/confirmation", {"csrf_token": csrf(early, "/")})
    assert refused.status == 422
    for who in (HANDLER, NEXT, HEAD):
        assert fill(as_(who), sheet, f"{sheet}/confirmation").status == 303
    page = get(as_(OFFICE), f"/items/{at_work.public_id}")
    for words in ("邓涛移交三郎彭措", OPEN_MATTERS, "已生效", "交接单（第1次）"):
        assert words in page.text
    assert "待确认" not in get(as_(HEAD), "/delegations").text


def test_only_ones_own_are_handed_over(college: Flask, at_work: Actor, as_: As) -> None:
    """A head those of his unit, 党政办 all, others none; a foreign list is not there."""
    found = {
        who: len(get(as_(who), "/handovers/new").soup.select("main li a"))
        for who in (HANDLER, HEAD, OFFICE, NEXT, "郑守方")
    }
    assert found == {HANDLER: 1, HEAD: 2, OFFICE: 4, NEXT: 0, "郑守方": 0}
    with college.app_context():
        at_work.viewer(OFFICE)
        unit, person = at_work.share(LEAD).unit_id, ids()[HANDLER]
        begun = begin(at_work).public_id
    foreign = as_("郑守方")
    assert get(foreign, f"/handovers/new?giver=person-{unit}-{person}").status == 404
    assert get(foreign, f"/handovers/{begun}").status == 404
    assert get(foreign, f"/handovers/{uuid.uuid4()}").status == 404


def test_the_form_shows_a_sensitive_item_and_notes_the_view(
    college: Flask, at_work: Actor, as_: As, database: Servers
) -> None:
    """SPEC §7.6: its title and how far it is stand on the form of 办理交接, too."""
    with college.app_context():
        viewer, item = at_work.item(OFFICE_HEAD)
        knowledge.mark(viewer, item, intent(item, REASON))
        title = item.title
    client = as_(HANDLER)
    address = str(get(client, "/handovers/new").soup.select("main li a")[0]["href"])
    assert title in get(client, address).text
    assert fill(client, address, "/handovers/new", {"taker": "0"}).status == 422
    with connect(database.owner_url) as raw:
        pages = raw.execute("SELECT page FROM view_log ORDER BY id").fetchall()
    assert pages == [("handing.new",), ("handing.new",), ("handing.begin",)]


def test_what_the_sheet_prints(college: Flask, at_work: Actor) -> None:
    with college.app_context():
        begin(at_work)
        confirm(at_work, HANDLER, "confirm_giving")
        confirm(at_work, NEXT, "confirm_taking")
        viewer, item = at_work.item()
        before = handover_filling.sheet(viewer, item, "handover-1", 1, "阿坝职业学院")
        open_box = ("单位负责人", "", "")
        assert (before.supervisor, before.effective, before.supervised.name) == open_box
        confirm(at_work, HEAD, "confirm_handover")
        viewer, item = at_work.item()
        after = handover_filling.sheet(viewer, item, "handover-1", 1, "阿坝职业学院")
        assert (after.giver, after.taker) == ("邓涛（保卫处）", "三郎彭措（保卫处）")
        assert after.supervisor == "坤建军（保卫处）"
        assert (after.given.name, after.taken.name) == (HANDLER, NEXT)
        assert after.supervised.name == HEAD
        assert after.items[0].open_matters == OPEN_MATTERS
        assert (after.title, after.forced) == (WHY, "")
        kinds = table.sort_of("handover-1").listed(viewer, item)
        assert {kind: one.label for kind, one in kinds.items()} == {"handover-1": "交接单（第1次）"}
