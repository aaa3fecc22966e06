"""What an agreed change does: numbers, units, people, dates, archive (SPEC §2.2, §3, §4 rule 4)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.documents.filling import fill
from portal.extensions import db
from portal.models import (
    Approval,
    ApprovalSlot,
    ArchiveRecord,
    Closure,
    Event,
    FeedbackPoint,
    Item,
    ItemMember,
    ItemUnit,
    NeedToKnow,
    Unit,
)
from portal.rulebook import knowledge, numbering
from portal.rulebook.item_texts import limit_text, number_of
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import readers_of, visible
from portal.steps.execution import commands as execution
from portal.steps.issuing import commands as issuing
from tests.stages import (
    LINE,
    as_of,
    bring,
    events_of,
    intent,
    item_of,
    person,
    share_of,
    tomorrow,
    unit,
    words_for,
)
from tests.steps.changes.proposing import HEAD, agree, latest, propose, refuse

New = Callable[..., uuid.UUID]
REPORT = execution.ReportFields(
    measures="排查。", progress="已排查。", effect="", problems="", next_steps="整改。", percent=40
)


def _report(app: Flask, public_id: uuid.UUID, name: str) -> None:
    """The lead unit's report on its first instalment."""
    viewer = as_of(app, name)
    item = item_of(viewer, public_id)
    points = select(FeedbackPoint.id).where(FeedbackPoint.item_id == item.id)
    with_it = execution.HandIn(
        point_id=db.session.scalars(points.order_by(FeedbackPoint.seq).limit(1)).one()
    )
    execution.report(
        viewer, item, item.lead_unit_id, REPORT, intent(item), declared=True, with_it=with_it
    )


def _points(item: Item) -> list[str]:
    rows = db.session.scalars(
        select(FeedbackPoint.due)
        .where(FeedbackPoint.item_id == item.id)
        .order_by(FeedbackPoint.seq)
    )
    return [day.isoformat()[5:] for day in rows]


def _dates(item: Item) -> list[str | None]:
    days = (item.due_original, item.due_effective, item.due, item.yellow_from, item.red_from)
    return [day.isoformat()[5:] if day else None for day in days]


def test_a_void_item_keeps_its_number_and_the_next_filing_takes_the_next(
    college: Flask, draft_item: New
) -> None:
    """SPEC §4 rule 4."""
    first, second = draft_item("A01"), draft_item("A01")
    with college.app_context():
        bring(college, first, "in_progress")
        propose(college, first, "void")
        item = agree(college, first, "agree_void", "余茂春")
        assert (item.state, item.doc_seq, item.lit) == ("void", 1, False)
        event = db.session.scalars(select(Event).where(Event.act == "agree_void")).one()
        told = {"杨思源", "坤建军", "邓涛", "坤清祥", "三郎泽里", "向维岷"}
        assert {person(name) for name in told} <= set(event.tells)
        bring(college, second, "filed")
        numbers = db.session.scalars(select(Item.doc_seq).order_by(Item.doc_seq)).all()
        assert numbers == [1, 2]
        assert numbering.gaps([seq for seq in numbers if seq]) == ()


