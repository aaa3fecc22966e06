"""一览签批 (一单多项, SPEC §8.4): one sheet, many items, one scan; all of it or nothing."""

from __future__ import annotations

import io
import os
import time
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import Tag
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from portal.attachments import unused
from portal.attachments.checking import Sound
from portal.attachments.kinds import KINDS
from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.models import ApprovalSlot, Attachment, Event, Item, SigningList
from portal.rooms.signing_lists import commands, making, queries
from portal.rooms.signing_lists.commands import MovedOn, Sheet
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import everything
from portal.rulebook.secrecy import STOPPED
from portal.rulebook.workflow import Intent
from portal.steps.knowledge import commands as knowledge
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from tests.attachments.kept import given
from tests.documents.samples import text_of
from tests.pages import Page, get, send, values_of
from tests.people import draft
from tests.stages import as_of, bring, events_of, intent, item_of, person, words_for
from tests.steps.acting import LEADER, REASON, Actor
from tests.steps.extending import asking
from tests.steps.paper.sheet import SCAN
from tests.test_matrix import PERSONAS

As = Callable[[str], FlaskClient]
Items = list[uuid.UUID]
OFFICE, OTHER, SIGNER, STRANGER = "何玉萍", "泽仁旺姆", "余茂春", "坤建军"
TODAY = date(2026, 11, 23)
TITLES = ("校园消防检查", "教学秩序督导")
PAGE = "/signing-lists"


@pytest.fixture
def items(college: Flask) -> Items:
    """Two items of different units, both waiting for 余茂春's 审核; 坤建军 heads the first's."""
    first = draft(college, "A01", title=TITLES[0], co_units=[])
    second = draft(college, "A01", title=TITLES[1], lead_unit="JWC", co_units=[])
    with college.app_context():
        bring(college, first, "pending_review")
        viewer = as_of(college, OFFICE)
        registration.submit(
            viewer, item_of(viewer, second), intent(item_of(viewer, second)), declared=True
        )
        viewer = as_of(college, "解学农")
        signing.sign(viewer, item_of(viewer, second), "sign", intent(item_of(viewer, second)))
    return [first, second]


def _slots(app: Flask, items: Items) -> list[int]:
    viewer = as_of(app, OFFICE)
    ids = [item_of(viewer, public_id).id for public_id in items]
    rows = db.session.scalars(
        select(ApprovalSlot).where(ApprovalSlot.item_id.in_(ids), ApprovalSlot.state == "open")
    )
    by_item = {row.item_id: row.id for row in rows}
    return [by_item[id_] for id_ in ids]


def _make(app: Flask, items: Items, who: str = OFFICE) -> SigningList:
    slots, signer = _slots(app, items), person(SIGNER)
    return commands.make_list(as_of(app, who), signer, slots, uuid.uuid4())


def _enter(
    app: Flask, found: SigningList, who: str = OFFICE, once: Intent | None = None, **given: Any
) -> None:
    list_id, rows = found.id, range(1, len(found.slot_ids) + 1)
    values: dict[str, Any] = {
        "signer_id": person(SIGNER),
        "signed_for_id": None,
        "paper_on": TODAY,
        "opinions": dict.fromkeys(rows, "同意。"),
    }
    viewer = as_of(app, who)
    found = db.session.scalars(select(SigningList).where(SigningList.id == list_id)).one()
    commands.enter(
        viewer,
        found,
        Sheet(**{**values, **given}),
        Sound("签批单.pdf", KINDS["pdf"], io.BytesIO(SCAN)),
        once or Intent(None, uuid.uuid4()),
        declared=True,
    )


def _states(app: Flask, items: Items) -> list[str]:
    viewer = as_of(app, OFFICE)
    return [item_of(viewer, public_id).state for public_id in items]


