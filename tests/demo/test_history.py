"""The sample's history: what the commands made of it is what items.json says (SPEC §9)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.audit import sealing
from portal.audit.verify import Verification
from portal.demo import days, sample
from portal.demo.cards import SHOWN
from portal.demo.history import load_history
from portal.demo.history.doing import DOERS
from portal.demo.history.later import LATER_TABLES
from portal.demo.history.plan import history
from portal.embedded import Servers, clone_database, drop_database
from portal.extensions import db
from portal.item.lights import light_of
from portal.models import (
    Approval,
    ApprovalSlot,
    Case,
    CaseGround,
    Closure,
    DemoHistory,
    Event,
    Extension,
    Feedback,
    FeedbackPoint,
    Item,
    ItemMember,
    ItemUnit,
    NeedToKnow,
    Person,
    UrgeNotice,
    UrgeQuestion,
)
from portal.rulebook import policy
from portal.rulebook.scope import view_as, visible
from portal.steps.issuing.clock import deem_receipts
from tests.conftest import ANCHOR
from tests.demo.figures import figures, known, reports_due
from tests.demo.lived import EVERY, GIVEN, OWN, Lived, day_of, iso, live
from tests.pages import get, send
from tests.people import csrf, sign_in

HERE = Path(__file__).parent
CASES = json.loads((HERE / "data" / "indicator_examples.json").read_text(encoding="utf-8"))["cases"]
DECIDED = {"approved": "approved", "rejected": "rejected", "ext_sign": "pending"}
"""States of a request in the sample's words."""
CLOSED_BY_PHONE = {"A02", "D01", "D03"}
BY_PHONE = {"A02", "D01", "D04"}
"""Handed out before they were signed: no receipts."""
DERIVED = {
    "category_label", "method_label", "public_title", "doc_no", "due_original", "due_effective",
    "warnings", "missed_feedback", "light_at_anchor", "feedback_points",
}  # fmt: skip
"""Keys of an item that follow from the others; the tests below compare most of them."""
READ = {
    "id", "title", "category", "level", "method", "classification", "source", "lead_unit_id",
    "co_unit_ids", "responsible_leader_id", "principal", "handler_id", "co_handler_ids",
    "requirement", "deadline", "proposed_by", "proposed_on", "filed_on", "issued_on", "status",
    "doc_year", "doc_seq", "approvals", "feedbacks", "signed", "need_to_know", "closure",
    "return_note", "void_reason", "extensions", "urges", "phone_records",
    "handovers",
}  # fmt: skip


@pytest.fixture(scope="module")
def lived(
    servers: Servers,
    run_name: str,
    college_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Lived]:
    """The whole history, loaded once for this module."""
    name = f"{run_name}_lived"
    clone = clone_database(servers, name, college_template)
    yield from live(clone, tmp_path_factory.mktemp("lived"))
    drop_database(servers, name)


def test_every_key_of_the_sample_is_used_or_left_for_later() -> None:
    """Nothing of items.json is forgotten in silence."""
    filled = {key for row in GIVEN.values() for key, value in row.items() if value}
    assert filled == READ | (DERIVED & filled)
    tables = json.loads(Path(str(sample.__file__)).with_name("data").joinpath("items.json")
                        .read_text(encoding="utf-8"))  # fmt: skip
    lived_through = {"meta", "items", "urge_notices", "inspections", "accountability"}
    assert tables.keys() == lived_through | LATER_TABLES.keys()


def test_every_kind_of_act_is_done_by_a_command() -> None:
    assert {act.kind for act in history()} == DOERS.keys()


def test_the_same_history_every_time() -> None:
    """Keys are unique, moments ascend, nobody acts after the anchor day."""
    acts = history()
    assert acts == history()
    assert len({act.key for act in acts}) == len(acts)
    assert [act.at for act in acts] == sorted(act.at for act in acts)
    assert day_of(acts[-1].at) == ANCHOR.isoformat()


def test_cases_stand_as_the_sample_says(lived: Lived) -> None:
    """Z01 referred to 组织人事部 after its unit was heard, Z02 a clue, Z03 dropped."""
    with lived.reading() as items:
        for record in sample.accountability():
            (case,) = lived.of(Case, items[record["item_id"]])
            assert (case.state, case.raised_on.isoformat()) == (
                record["status"], record["raised_on"],
            )  # fmt: skip
            grounds = db.session.scalars(
                select(CaseGround.criterion).where(CaseGround.case_id == case.id)
            )
            assert list(grounds) == [record["criterion"]]
            assert case.referred_to == record["referred_to"]
            check = record["office_check"]
            assert case.justified == (check["justified"] if check else None)