def test_what_was_not_numbered_is_voided_without_a_number(college: Flask, draft_item: New) -> None:
    """待编号备案: no number is used, and none of its signatures waits."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "pending_filing")
        propose(college, public_id, "void")
        item = agree(college, public_id, "agree_void", "余茂春")
        assert (item.state, item.doc_seq) == ("void", None)
        assert words_for(college, "何玉萍") == set()


def test_nothing_of_a_void_item_waits(college: Flask, draft_item: New) -> None:
    """Signatures made up beside the work end with it (先交办后补签)."""
    public_id = draft_item()
    with college.app_context():
        item = bring(college, public_id, "in_progress")
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        run = db.session.scalars(select(Approval)).one()
        box = db.session.scalars(select(ApprovalSlot).where(ApprovalSlot.step == "sign")).one()
        run.state, run.beside, box.state, item.supplementary = "open", True, "open", True
        db.session.commit()
        assert words_for(college, "坤清祥") == {"审签"}
        propose(college, public_id, "void")
        agree(college, public_id, "agree_void", "余茂春")
        assert words_for(college, "坤清祥") == set()
        assert db.session.get_one(Approval, run.id).state == "withdrawn"


def test_the_notice_goes_out_again_to_other_units(college: Flask, draft_item: New) -> None:
    """第八条: 已立项待交办 again, the due day kept, the new unit's plan from the new notice, the
    old unit's people keep what they took part in and nothing to do."""
    public_id = draft_item(level=2, deadline_days=15)
    with college.app_context():
        bring(college, public_id, "in_progress")
        _report(college, public_id, "邓涛")
        assert words_for(college, "坤建军") == {"审核反馈"}
        item = item_of(as_of(college, HEAD), public_id)
        assert _dates(item)[:3] == ["12-08", "12-08", "12-08"]
        assert _points(item) == ["11-30", "12-03"]
        tomorrow(college, 2)
        propose(college, public_id, "reassign", lead="JWC", co=("HGC",))
        agree(college, public_id, "agree_reassign", "坤清祥")
        item = agree(college, public_id, "agree_reassign", "解学农")
        assert (item.state, item.lead_unit_id) == ("filed", unit("JWC"))
        assert item.responsible_leader_id == person("解学农")
        assert (item.doc_seq, item.due_effective) == (1, date(2026, 12, 8))
        roles = {
            row.code: (row.role, row.state)
            for row in db.session.execute(
                select(Unit.code, ItemUnit.role, ItemUnit.state).join(
                    Unit, Unit.id == ItemUnit.unit_id
                )
            )
        }
        assert roles == {
            "JWC": ("lead", "named"), "HGC": ("co", "named"),
            "BWC": ("former", "named"), "XGB": ("former", "named"),
        }  # fmt: skip
        assert words_for(college, "坤建军") == words_for(college, "邓涛") == set()
        assert item_of(as_of(college, "邓涛"), public_id).state == "filed"
        assert item_of(as_of(college, "坤建军"), public_id).state == "filed"
        assert item_of(as_of(college, "余㛃"), public_id).state == "filed"  # told of it
        assert not db.session.scalars(visible(as_of(college, "刘翀"), Item)).all()
        as_of(college, HEAD)
        event = db.session.scalars(
            select(Event).where(Event.act == "agree_reassign").order_by(Event.id.desc()).limit(1)
        ).one()
        assert {person("坤建军"), person("郑守方"), person("坤清祥")} <= set(event.tells)
        viewer = as_of(college, "何玉萍")
        issuing.issue(viewer, item_of(viewer, public_id), intent(item_of(viewer, public_id)))
        item = item_of(as_of(college, HEAD), public_id)
        assert (item.state, item.issued_on) == ("issued", date(2026, 11, 25))
        assert _dates(item)[:3] == ["12-08", "12-08", "12-08"]
        # 5 and 10 days from the new notice; the old unit's unfinished report answers none.
        assert _points(item) == ["11-30", "12-07"]
        assert item.yellow_from == date(2026, 12, 1)
        assert words_for(college, "郑守方") == {"签收"}
        assert words_for(college, "覃燚") == {"签收"}
        assert words_for(college, "坤建军") == set()


