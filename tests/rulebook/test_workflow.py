"""One act is one act: double clicks, two persons at once, lost turns, numbers without gaps."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.errors import NotFound, NotOffered, Stale
from portal.extensions import db
from portal.models import Event, Item, NumberSequence, Person
from portal.rulebook import workflow
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import Viewer, view_as, visible
from portal.rulebook.workflow import Intent
from portal.steps.issuing import commands as issuing
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from tests.pages import fill, get, send, values_of

New = Callable[..., uuid.UUID]
As = Callable[[str], FlaskClient]


def _viewer(app: Flask, name: str) -> Viewer:
    person = db.session.scalars(select(Person.id).where(Person.name == name)).one()
    return view_as(person, app.extensions["portal.clock"])


def _item(viewer: Viewer, public_id: uuid.UUID) -> Item:
    return db.session.scalars(visible(viewer, Item).where(Item.public_id == public_id)).one()


def _intent(item: Item | None = None) -> Intent:
    return Intent(item.version if item else None, uuid.uuid4())


def _signed_up_to_filing(app: Flask, public_id: uuid.UUID) -> None:
    """Submit, 审签, 审核, 审定."""
    for name, act in (
        ("何玉萍", "submit"),
        ("坤清祥", "sign"),
        ("余茂春", "review"),
        ("三郎泽里", "approve"),
    ):
        viewer = _viewer(app, name)
        item = _item(viewer, public_id)
        if act == "submit":
            registration.submit(viewer, item, _intent(item), declared=True)
        else:
            signing.sign(viewer, item, act, _intent(item))


def test_the_same_intent_twice_is_one_act(college: Flask, draft_item: New) -> None:
    """A double click: the second answers with the first's event."""
    public_id = draft_item()
    with college.app_context():
        viewer = _viewer(college, "何玉萍")
        item = _item(viewer, public_id)
        intent = _intent(item)
        registration.submit(viewer, item, intent, declared=True)
        registration.submit(viewer, item, intent, declared=True)
        acts = db.session.scalars(select(Event.act).where(Event.item_id == item.id)).all()
    assert Counter(acts) == {"create": 1, "submit": 1}


def test_a_form_sent_twice_through_the_page_is_one_item(college: Flask, as_: As) -> None:
    """The key lies in the form, so that the browser's own repetition is one draft."""
    office = as_("何玉萍")
    form = get(office, "/items/new?secret=no").form("/items/new")
    lead = form.find("option", string="保卫处")
    assert lead is not None
    data = {
        **values_of(form),
        "title": "事项",
        "requirement": "要求",
        "lead_unit": lead["value"],
        "source_type": "party_committee",
        "save": "",
    }
    first, second = send(office, "/items/new", data), send(office, "/items/new", data)
    assert first.status == second.status == 303
    assert first.location == second.location


def test_who_comes_second_is_told_who_did_what(college: Flask, as_: As, draft_item: New) -> None:
    """Two of the office open the same item; the second page is stale, its text is kept."""
    public_id = draft_item()
    with college.app_context():
        _signed_up_to_filing(college, public_id)
    one, two = as_("何玉萍"), as_("泽仁旺姆")
    address = f"/items/{public_id}"
    stale = get(two, address).form("/filing")
    assert fill(one, address, "/filing").status == 303
    answer = send(two, f"{address}/filing", values_of(stale))
    assert answer.status == 409
    assert "何玉萍" in answer.text
    assert "下达交办通知" in answer.text
    with college.app_context():
        _viewer(college, "何玉萍")
        assert db.session.scalar(select(NumberSequence.value).filter_by(year=2026)) == 1


def test_a_stale_version_is_refused_before_anything_is_changed(
    college: Flask, draft_item: New
) -> None:
    """`Stale` names what was done since."""
    public_id = draft_item()
    with college.app_context():
        viewer = _viewer(college, "何玉萍")
        item = _item(viewer, public_id)
        seen = item.version
        registration.submit(viewer, item, _intent(item), declared=True)
        leader = _viewer(college, "坤清祥")
        item = _item(leader, public_id)
        with pytest.raises(Stale) as refused:
            signing.sign(leader, item, "sign", Intent(seen, uuid.uuid4(), "同意立项。"))
    assert [(one.who, one.what) for one in refused.value.done] == [("何玉萍", "提交立项")]