def test_more_time_is_asked_for_in_a_row(college: Flask, as_: As) -> None:
    """延期: with both days and the reason, on the page, on paper and where it is typed in; 免于督办
    ends an item and is signed on its own form."""
    boxes = []
    with college.app_context():
        for kind in ("extend", "exempt"):
            actor = Actor(college, draft(college, "A01", level=3, deadline_days=30))
            actor.to_work()
            asking.ask(actor, kind=kind)
            boxes.append(actor)
        signer = person(LEADER)
        viewer = as_of(college, OFFICE)
        rows = queries.waiting(viewer, signer, "ext_sign").rows
        item = boxes[0].item()[1]
        assert [row.slot.item_id for row in rows] == [item.id]
        asked = "申请由2026年12月23日延至2026年12月28日。理由：厂家配件返厂，需延长整改时间。"
        assert rows[0].matter == asked
        found = commands.make_list(as_of(college, OFFICE), signer, [rows[0].slot.id], uuid.uuid4())
        list_id = found.id
        sheet = making.sheet_of(as_of(college, OFFICE), found, "阿坝职业学院")
        assert [(row.asked, row.matter) for row in sheet.listed] == [("分管校领导签字", asked)]
        address = f"{PAGE}/{found.public_id}"
        _enter(college, found, signer_id=signer)
        assert asking.latest(boxes[0]).state == "ext_check"
        assert db.session.get_one(SigningList, list_id).entered_at is not None
    assert asked in get(as_(OFFICE), address).text


# By the pages ----------------------------------------------------------------------------------


def _printed(app: Flask, client: FlaskClient) -> str:
    """Choose the signer, tick everything, make the list; its address."""
    with app.app_context():
        signer = person(SIGNER)
    form = get(client, f"{PAGE}?signer={signer}&step=review").form(PAGE)
    if form.get("method") == "get":
        form = get(client, f"{PAGE}?signer={signer}").soup.find_all("form", action=PAGE)[-1]
    answer = send(client, PAGE, values_of(form))
    assert answer.status == 303, answer.text[:800]
    assert answer.location is not None
    return answer.location


def _sent(client: FlaskClient, form: Tag, typed: dict[str, object], *, scan: bool = True) -> Page:
    sent: dict[str, object] = {**values_of(form), "declared": "y", **typed}
    sent["files"] = given(("签批单.pdf", SCAN)) if scan else given(("", b""))
    return send(client, str(form["action"]), sent)


def test_one_scan_fills_many_boxes(college: Flask, as_: As, items: Items) -> None:
    """From the choice to the marks on each item; the common opinion, and one of a row's own."""
    office = as_(OFFICE)
    assert PAGE in get(office, "/todo").html
    address = _printed(college, office)
    typed: dict[str, object] = {
        "paper_on": "2026-11-23", "opinion": "同意。", "row2-opinion": "同意，请抓紧。",
    }  # fmt: skip
    answer = _sent(office, get(office, address).form(address), typed)
    assert answer.status == 303, answer.text[:1500]
    with college.app_context():
        assert _states(college, items) == ["pending_approve", "pending_approve"]
        viewer = as_of(college, OFFICE)
        ids = sorted(item_of(viewer, public_id).id for public_id in items)
        rows = db.session.scalars(select(Attachment).order_by(Attachment.id)).all()
        assert [row.item_id for row in rows] == [item_of(viewer, one).id for one in items]
        assert {row.sha256 for row in rows} == {rows[0].sha256}
        assert [row.with_items for row in rows] == [ids, ids]
        events = db.session.scalars(select(Event).where(Event.act == "enter_paper")).all()
        assert [event.facts["scan_id"] for event in events] == [row.id for row in rows]
        assert all(person(SIGNER) in event.tells for event in events)
    for public_id, words in zip(items, ("同意。", "同意，请抓紧。"), strict=True):
        page = get(office, f"/items/{public_id}")
        assert "纸质签批，何玉萍代录" in page.text
        assert "余茂春2026年11月23日签署同意（一览签批单，共2项）" in page.text
        assert words in page.text
        link = page.soup.find("a", string="扫描件")
        assert link is not None
        opened = office.get(str(link["href"]))
        assert opened.data == SCAN
        opened.close()
    assert "本单已于" in get(office, address).text
    assert address not in get(office, PAGE).html