def test_numbers_without_a_hole(lived: Lived) -> None:
    with lived.reading() as items:
        numbers = {
            (item.doc_year, item.doc_seq): name for name, item in items.items() if item.doc_seq
        }
    expected = {(row["doc_year"], row["doc_seq"]): row["id"] for row in EVERY.values()
                if row.get("doc_seq")}  # fmt: skip
    assert numbers == expected
    assert [seq for year, seq in sorted(numbers) if year == 2026] == [*range(1, 36)]
    assert [seq for year, seq in sorted(numbers) if year == 2025] == [*range(41, 46)]


def test_states(lived: Lived) -> None:
    """Also every state of lifecycle.json."""
    expected = {name: row["status"] for name, row in EVERY.items()}
    with lived.reading() as items:
        found = {name: item.state for name, item in items.items()}
    assert found == expected
    assert {state.id for state in policy.CURRENT.states} == set(found.values())


@pytest.mark.parametrize("column", ["filed_on", "issued_on", "due_original", "due_effective"])
def test_days(lived: Lived, column: str) -> None:
    expected = {name: row.get(column) for name, row in EVERY.items()}
    with lived.reading() as items:
        found = {name: iso(getattr(item, column)) for name, item in items.items()}
    assert found == expected


def test_lights(lived: Lived) -> None:
    """In the drafter's words 「未交办」 is grey as well."""
    expected = {name: row["light_at_anchor"] for name, row in EVERY.items()}
    with lived.reading() as items:
        found = {name: light_of(item, ANCHOR).name for name, item in items.items()}
    assert found == expected


def test_signatures(lived: Lived) -> None:
    """立项: who signed which box on which day, on paper or online, merged or not."""

    def told(row: dict[str, Any]) -> list[tuple[object, ...]]:
        return sorted(
            (one["step"], one["person_id"], one["on"], one["via"], bool(one.get("filled_by")))
            for one in row.get("approvals", ())
            if one["step"] != "filing" and one.get("decision") != "refuse"
        )

    expected = {name: told(row) for name, row in EVERY.items()}
    at = expected["C04"].index(("sign", "L08", "2026-02-27", "online", False))
    expected["C04"][at] = ("sign", "L08", "2026-02-28", "online", False)
    with lived.reading() as items:
        found = {name: _signed(lived, item) for name, item in items.items()}
    assert found == expected


def _signed(lived: Lived, item: Item) -> list[tuple[object, ...]]:
    runs = select(Approval.id).where(Approval.item_id == item.id, Approval.chain == "initiation")
    boxes = {
        box.id: box for box in lived.of(ApprovalSlot, item, ApprovalSlot.approval_id.in_(runs))
    }
    found = []
    for box in boxes.values():
        filled = boxes[box.filled_by_id] if box.filled_by_id else box
        if filled.state == "agreed" and box.step != "confirm_unit":
            assert filled.person_id is not None
            day = iso(filled.paper_on) or day_of(filled.decided_at)
            via = "online" if box.filled_by_id else box.via
            found.append((box.step, lived.people[filled.person_id], day, via, box is not filled))
    return sorted(found)


def test_receipts(lived: Lived) -> None:
    """签收: who, on which day; E07's co-unit let its day pass, U03 and U06 still have time."""
    expected = {
        (name, one["unit_id"]): (one["person_id"], one["on"])
        for name, row in EVERY.items()
        if name not in BY_PHONE
        for one in row.get("signed", ())
    }
    found, deemed, waiting = {}, set(), set()
    with lived.reading() as items:
        for name, item in items.items():
            for share in lived.of(ItemUnit, item):
                unit = lived.units[share.unit_id]
                if share.received_by_id is not None:
                    day = day_of(share.received_at)
                    found[name, unit] = (lived.people[share.received_by_id], day)
                elif share.deemed:
                    deemed.add((name, unit, day_of(share.received_at)))
                elif share.state == "issued":
                    waiting.add((name, unit))
    assert found == expected
    assert deemed == {("E07", "U07", "2025-12-19")}
    assert waiting == {("B13", "U03"), ("B13", "U06"), ("D05", "U01")}


def test_handlers(lived: Lived) -> None:
    """承办人 of every unit that has received; C06's successor took over."""
    expected = {
        name: {row["handler_id"], *row["co_handler_ids"]}
        for name, row in EVERY.items()
        if row.get("issued_on") and name not in ("B13", "D05")
    }
    with lived.reading() as items:
        found = {
            name: {lived.people[one.person_id] for one in lived.of(ItemMember, item)}
            for name, item in items.items()
        }
    assert {name: people for name, people in found.items() if people} == expected | {"B13": {"P27"}}