@pytest.mark.parametrize(
    ("name", "act", "refused"),
    [
        ("何玉萍", "sign", NotOffered),
        ("余茂春", "sign", NotOffered),
        ("坤清祥", "review", NotOffered),
        ("坤清祥", "file", NotOffered),
        ("三郎泽里", "approve", NotOffered),
        ("郑守方", "sign", NotFound),
        ("周慎之", "sign", NotFound),
    ],
)
def test_nobody_acts_out_of_turn(
    college: Flask, draft_item: New, name: str, act: str, refused: type[Exception]
) -> None:
    """Submitted, so 坤清祥's turn: others are refused by the article, strangers know nothing."""
    public_id = draft_item()
    with college.app_context():
        viewer = _viewer(college, "何玉萍")
        item = _item(viewer, public_id)
        registration.submit(viewer, item, _intent(item), declared=True)
        item_id = item.id
        viewer = _viewer(college, name)
        known = db.session.get(Item, item_id) or Item(id=item_id)
        with pytest.raises(refused):
            workflow.perform(viewer, act, known, Intent(None, uuid.uuid4()))
        db.session.rollback()


def test_nothing_is_submitted_without_the_declaration(college: Flask, draft_item: New) -> None:
    """第二十一条."""
    public_id = draft_item()
    with college.app_context():
        viewer = _viewer(college, "何玉萍")
        item = _item(viewer, public_id)
        with pytest.raises(Unmet) as refused:
            registration.submit(viewer, item, _intent(item), declared=False)
    assert "declared" in refused.value.fields


@pytest.mark.parametrize(
    ("lead", "leader", "principal", "states", "boxes"),
    [
        ("BWC", "坤清祥", "president", ["pending_sign", "pending_review", "pending_approve"], {}),
        # Under the office's own leader: his review fills both boxes.
        ("DZB", "余茂春", "secretary", ["pending_review", "pending_approve"], {"sign": "余茂春"}),
        # Directly under the principal who approves: his approval fills both boxes.
        ("JCC", "三郎泽里", "president", ["pending_review", "pending_approve"],
         {"sign": "三郎泽里"}),
        # The other principal approves: the normal chain.
        ("JCC", "三郎泽里", "secretary",
         ["pending_sign", "pending_review", "pending_approve"], {}),
        ("ZZRS", "向维岷", "both", ["pending_review", "pending_approve", "pending_approve"],
         {"sign": "向维岷"}),
    ],
)  # fmt: skip
def test_merged_boxes(
    college: Flask,
    draft_item: New,
    lead: str,
    leader: str,
    principal: str,
    states: list[str],
    boxes: dict[str, str],
) -> None:
    """SPEC §1.4: who signs later as well is not asked twice."""
    from portal.models import ApprovalSlot

    public_id = draft_item(lead_unit=lead, co_units=[], principal=principal)
    signer = {
        "pending_sign": [(leader, "sign")],
        "pending_review": [("余茂春", "review")],
        "pending_approve": [("向维岷", "approve"), ("三郎泽里", "approve")],
    }
    passed = []
    with college.app_context():
        viewer = _viewer(college, "何玉萍")
        item = _item(viewer, public_id)
        registration.submit(viewer, item, _intent(item), declared=True)
        while item.state != "pending_filing":
            passed.append(item.state)
            for name, act in signer[item.state]:
                viewer = _viewer(college, name)
                item = _item(viewer, public_id)
                try:
                    signing.sign(viewer, item, act, _intent(item))
                except NotOffered:
                    db.session.rollback()
                    continue
                break
            viewer = _viewer(college, "何玉萍")
            item = _item(viewer, public_id)
            assert len(passed) < 5
        rows = db.session.execute(
            select(ApprovalSlot.step, Person.name)
            .join(Person, Person.id == ApprovalSlot.person_id)
            .where(ApprovalSlot.item_id == item.id, ApprovalSlot.state == "merged")
        ).all()
    merged = {row.step: row.name for row in rows}
    assert passed == states
    assert merged == boxes


