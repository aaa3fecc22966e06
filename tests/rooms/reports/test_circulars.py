"""第二十、二十三条: a 通报 from its draft to its readers; whom it may criticise."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal import store
from portal.documents.control import number_of
from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.messages import inbox
from portal.messages.inbox import Filters
from portal.models import BriefCopy, Delegation, Person, Unit
from portal.rooms.reports import commands, making, queries
from portal.rooms.verifying import queries as verifying
from portal.rulebook.briefs import guards
from portal.rulebook.cases import Decision
from portal.rulebook.refusals import Unmet
from tests.documents.samples import text_of
from tests.rooms.reports.acting import (
    HANDLER,
    HEAD,
    LEADER,
    LIAISON,
    PRESIDENT,
    SECRETARY,
    STAFF,
    UNIT_HEAD,
    World,
    act,
    brief_of,
    circular,
    release,
    sent,
    write,
)
from tests.stages import as_of, unit

DECIDED = Decision(
    uuid.uuid4(), date(2026, 11, 1), "阿职党纪要〔2026〕20号", ["circular"], "通报批评。"
)
LETTER = "关于做好岁末年初督办工作的通报"


@pytest.fixture
def decided(monkeypatch: pytest.MonkeyPatch) -> list[Decision]:
    """What was decided against whatever unit is asked for; nothing, until a test says so."""
    found: list[Decision] = []
    monkeypatch.setattr(guards, "decided_against", lambda _unit: list(found))
    return found


@pytest.fixture
def published(world: World) -> uuid.UUID:
    """A 通报 of this November that was released."""
    with world.app.app_context():
        brief_id = circular(world)
        release(world, brief_id)
    return brief_id


def _criticise(world: World, brief_id: uuid.UUID, code: str) -> None:
    viewer, brief = brief_of(world, STAFF, brief_id)
    commands.criticise(viewer, brief, [unit(code)], sent())


def test_heads_and_liaisons_are_told_and_say_that_they_read(
    world: World, published: uuid.UUID
) -> None:
    """SPEC §5.9: to 各单位; every unit of the day has a copy."""
    with world.app.app_context():
        viewer = as_of(world.app, STAFF)
        copies = db.session.scalars(select(BriefCopy)).all()
        units = set(db.session.scalars(select(Unit.id).where(Unit.valid_to.is_(None))))
        assert {copy.unit_id for copy in copies} == units
        for who in (UNIT_HEAD, LIAISON):
            viewer = as_of(world.app, who)
            (line,) = inbox.find(viewer, Filters(unread=True, kind="N51", page=1)).lines
            assert line.text == "《关于11月督办督查事项办理情况的通报》已印发，请查阅并传达落实。"
            assert line.brief == str(published)
        viewer, brief = brief_of(world, LIAISON, published)
        assert queries.unread(viewer, brief)
        commands.note_read(viewer, brief)
        assert not queries.unread(viewer, brief)
        viewer, brief = brief_of(world, STAFF, published)
        read = {copy.name for copy in queries.copies(viewer, brief) if copy.read_at}
        assert read == {LIAISON}


def test_it_is_not_there_before_it_is_published(world: World) -> None:
    with world.app.app_context():
        brief_id = circular(world)
        act(world, HEAD, "hand_in", brief_id)
        for who in (UNIT_HEAD, LIAISON, HANDLER):
            with pytest.raises(NotFound):
                queries.brief_or_404(as_of(world.app, who), brief_id)


def test_who_belongs_to_no_units_leading_does_not_read_it(
    world: World, published: uuid.UUID
) -> None:
    """It goes to heads, deputies and liaisons, who pass it on."""
    with world.app.app_context(), pytest.raises(NotFound):
        queries.brief_or_404(as_of(world.app, HANDLER), published)


def test_a_unit_is_criticised_only_where_that_was_decided(
    world: World, decided: list[Decision]
) -> None:
    """第二十三条: 问责 first; another measure than 全校通报批评 is not enough."""
    with world.app.app_context():
        brief_id = circular(world)
        _criticise(world, brief_id, "BWC")
        with pytest.raises(Unmet, match="保卫处尚无已作出的全校通报批评决定"):
            act(world, HEAD, "hand_in", brief_id)
        db.session.rollback()
        decided.append(DECIDED._replace(measures=["reminder"]))
        with pytest.raises(Unmet, match="保卫处"):
            act(world, HEAD, "hand_in", brief_id)
        db.session.rollback()
        decided.append(DECIDED)
        assert act(world, HEAD, "hand_in", brief_id) == "reviewing"


def test_criticism_needs_both_principals(world: World, decided: list[Decision]) -> None:
    with world.app.app_context():
        decided.append(DECIDED)
        brief_id = circular(world)
        _criticise(world, brief_id, "BWC")
        act(world, HEAD, "hand_in", brief_id)
        assert act(world, LEADER, "review", brief_id) == "approving"
        assert act(world, SECRETARY, "approve", brief_id) == "approving"
        assert act(world, PRESIDENT, "approve", brief_id) == "released"


def test_criticism_is_signed_in_person(world: World, decided: list[Decision]) -> None:
    """A delegate could not even be told whether it was decided: no case's key is lent (0147)."""
    with world.app.app_context():
        decided.append(DECIDED)
        as_of(world.app, STAFF)
        _lend(world, LEADER, HANDLER)
        plain, brief_id = circular(world), circular(world)
        _criticise(world, brief_id, "BWC")
        for one in (plain, brief_id):
            act(world, HEAD, "hand_in", one)
        viewer = as_of(world.app, HANDLER)
        assert [line.public_id for line in queries.asked(viewer)] == [plain]
        with pytest.raises(NotOffered):
            act(world, HANDLER, "review", brief_id)
        db.session.rollback()
        assert act(world, HANDLER, "review", plain) == "released"
        assert act(world, LEADER, "review", brief_id) == "approving"