def test_instalments(lived: Lived) -> None:
    """第十八条: the plan is the sample's, and goes on where more time was given."""
    expected = {name: row.get("feedback_points", []) for name, row in EVERY.items()}
    expected["D05"] = ["2026-09-23"]  # its notice had gone out before it was voided
    with lived.reading() as items:
        found = {
            name: [point.due.isoformat() for point in lived.of(FeedbackPoint, item)]
            for name, item in items.items()
        }
    assert found == expected


def test_reports(lived: Lived) -> None:
    """反馈: which instalment, when, by whom, confirmed by whom, read; with a closing one more."""
    with lived.reading() as items:
        for name, item in items.items():
            row = EVERY[name]
            points = {one.id: one.due.isoformat() for one in lived.of(FeedbackPoint, item)}
            found = [
                (points.get(one.point_id), day_of(one.confirmed_at),
                 lived.people[one.written_by_id], one.state)
                for one in lived.of(Feedback, item)
            ]  # fmt: skip
            told = [
                (one["point"] if one["point"] in points.values() else None, one["submitted_on"],
                 one["by_id"], "fb_read")
                for one in row.get("feedbacks", ())
            ]  # fmt: skip
            if name in ("B01", "C09"):
                closing = row["closure"]
                told.append((None, closing["submitted_on"], closing["by_id"], "fb_read"))
            assert found == told, name
            heads = [
                (one["confirmed_by_id"], one["submitted_on"])
                for one in row.get("feedbacks", ())
                if one["confirmed_by_id"] != one["by_id"]
            ]
            confirmed = lived.actors(item, "confirm_feedback")
            assert confirmed[: len(heads)] == heads, name


def test_full_reports_stand_as_they_were_written(lived: Lived) -> None:
    """feedbacks.json; the reply to a 催办 is none of them."""
    full = {(one["item_id"], one["written_on"]): one for one in sample.reports()
            if one["kind"] != "urge_reply"}  # fmt: skip
    with lived.reading() as items:
        found = {
            (name, day_of(one.submitted_at)): one
            for name, item in items.items()
            for one in lived.of(Feedback, item)
        }
        for key, told in full.items():
            for field in ("measures", "progress", "effect", "problems", "next_steps", "percent"):
                assert getattr(found[key], field) == told[field], (key, field)
    assert len(full) == 9


def test_urges(lived: Lived) -> None:
    """第十六条（四）, 附件 2: numbers 1 to 5 without a hole, 4号 void, and one in its chain."""
    expected = [
        (one["doc_seq"], one["item_id"], one["on"], None if one["status"] == "ug_review" else
         one["limit"], one["status"])
        for one in sample.urge_notices()
    ]  # fmt: skip
    found, numbers = [], {}
    with lived.reading() as items:
        for name, item in items.items():
            rows = lived.of(UrgeNotice, item)
            found += [(row.doc_seq, name, iso(row.issued_on), iso(row.limit_on), row.state)
                      for row in rows]  # fmt: skip
            numbers[name] = [row.doc_seq for row in rows if row.doc_seq and row.state != "ug_void"]
        reasons = {
            one.urge_id: one.state for item in items.values()
            for one in lived.of(UrgeQuestion, item)
        }  # fmt: skip
    assert sorted(found, key=str) == sorted(expected, key=str)
    assert {name: seqs for name, seqs in numbers.items() if seqs} == {
        name: [int(number.split("〕")[1][:-1]) for number in row["urges"]]
        for name, row in GIVEN.items() if row["urges"]
    }  # fmt: skip
    assert Counter(reasons.values()) == {"asked": 3, "refused": 1, "unanswered": 2}


def test_closings(lived: Lived) -> None:
    """第十四条: completed, on time, days, 销号, 归档."""
    with lived.reading() as items:
        for name, row in EVERY.items():
            told = row.get("closure")
            rounds = lived.of(Closure, items[name])
            assert len(rounds) == (1 if told else 0), name
            if not told:
                continue
            item, last = items[name], rounds[0]
            assert last.result_text == told["result_text"]
            by_phone = row["method"] == "phone"
            handed_in = [day for _head, day in lived.actors(item, "confirm_close")]
            if by_phone:
                assert not handed_in
                handed_in = [day_of(last.handed_in_at)]
                assert lived.people[last.replied_by_id] == told["by_id"], name
            assert (last.reply_form is not None) == by_phone, name
            assert handed_in == [told["submitted_on"]] * (item.state != "closing_unit"), name
            assert iso(item.closed_on) == told["closed_on"], name
            assert iso(item.archived_on) == told["archived_on"], name
            if told["closed_on"]:
                assert iso(last.completed_on) == told["submitted_on"], name
                for field in ("on_time", "on_time_original", "overdue_days", "days_used"):
                    assert getattr(last, field) == told[field], (name, field)