def test_a_delegate_signs_in_the_name_of_the_giver(college: Flask, draft_item: New) -> None:
    """SPEC §1.5: 陈𬭎 signs for 解学农 this week; the event keeps both."""
    public_id = draft_item(lead_unit="JWC", co_units=[])
    with college.app_context():
        viewer = _viewer(college, "何玉萍")
        item = _item(viewer, public_id)
        registration.submit(viewer, item, _intent(item), declared=True)
        viewer = _viewer(college, "陈𬭎")
        item = _item(viewer, public_id)
        signing.sign(viewer, item, "sign", _intent(item))
        giver = db.session.scalars(select(Person.id).where(Person.name == "解学农")).one()
        event = db.session.scalars(select(Event).where(Event.act == "sign")).one()
    assert (event.acting_as, event.on_behalf_of_id) == ("responsible_leader", giver)


@pytest.mark.long
def test_filings_at_once_give_consecutive_numbers(college: Flask, draft_item: New) -> None:
    """SPEC §4, case S07: no number twice, none missing, whatever the order."""
    wanted = 12
    ids = [draft_item() for _ in range(wanted)]
    with college.app_context():
        for public_id in ids:
            _signed_up_to_filing(college, public_id)
    start = threading.Barrier(wanted)
    failures: list[Exception] = []

    def file(public_id: uuid.UUID) -> None:
        with college.app_context():
            viewer = _viewer(college, "何玉萍")
            item = _item(viewer, public_id)
            intent = _intent(item)
            start.wait(timeout=30)
            try:
                registration.file(viewer, item, intent, word="阿职督办")
            except Exception as error:  # noqa: BLE001 - a thread hands its failure to the test
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=file, args=(public_id,)) for public_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    with college.app_context():
        _viewer(college, "何玉萍")
        numbers = db.session.scalars(select(Item.doc_seq).order_by(Item.doc_seq)).all()
    assert failures == []
    assert numbers == list(range(1, wanted + 1))


def test_a_failed_filing_gives_its_number_back(
    college: Flask, draft_item: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SPEC §4, case S08."""
    ids = [draft_item(), draft_item()]
    with college.app_context():
        for public_id in ids:
            _signed_up_to_filing(college, public_id)
        viewer = _viewer(college, "何玉萍")
        item = _item(viewer, ids[0])
        intent = _intent(item)
        with monkeypatch.context() as broken:
            broken.setattr(workflow, "record", _fails)
            with pytest.raises(RuntimeError):
                registration.file(viewer, item, intent, word="阿职督办")
        db.session.rollback()
        viewer = _viewer(college, "何玉萍")
        item = _item(viewer, ids[1])
        registration.file(viewer, item, _intent(item), word="阿职督办")
        item = _item(viewer, ids[1])
        assert item.doc_seq == 1
        assert db.session.scalar(select(func.count()).where(Item.state == "filed")) == 1


def _fails(*_args: object, **_kwargs: object) -> None:
    raise RuntimeError("the event could not be written")


def test_dates_of_the_notice_are_stored(college: Flask, draft_item: New) -> None:
    """Case of A01: issued 2026-11-23, three days, report half-way, red the day after the due."""
    public_id = draft_item("A01")
    with college.app_context():
        _signed_up_to_filing(college, public_id)
        viewer = _viewer(college, "何玉萍")
        item = _item(viewer, public_id)
        registration.file(viewer, item, _intent(item), word="阿职督办")
        issuing.issue(viewer, _item(viewer, public_id), _intent())
        item = _item(viewer, public_id)
        dates = [item.due, item.yellow_from, item.red_from]
    assert [day.isoformat() if day else None for day in dates] == [
        "2026-11-26", "2026-11-25", "2026-11-27",
    ]  # fmt: skip