def _lend(world: World, giver: str, taker: str) -> None:
    now = world.app.extensions["portal.clock"].now()
    ids = dict(db.session.execute(select(Person.name, Person.id)).all())
    db.session.add(
        Delegation(
            from_id=ids[giver], to_id=ids[taker], kind="AB角", scope="全部",
            roles=["office_leader"], starts_at=now, ends_at=now + timedelta(9), reason="外出",
            created_by_id=ids[giver],
        )
    )  # fmt: skip
    db.session.commit()


def test_a_decision_that_was_lifted_meanwhile_stops_the_signature(
    world: World, decided: list[Decision]
) -> None:
    """申诉复核 may end it between two signatures."""
    with world.app.app_context():
        decided.append(DECIDED)
        brief_id = circular(world)
        _criticise(world, brief_id, "BWC")
        act(world, HEAD, "hand_in", brief_id)
        decided.clear()
        with pytest.raises(Unmet, match="保卫处"):
            act(world, LEADER, "review", brief_id)


def test_names_beside_words_of_criticism_are_looked_at(world: World) -> None:
    """It warns: whether it is criticism, the office says."""
    with world.app.app_context():
        brief_id = circular(world)
        write(world, brief_id, "problems", "保卫处工作推进滞后。教务处按时办结。")
        viewer, brief = brief_of(world, HEAD, brief_id)
        assert [(one.unit, one.word) for one in guards.named_in(viewer, brief)] == [
            ("保卫处", "滞后")
        ]
        with pytest.raises(Unmet, match="文中保卫处与批评性表述同句出现"):
            commands.hand_in(viewer, brief, sent())
        db.session.rollback()
        viewer, brief = brief_of(world, HEAD, brief_id)
        commands.hand_in(viewer, brief, sent(), names_checked=True)
        assert queries.brief_or_404(viewer, brief_id).names_checked


def test_a_title_that_criticises_is_looked_at_too(world: World) -> None:
    with world.app.app_context():
        brief_id = circular(world, title="关于保卫处工作推进滞后的通报")
        write(world, brief_id, "text", "请各单位引以为戒。")
        with pytest.raises(Unmet, match="文中保卫处"):
            act(world, HEAD, "hand_in", brief_id)