def test_the_scan_is_for_who_may_know_of_everything_on_it(
    college: Flask, as_: As, items: Items
) -> None:
    """第二十一条: 坤建军 reads his unit's item and its signature, not the other's title."""
    with college.app_context():
        _enter(college, _make(college, items))
        viewer = as_of(college, OFFICE)
        row = db.session.scalars(
            select(Attachment).where(Attachment.item_id == item_of(viewer, items[0]).id)
        ).one()
        address = f"/items/{items[0]}/attachments/{row.public_id}"
        as_of(college, STRANGER)
        assert not db.session.scalars(select(Attachment)).all(), "the database hides the row"
    stranger = as_(STRANGER)
    page = get(stranger, f"/items/{items[0]}")
    assert "纸质签批，何玉萍代录" in page.text
    assert page.soup.find("a", string="扫描件") is None
    assert TITLES[1] not in page.text
    assert get(stranger, address).status == 404
    for name in (SIGNER, OTHER, "三郎泽里"):
        opened = as_(name).get(address)
        assert opened.status_code == 200, name
        opened.close()


def test_a_row_that_moved_on_stops_the_whole(college: Flask, as_: As, items: Items) -> None:
    """409 names the row, keeps everything typed; what still waits is sent by one more click."""
    office = as_(OFFICE)
    address = _printed(college, office)
    form = get(office, address).form(address)
    with college.app_context():
        viewer = as_of(college, SIGNER)
        signing.sign(viewer, item_of(viewer, items[1]), "review", intent(item_of(viewer, items[1])))
    typed: dict[str, object] = {
        **values_of(form), "declared": "y", "paper_on": "2026-11-23", "opinion": "拟同意。",
        "row1-opinion": "同意，限期办结。", "row2-opinion": "请再核实。",
    }  # fmt: skip
    late = send(office, address, {**typed, "files": given(("签批单.pdf", SCAN))})
    assert late.status == 409
    assert f"第2项“{TITLES[1]}”已由余茂春签批，本次各项均未录入" in late.text
    for words in ("拟同意。", "同意，限期办结。", "请再核实。"):
        assert words in late.html
    with college.app_context():
        assert _states(college, items) == ["pending_review", "pending_approve"]
        as_of(college, OFFICE)
        assert not db.session.scalars(select(Attachment)).all()
    again = {**values_of(late.form(address)), "declared": "y"}
    assert "row2-opinion" not in again
    answer = send(office, address, {**again, "files": given(("签批单.pdf", SCAN))})
    assert answer.status == 303, answer.text[:1500]
    with college.app_context():
        assert _states(college, items) == ["pending_approve", "pending_approve"]


WRONG: tuple[tuple[dict[str, object], bool, str], ...] = (
    ({}, False, "请上传扫描件。"),
    ({"paper_on": "2026-11-24"}, True, f"第1项“{TITLES[0]}”：签批日期不得晚于今天。"),
    ({"paper_on": "2026-11-22"}, True, "签批日期不得早于上一环节的2026年11月23日。"),
    ({"paper_on": ""}, True, "请填写签批日期。"),
    ({"signer_id": "1:2"}, True, "请填写签批人。"),
    ({"opinion": ""}, True, f"第1项“{TITLES[0]}”：请照录签批意见。"),
    ({"declared": ""}, True, "请勾选确认后再提交。"),
)


def test_what_does_not_hold_is_said_and_nothing_is_entered(
    college: Flask, as_: As, items: Items
) -> None:
    """422 with the row's name; everything typed stays."""
    office = as_(OFFICE)
    form = get(office, address := _printed(college, office)).form(address)
    right = {"paper_on": "2026-11-23", "opinion": "同意。", "row2-opinion": "请抓紧。"}
    for typed, scan, said in WRONG:
        answer = _sent(office, form, {**right, **typed}, scan=scan)
        assert answer.status == 422, typed
        assert said in answer.text, (typed, answer.text[:2000])
        assert "请抓紧。" in answer.html
    marked = _sent(office, form, {**right, "row2-opinion": "秘　密★三年 关于某项工作的要求"})
    assert (marked.status, STOPPED in marked.text) == (422, True)
    assert "某项工作" not in marked.html
    with college.app_context():
        assert _states(college, items) == ["pending_review", "pending_review"]
        assert not db.session.scalar(select(func.count()).select_from(Attachment))