def test_extensions(lived: Lived) -> None:
    """第十九条: asked when, by the cut-off or not, to which day, who signed, how it was decided."""
    with lived.reading() as items:
        for name, item in items.items():
            rows = lived.of(Extension, item)
            found = [
                (row.seq, row.kind, day_of(row.applied_at), iso(row.asked_due), row.timely,
                 iso(row.due_before), day_of(row.cutoff), DECIDED[row.state],
                 day_of(row.decided_at) if row.decided_at else None)
                for row in rows
            ]  # fmt: skip
            given = EVERY[name].get("extensions", ())
            assert found == [
                (one["no"], one["kind"], one["applied_on"], one["new_due"], one["timely"],
                 one["old_due"], one["cutoff"], one["status"], one["approved_on"])
                for one in given
            ], name  # fmt: skip
            for act, key in (
                ("agree_extension", "signed_by_id"),
                ("check_extension", "decided_by_id"),
            ):
                signed = [who for who, _day in lived.actors(item, act)]
                assert signed == [
                    one[key] for one in given
                    if one[key] and not (one["status"] == "rejected" and key == "decided_by_id")
                ], (name, act)  # fmt: skip


def test_simple_closings_are_read_by_both_principals(lived: Lived) -> None:
    """第十五条, T41: 党政办主任 writes the reply down, 书记 and 院长 read it before 销号."""
    with lived.reading() as items:
        for name in sorted(CLOSED_BY_PHONE):
            item, reported = items[name], GIVEN[name]["closure"]["reported_to"]
            assert [who for who, _day in lived.actors(item, "close_simple")] == ["P01"]
            assert [who for who, _day in lived.actors(item, "read_close")] == reported
            assert not lived.actors(item, "apply_close")


def test_long_running_items_are_reviewed_each_january(lived: Lived) -> None:
    """SPEC §2.15: those that were worked on over the turn of the year, once, and no other."""
    with lived.reading() as items:
        found = {name: lived.actors(item, "review_yearly") for name, item in items.items()}
        opened = {
            name: [row.day.isoformat() for row in lived.of(Event, item, Event.act == "open_review")]
            for name, item in items.items()
        }
        waiting = [name for name, item in items.items() if item.review_due]
    assert {name for name, acts in found.items() if acts} == {"C03", "E05", "E06", "E07", "E08"}
    assert all(acts in ([], [("P01", "2026-01-15")]) for acts in found.values())
    assert {name: days for name, days in opened.items() if days} == {
        name: ["2026-01-01"] for name, acts in found.items() if acts
    }
    assert waiting == []


def test_need_to_know(lived: Lived) -> None:
    """第二十一条: the lists of A06 and A07 are the sample's, and no other item has one."""
    with lived.reading() as items:
        found = {
            name: sorted(lived.people[one.person_id] for one in lived.of(NeedToKnow, item))
            for name, item in items.items()
        }
    assert {name: listed for name, listed in found.items() if listed} == {
        name: sorted(GIVEN[name]["need_to_know"]) for name in ("A06", "A07")
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['viewer'][:6]}-{case['unit']}")
def test_figures(lived: Lived, case: dict[str, Any]) -> None:
    """indicator_examples.json, through the eyes of its two viewers. 催办 is counted once it can be
    entered."""
    who = "P01" if "P01" in case["viewer"] else "L10"
    seen = _seen(lived, who)
    names = [name for name in seen if case["unit"] in ("ALL", EVERY[name]["lead_unit_id"])]
    with lived.reading() as items:
        rows = known(lived, items, names)
        found, reports = figures(rows), reports_due(rows)
    expect = case["expect"]
    assert found == {name: expect[name] for name in found}
    assert reports == (expect["fb_due"], expect["fb_on_time"])


def _seen(lived: Lived, who: str) -> list[str]:
    emp_no = next(one["emp_no"] for one in sample.people() if one["id"] == who)
    names = {item_id: name for name, item_id in lived.items.items()}
    with lived.web.app_context():
        person_id = db.session.scalars(select(Person.id).where(Person.emp_no == emp_no)).one()
        viewer = view_as(person_id, lived.web.extensions["portal.clock"])
        return [names[row] for row in
                db.session.scalars(visible(viewer, Item).with_only_columns(Item.id))]  # fmt: skip