def test_an_overdue_item_needs_a_new_date_with_its_new_unit(
    college: Flask, draft_item: New
) -> None:
    """A notice cannot be given out with a day that has passed; nor once it passes while it waits
    for the notice: then the date is adjusted."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "in_progress")  # due on the 26th
        tomorrow(college, 7)
        with pytest.raises(Unmet) as refused:
            propose(college, public_id, "reassign", lead="HGC", co=())
        assert list(refused.value.fields) == ["new_due"]
        db.session.rollback()
        due = date(2026, 12, 2)
        propose(college, public_id, "reassign", lead="HGC", co=(), due=due)
        item = agree(college, public_id, "agree_reassign", "坤清祥")
        assert (item.due_effective, item.due_original) == (due, date(2026, 11, 26))
        assert item.due == due, "lists show the day that holds"
        assert limit_text(item) == "2026年12月2日前"
        tomorrow(college, 4)
        viewer = as_of(college, "何玉萍")
        with pytest.raises(Unmet):
            issuing.issue(viewer, item_of(viewer, public_id), intent(item))
        db.session.rollback()
        propose(college, public_id, "adjust", **_until(date(2026, 12, 9)))
        agree(college, public_id, "sign_adjust", "坤清祥")
        item = agree(college, public_id, "review_adjust", "余茂春")
        viewer = as_of(college, "何玉萍")
        issuing.issue(viewer, item_of(viewer, public_id), intent(item_of(viewer, public_id)))
        item = item_of(as_of(college, HEAD), public_id)
        assert _dates(item)[:3] == ["11-26", "12-09", "12-09"]


def test_old_and_new_share_change_places(college: Flask, draft_item: New) -> None:
    """A co-unit leads, the lead unit helps: their people stay in their units; and back again."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "in_progress")
        for lead, co, role in (("HGC", ("BWC",), "co_handler"), ("BWC", ("HGC",), "handler")):
            propose(college, public_id, "reassign", lead=lead, co=co)
            item = agree(college, public_id, "agree_reassign", "坤清祥")
            member = db.session.scalars(select(ItemMember)).one()
            assert (member.person_id, member.role) == (person("邓涛"), role)
            viewer = as_of(college, "何玉萍")
            issuing.issue(viewer, item_of(viewer, public_id), intent(item))
        propose(college, public_id, "reassign", lead="HGC", co=())
        item = agree(college, public_id, "agree_reassign", "坤清祥")
        assert db.session.scalars(select(ItemMember.role)).one() == "former"
        viewer = as_of(college, "何玉萍")
        issuing.issue(viewer, item_of(viewer, public_id), intent(item))
        propose(college, public_id, "reassign", lead="BWC", co=())
        agree(college, public_id, "agree_reassign", "坤清祥")
        assert db.session.scalars(select(ItemMember)).all() == []
        bring(college, public_id, "in_progress", since="filed")


REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"lead": "BWC", "co": ("HGC", "XGB")}, "lead_unit"),
    ({"lead": "JWC", "co": ("JWC", "BWC")}, "co_units"),
    ({"due": date(2026, 11, 22)}, "new_due"),
    ({"due": date(2040, 1, 1)}, "new_due"),
)


def test_units_that_cannot_be_are_refused(college: Flask, draft_item: New) -> None:
    """No change at all, the lead among the co-units, a date that has passed or lies too far."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "in_progress")
        for given, field in REFUSED:
            with pytest.raises(Unmet) as refused:
                propose(college, public_id, "reassign", **given)
            assert field in refused.value.fields, given
            db.session.rollback()


def test_the_leader_of_the_new_unit_sees_what_he_is_asked(college: Flask, draft_item: New) -> None:
    """第二十一条: 解学农 knew nothing of it before; after his refusal he still sees what he did."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "in_progress")
        assert not db.session.scalars(visible(as_of(college, "解学农"), Item)).all()
        propose(college, public_id, "reassign")
        assert words_for(college, "解学农") == {"审签调整"}
        refuse(college, public_id, "解学农")
        assert len(db.session.scalars(visible(as_of(college, "解学农"), Item)).all()) == 1
        assert not db.session.scalars(visible(as_of(college, "郑守方"), Item)).all()