def test_looked_at_once_it_is_looked_at_again_after_a_change(world: World) -> None:
    with world.app.app_context():
        brief_id = circular(world)
        write(world, brief_id, "problems", "保卫处工作推进滞后。")
        viewer, brief = brief_of(world, STAFF, brief_id)
        commands.hand_in(viewer, brief, sent(), names_checked=True)
        act(world, HEAD, "send_back", brief_id, "请再核对一遍。")
        write(world, brief_id, "problems", "保卫处、教务处工作推进滞后。")
        with pytest.raises(Unmet, match="文中教务处、保卫处"):
            act(world, HEAD, "hand_in", brief_id)


def test_the_first_wording_names_no_unit_that_is_late(world: World) -> None:
    with world.app.app_context():
        brief_id = circular(world)
        viewer, brief = brief_of(world, STAFF, brief_id)
        assert guards.named_in(viewer, brief) == []


def test_a_recalled_one_is_told_with_its_reason_and_stays_on_file(
    world: World, published: uuid.UUID
) -> None:
    with world.app.app_context():
        viewer, brief = brief_of(world, HEAD, published)
        with pytest.raises(Unmet, match="请写明理由"):
            commands.act(viewer, "recall", brief, sent())
        db.session.rollback()
        assert act(world, HEAD, "recall", published, "数据有误，另行印发。") == "recalled"
        viewer, brief = brief_of(world, UNIT_HEAD, published)
        (line,) = inbox.find(viewer, Filters(unread=True, kind="N54", page=1)).lines
        assert "已撤回" in line.text
        sheet = queries.sheet_of(viewer, brief)
        assert sheet is not None
        assert sheet.state == "made"


@pytest.mark.parametrize("who", [STAFF, UNIT_HEAD, PRESIDENT])
def test_others_recall_nothing(world: World, published: uuid.UUID, who: str) -> None:
    with world.app.app_context(), pytest.raises(NotOffered):
        act(world, who, "recall", published, "数据有误，另行印发。")


def test_one_of_its_own_title_counts_nothing_and_has_a_red_head(world: World) -> None:
    with world.app.app_context():
        brief_id = circular(world, title=LETTER, number="阿职党政办〔2026〕5号")
        with pytest.raises(Unmet, match="“立项数”不是可以引用的数据"):
            write(world, brief_id, "text", "立项{立项数}项。")
        db.session.rollback()
        write(world, brief_id, "text", "请各单位按时报送书面反馈。")
        sheet = release(world, brief_id)
        settings = world.app.extensions["portal.settings"]
        path = store.path_of(settings.files_dir, sheet.sha256 or "")
        printed = text_of(path.read_bytes())
    assert LETTER in printed
    assert "阿坝职业学院党政办公室文件" in printed
    assert "阿职党政办〔2026〕5号" in printed
    assert "请各单位按时报送书面反馈。" in printed


def test_its_code_leads_to_it_for_those_who_may_read_it(world: World, published: uuid.UUID) -> None:
    with world.app.app_context():
        viewer, brief = brief_of(world, LIAISON, published)
        sheet = queries.sheet_of(viewer, brief)
        assert sheet is not None
        public_id, digest = sheet.public_id, sheet.sha256 or ""
        found = verifying.of_number(viewer, public_id)
        assert found is not None
        assert (found.label, found.code) == ("通报", number_of(public_id))
        assert [one.public_id for one in verifying.of_digest(viewer, digest)] == [public_id]
        assert verifying.of_number(as_of(world.app, HANDLER), public_id) is None


def test_a_sheet_asked_for_twice_is_made_once(world: World) -> None:
    with world.app.app_context():
        brief_id = circular(world)
        viewer, brief = brief_of(world, STAFF, brief_id)
        first = commands.ask_sheet(viewer, brief).id
        viewer, brief = brief_of(world, STAFF, brief_id)
        assert commands.ask_sheet(viewer, brief).id == first
    with world.worker.app_context():
        making.set_sheet(first)
        making.set_sheet(first)
    with world.app.app_context():
        viewer, brief = brief_of(world, STAFF, brief_id)
        sheet = queries.sheet_of(viewer, brief)
        assert sheet is not None
        assert (sheet.state, sheet.tries) == ("made", 1)
        assert not brief.released_on