def test_who_is_not_listed_sees_two_fewer(lived: Lived) -> None:
    assert set(_seen(lived, "P01")) - set(_seen(lived, "L10")) == {
        "A06", "A07", "D06", "E01",
    }  # fmt: skip


def test_nothing_is_done_after_the_present_moment(lived: Lived) -> None:
    """Acts of the anchor day that the sample dates later were done at the moment of the load."""
    with lived.reading():
        last = db.session.scalar(select(func.max(Event.at)))
        by_clock = db.session.scalars(select(Event.act).where(Event.actor_id.is_(None))).all()
    assert last is not None
    assert last <= lived.web.extensions["portal.clock"].now()
    assert Counter(by_clock) == {
        "deem_receipt": 1, "open_review": 5, "expire_urge": 2, "meet_urge": 2, "lapse_reason": 2,
        "expire_point": 1,
    }  # fmt: skip


def test_the_log_holds(lived: Lived) -> None:
    """`portal audit verify` finds nothing."""
    with lived.worker.app_context():
        sealing.seal()
        check = Verification("")
        assert list(check.findings()) == []
        assert (check.checked, check.waiting) == (_count(lived), 0)


def _count(lived: Lived) -> int:
    with lived.reading():
        return db.session.scalars(select(func.count()).select_from(Event)).one()


def test_loading_again_does_nothing(lived: Lived) -> None:
    before = _count(lived)
    assert load_history(lived.worker) == 0
    assert _count(lived) == before
    with lived.worker.app_context():
        row = db.session.scalars(select(DemoHistory)).one()
        assert (row.done, row.acts) == (lived.acts, lived.acts)


def test_the_office_opens_an_item_in_every_state(lived: Lived) -> None:
    """What is still with another unit's drafters the office does not find; what came back from
    beyond the unit it goes on reading (decision 0083)."""
    client = sign_in(lived.web, "20100013")
    with lived.reading() as items:
        one_each = {item.state: (name, item.public_id) for name, item in items.items()}
    for state, (name, public_id) in one_each.items():
        answer = client.get(f"/items/{public_id}")
        if state in ("returned", "pending_unit", "draft"):
            assert answer.status_code == (404 if state == "pending_unit" else 200), state
            continue
        assert answer.status_code == 200, state
        assert EVERY[name]["title"] in answer.get_data(as_text=True), state


def test_receipts_on_the_page(lived: Lived) -> None:
    """Also of a unit that has handed in, let its day pass, or was told by telephone."""
    client = sign_in(lived.web, "20100013")
    said = {
        "B05": "签收 宣传统战部 仇瑾",
        "E07": "签收 智造建筑学院 魏铭、科研处 视同签收",
        "A02": "签收 保卫处 先交办后补签、后勤国资处 先交办后补签",
    }
    with lived.reading() as items:
        pages = {name: items[name].public_id for name in said}
    for name, words in said.items():
        assert words in get(client, f"/items/{pages[name]}").text, name


@pytest.mark.parametrize("who", SHOWN)
def test_every_seat_opens(lived: Lived, who: str) -> None:
    """Desk, ledger and an item for everybody on the sign-in page of the demo."""
    emp_no = next(one["emp_no"] for one in sample.people() if one["id"] == who)
    client = sign_in(lived.web, emp_no)
    for address in ("/", "/todo", "/ledger"):
        assert get(client, address).status == 200
    seen = _seen(lived, who)
    if who == "P05":
        assert seen == []
        return
    with lived.reading() as items:
        address = f"/items/{items[seen[-1]].public_id}"
    assert get(client, address).status == 200


def test_the_eight_bring_the_missing_states() -> None:
    given = {row["status"] for row in GIVEN.values()}
    own = [row["status"] for row in OWN.values()]
    assert len(OWN) == len(set(own)) == 8
    assert given | set(own) == {state.id for state in policy.CURRENT.states}
    assert not given & set(own)


def test_the_next_day_the_clock_acts(lived: Lived) -> None:
    """The control on every page moves the date; who has not signed for B13 counts as having
    received. Last in the module: it moves the demo on."""
    client = sign_in(lived.web, "20100013")
    token = csrf(client, "/account/password")
    assert send(client, "/demo/date", {"days": "1", "csrf_token": token}).status == 303
    with lived.worker.app_context():
        days.follow()
        assert deem_receipts() == 2
    with lived.reading() as items:
        assert items["B13"].state == "in_progress"
        assert all(share.deemed for share in lived.of(ItemUnit, items["B13"])[::2])
        tomorrow = ANCHOR + timedelta(days=1)
        assert light_of(items["A01"], tomorrow).name == "red"