def test_nobody_else_learns_of_the_room(college: Flask, as_: As, items: Items) -> None:
    """paper.enter is the 督办专员's; the head of the office prints and types in none either."""
    with college.app_context():
        public_id = _make(college, items).public_id
    for name in ("杨思源", SIGNER, STRANGER, "周慎之"):
        client = as_(name)
        assert PAGE not in get(client, "/").html
        for address in (PAGE, f"{PAGE}/{public_id}", f"{PAGE}/{public_id}.pdf"):
            assert get(client, address).status == 404, (name, address)
    assert get(as_(OTHER), f"{PAGE}/{public_id}").status == 200


def test_the_sheet_is_printed(college: Flask, worker: Flask, as_: As, items: Items) -> None:
    """A job makes it; until then 202. A lost one is found by the sweep."""
    office = as_(OFFICE)
    address = f"{_printed(college, office)}.pdf"
    waiting = office.get(address)
    assert (waiting.status_code, waiting.headers["Retry-After"]) == (202, "2")
    with worker.app_context():
        with everything(because="测试"):
            list_id = db.session.scalars(select(SigningList.id)).one()
            db.session.execute(update(SigningList).values(state="making", started_at=func.now()))
            db.session.commit()
        making.make(list_id)  # another worker has it
        with everything(because="测试"):
            long_ago = func.now() - func.make_interval(0, 0, 0, 1)
            db.session.execute(update(SigningList).values(started_at=long_ago))
            db.session.commit()
        making.sweep()
        making.make(list_id)
    answer = office.get(address)
    assert answer.status_code == 200
    printed = text_of(answer.data)
    for words in ("督办事项一览签批单", "呈：余茂春", *TITLES, "保卫处", "教务处", "签批人："):
        assert words in printed, words
    answer.close()
    with college.app_context():
        as_of(college, OFFICE)
        _enter(college, db.session.scalars(select(SigningList)).one())
    before = time.time() - timedelta(days=2).total_seconds()
    for path in college.extensions["portal.settings"].files_dir.rglob("*"):
        os.utime(path, (before, before))
    with worker.app_context():
        unused.remove()
    kept = office.get(address)
    assert kept.status_code == 200, "what was signed stays as it was printed"
    kept.close()


# By the commands -------------------------------------------------------------------------------


def test_a_double_click_is_one_act(college: Flask, items: Items) -> None:
    """The same form again changes nothing; another form for the same sheet is refused."""
    with college.app_context():
        found, once = _make(college, items), Intent(None, uuid.uuid4())
        _enter(college, found, once=once)
        _enter(college, found, once=once)
        item = item_of(as_of(college, OFFICE), items[0])
        assert events_of(item).count("enter_paper") == 1
        with pytest.raises(NotOffered) as refused:
            _enter(college, found)
        assert "已经代录" in refused.value.reason


def test_a_run_that_ended_has_moved_on(college: Flask, items: Items) -> None:
    """Returned to the drafter meanwhile: the box is asked no more, though nobody signed it."""
    with college.app_context():
        found = _make(college, items)
        viewer = as_of(college, SIGNER)
        item = item_of(viewer, items[0])
        signing.send_back(viewer, item, intent(item, REASON), to_previous=False)
        with pytest.raises(MovedOn) as late:
            _enter(college, found)
        assert [row.moved_on for row in late.value.rows] == ["该次报批已结束"]
        db.session.rollback()
        _enter(college, found, opinions={2: "同意。"})
        assert _states(college, items) == ["returned", "pending_approve"]