def test_of_a_sensitive_item_only_who_must_agree_is_added(college: Flask, draft_item: New) -> None:
    """SPEC §7.3: the new leader when it is proposed, the new unit's head when it is agreed."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "in_progress")
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        item.classification = "sensitive"
        knowledge.extend(item, viewer.moment, None)
        item.readers = readers_of(item)
        db.session.commit()
        propose(college, public_id, "reassign", co=())
        names = {"解学农": True, "郑守方": False, "陈𬭎": False}
        for name, knows in names.items():
            seen = db.session.scalars(visible(as_of(college, name), Item)).all()
            assert bool(seen) is knows, name
        agree(college, public_id, "agree_reassign", "解学农")
        agree(college, public_id, "agree_reassign", "坤清祥")
        assert db.session.scalars(visible(as_of(college, "郑守方"), Item)).all()
        as_of(college, HEAD)
        entry = db.session.scalars(
            select(NeedToKnow).where(NeedToKnow.person_id == person("解学农"))
        ).one()
        assert "调整承办单位" in entry.reason


ADJUSTED: tuple[tuple[dict[str, Any], list[str | None], list[str]], ...] = (
    # As issued on the 23rd: level 2, 15 days.
    ({"requirement": "另行要求。"},
     ["12-08", "12-08", "12-08", "12-01", "12-09"], ["11-30", "12-03"]),
    ({"deadline_kind": "days", "deadline_days": 10},
     ["12-08", "12-03", "12-03", "11-30", "12-04"], ["11-30"]),
    ({"deadline_kind": "date", "deadline_date": date(2026, 12, 13), "deadline_basis": "上级要求"},
     ["12-08", "12-13", "12-13", "12-01", "12-14"], ["11-30", "12-03", "12-08"]),
    ({"level": 3, "deadline_kind": "days", "deadline_days": 30},
     ["12-08", "12-23", "12-23", "12-04", "12-24"], ["12-03", "12-14"]),
    ({"level": 1, "deadline_kind": "date", "deadline_date": date(2026, 11, 29),
      "deadline_basis": "院长要求"},
     ["12-08", "11-29", "11-29", "11-27", "11-30"], ["11-26"]),
    ({"level": 4, "deadline_kind": "open"},
     ["12-08", None, None, "12-18", "01-23"], ["12-23", "01-22"]),
)  # fmt: skip


@pytest.mark.parametrize(("given", "dates", "points"), ADJUSTED)
def test_lights_and_instalments_follow_the_adjusted_period(
    college: Flask, draft_item: New, given: dict[str, Any], dates: list[str | None],
    points: list[str],
) -> None:  # fmt: skip
    """第十八、十九条: counted from the same 交办 by the level as it now is; 原定时限 stays."""
    public_id = draft_item(level=2, deadline_days=15)
    with college.app_context():
        bring(college, public_id, "in_progress")
        _adjusted(college, public_id, **given)
        item = item_of(as_of(college, HEAD), public_id)
        assert _dates(item) == dates
        assert _points(item) == points
        assert item.lit
        change = latest(item)
        assert set(change.before) == set(change.values)
        if "level" in given:
            assert (change.before["level"], item.level) == (2, given["level"])


def _until(day: date) -> dict[str, Any]:
    return {"deadline_kind": "date", "deadline_date": day, "deadline_basis": "院长办公会"}


def _adjusted(app: Flask, public_id: uuid.UUID, **given: Any) -> None:
    propose(app, public_id, "adjust", **given)
    agree(app, public_id, "sign_adjust", "坤清祥")
    agree(app, public_id, "review_adjust", "余茂春")
    if "level" in given:
        agree(app, public_id, "approve_adjust", "三郎泽里")


def test_what_was_reported_and_missed_stays(college: Flask, draft_item: New) -> None:
    """None is asked for after the fact, none twice, and a report keeps its instalment."""
    public_id = draft_item(level=2, deadline_days=15)
    with college.app_context():
        bring(college, public_id, "in_progress")
        tomorrow(college, 9)  # 2 December: the instalment of 30 November is missed
        _report(college, public_id, "坤建军")
        _adjusted(college, public_id, **_until(date(2026, 12, 20)))
        item = item_of(as_of(college, HEAD), public_id)
        assert _points(item) == ["11-30", "12-03", "12-08", "12-14", "12-18"]
        # The report answered the first; the next is not due yet.
        assert item.yellow_from == date(2026, 12, 4)


BAD: tuple[tuple[dict[str, Any], str], ...] = (
    ({"level": 3, "requirement": "x"}, ""),
    ({"level": 4}, "deadline_days"),
    ({"deadline_kind": "days", "deadline_days": 40}, "deadline_days"),
    ({"level": 4, "deadline_kind": "days"}, "deadline_kind"),
    ({"deadline_kind": "date"}, "deadline_date"),
    ({"deadline_kind": "date", "deadline_date": date(2026, 12, 1)}, "deadline_basis"),
    ({"deadline_kind": "date", "deadline_date": date(2026, 11, 22), "deadline_basis": "会"},
     "deadline_date"),
    ({"deadline_kind": "open"}, "deadline_kind"),
)  # fmt: skip


def test_what_cannot_be_adjusted_is_said_at_its_field(college: Flask, draft_item: New) -> None:
    """The period must fit the level as it will be (第十八条); something must change."""
    public_id = draft_item(level=2, deadline_days=15)
    with college.app_context():
        bring(college, public_id, "in_progress")
        for given, field in BAD:
            if not field:  # 15 days fit level 3 as well
                propose(college, public_id, "adjust", **given)
                refuse(college, public_id, "坤清祥")
                continue
            with pytest.raises(Unmet) as refused:
                propose(college, public_id, "adjust", **given)
            assert field in refused.value.fields, given
            db.session.rollback()
        item = item_of(as_of(college, HEAD), public_id)
        with pytest.raises(Unmet) as refused:
            propose(college, public_id, "adjust", requirement=item.requirement)
        assert "没有变化" in refused.value.reason
        db.session.rollback()
        tomorrow(college, 12)
        with pytest.raises(Unmet) as refused:
            propose(college, public_id, "adjust", deadline_kind="days", deadline_days=7)
        assert "按此计算的完成时限已过" in refused.value.reason


def test_annex_1_stays_as_it_was_signed(college: Flask, draft_item: New) -> None:
    """Frozen at filing (SPEC §5.2), whatever was changed since."""
    public_id = draft_item(level=2, deadline_days=15)
    with college.app_context():
        item = bring(college, public_id, "in_progress")
        filed = fill(as_of(college, "何玉萍"), item, "filing", 1, "学院")
        _adjusted(college, public_id, level=3, requirement="另行要求。")
        propose(college, public_id, "reassign", co=("XGB",))
        agree(college, public_id, "agree_reassign", "坤清祥")
        agree(college, public_id, "agree_reassign", "解学农")
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        assert (item.level, item.lead_unit_id) == (3, unit("JWC"))
        assert fill(viewer, item, "filing", 1, "学院") == filed
        assert len(db.session.scalars(visible(viewer, Item)).all()) == 1  # none was added for it


@pytest.mark.parametrize("state", ["closed", "archived"])
def test_reopened_under_the_same_number(college: Flask, draft_item: New, state: str) -> None:
    """第十六条（六）: in work again until the new day; the first filing stays, another follows."""
    public_id = draft_item()
    with college.app_context():
        item = bring(college, public_id, "closed")
        if state == "archived":
            share = share_of(as_of(college, "何玉萍"), item, "BWC")
            assert share.state == "received"
            _archive(college, public_id)
        tomorrow(college, 5)
        propose(college, public_id, "reopen")
        item = agree(college, public_id, "agree_reopen", "三郎泽里")
        assert (item.state, item.doc_seq, item.closed_on) == ("in_progress", 1, None)
        assert item.archived_on is None
        assert _dates(item) == ["11-26", "12-10", "12-10", "12-05", "12-11"]
        assert item.lit
        assert not item.blue
        change = latest(item)
        assert change.before["closed_on"] == "2026-11-23"
        records = db.session.scalars(select(ArchiveRecord)).all()
        assert len(records) == 2
        assert all(record.superseded_at for record in records)
        assert words_for(college, "邓涛") == {"办理"}
        tomorrow(college, 3)
        bring(college, public_id, "closed", since="in_progress")
        _archive(college, public_id)
        item = item_of(as_of(college, HEAD), public_id)
        assert (item.state, item.archived_on) == ("archived", date(2026, 12, 1))
        closures = db.session.scalars(select(Closure).order_by(Closure.id)).all()
        assert [closure.completed_on for closure in closures] == [
            date(2026, 11, 23), date(2026, 12, 1),
        ]  # fmt: skip
        assert closures[-1].on_time
        kept = db.session.scalars(
            select(ArchiveRecord).where(ArchiveRecord.superseded_at.is_(None))
        ).all()
        assert {record.kept_on for record in kept} == {date(2026, 12, 1)}
        assert events_of(item)[-2:] == ["keep_copy", "archive"]


def _archive(app: Flask, public_id: uuid.UUID) -> None:
    for _, name, act in LINE[-2:]:
        viewer = as_of(app, name)
        act(viewer, item_of(viewer, public_id))


@pytest.mark.parametrize("due", [None, date(2026, 11, 22), date(2040, 1, 1)])
def test_reopening_needs_a_day(college: Flask, draft_item: New, due: date | None) -> None:
    """Not in the past, not out of reach."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "closed")
        with pytest.raises(Unmet) as refused:
            propose(college, public_id, "reopen", due=due)
        assert list(refused.value.fields) == ["new_due"]


def test_a_number_is_the_same_after_everything(college: Flask, draft_item: New) -> None:
    """SPEC §4 rule 3: for life."""
    public_id = draft_item()
    with college.app_context():
        number = number_of(bring(college, public_id, "closed"))
        propose(college, public_id, "reopen")
        item = agree(college, public_id, "agree_reopen", "三郎泽里")
        assert number_of(item) == number