def test_sensitive_items_are_on_no_common_list(college: Flask, items: Items) -> None:
    """Not offered, which is said; not made; and a list printed before is not typed in any more,
    nor shown to who may not know of all its items."""
    with college.app_context():
        found, slots = _make(college, items, OTHER), _slots(college, items)
        viewer = as_of(college, "杨思源")
        item = item_of(viewer, items[1])
        knowledge.mark(viewer, item, intent(item, REASON))
        viewer = as_of(college, OFFICE)  # on its list: she drafted it
        choices = queries.waiting(viewer, person(SIGNER), "")
        assert [row.line.title for row in choices.rows] == [TITLES[0]]
        assert choices.sensitive == 1
        with pytest.raises(Unmet) as refused:
            commands.make_list(viewer, person(SIGNER), slots, uuid.uuid4())
        assert "敏感事项" in refused.value.reason
        db.session.rollback()
        with pytest.raises(NotOffered):
            _enter(college, found)
        db.session.rollback()
        viewer = as_of(college, OTHER)
        assert queries.waiting(viewer, person(SIGNER), "").sensitive == 0
        assert queries.lists_of(viewer) == []
        with pytest.raises(NotFound):
            queries.rows_of(viewer, found)
        with pytest.raises(NotOffered) as gone:
            _enter(college, found, OTHER)
        assert TITLES[1] not in gone.value.reason
        db.session.rollback()
        assert item_of(as_of(college, OFFICE), items[0]).state == "pending_review"


def test_an_item_that_turns_sensitive_takes_the_scan_with_it(college: Flask, items: Items) -> None:
    """Whoever is not on its list does not open the sheet any more, from the other item either."""
    with college.app_context():
        _enter(college, _make(college, items))
        viewer = as_of(college, "杨思源")
        item = item_of(viewer, items[1])
        knowledge.mark(viewer, item, intent(item, REASON))
        as_of(college, OTHER)
        assert not db.session.scalars(select(Attachment)).all()
        as_of(college, OFFICE)
        assert len(db.session.scalars(select(Attachment)).all()) == 2


def test_only_the_office_makes_and_enters(college: Flask, items: Items) -> None:
    """Every persona, by the commands themselves."""
    with college.app_context():
        found, slots, signer = _make(college, items), _slots(college, items), person(SIGNER)
        for name in (name for name in PERSONAS if name not in (OFFICE, OTHER)):
            with pytest.raises(NotFound):
                commands.make_list(as_of(college, name), signer, slots, uuid.uuid4())
            db.session.rollback()
            viewer, sheet = as_of(college, name), Sheet(
                signer_id=signer, signed_for_id=None, paper_on=TODAY, opinions={1: "同意。"}
            )  # fmt: skip
            scan = Sound("签批单.pdf", KINDS["pdf"], io.BytesIO(SCAN))
            with pytest.raises(NotFound):
                commands.enter(
                    viewer, found, sheet, scan, Intent(None, uuid.uuid4()), declared=True
                )
            db.session.rollback()
        assert words_for(college, SIGNER) == {"审核"}


def test_what_cannot_be_listed(college: Flask, items: Items) -> None:
    """Nothing ticked, too much, a signed box, somebody else's; the same form twice is one list."""
    with college.app_context():
        slots, signer, key = _slots(college, items), person(SIGNER), uuid.uuid4()
        viewer = as_of(college, SIGNER)
        item = item_of(viewer, items[0])
        signing.sign(viewer, item, "review", intent(item))
        for chosen in ([], slots, list(range(1, queries.MOST + 2))):
            with pytest.raises(Unmet):
                commands.make_list(as_of(college, OFFICE), signer, chosen, uuid.uuid4())
            db.session.rollback()
        for somebody in (person("坤清祥"), 10**9):
            with pytest.raises(Unmet):
                commands.make_list(as_of(college, OFFICE), somebody, slots[1:], uuid.uuid4())
            db.session.rollback()
        for _ in range(2):
            commands.make_list(as_of(college, OFFICE), signer, slots[1:], key)
        as_of(college, OFFICE)
        assert db.session.scalar(select(func.count()).select_from(SigningList)) == 1
        assert db.session.scalars(select(Item.id).where(Item.title == TITLES[1])).one()
