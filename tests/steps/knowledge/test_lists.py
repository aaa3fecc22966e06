"""第二十一条, SPEC §7.3, §7.5 (16), (17): who gets on the list, and who takes whom off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.embedded import Servers
from portal.errors import NotOffered
from portal.extensions import db
from portal.models import Delegation, Event, Item, NeedToKnow
from portal.rulebook import knowledge
from portal.rulebook.readers import readers_of
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import visible
from portal.steps.issuing import commands as issuing
from portal.steps.knowledge import commands
from portal.steps.registration import commands as registration
from tests.steps.acting import HANDLER, HEAD, LEAD, OFFICE, Actor, at_work, intent
from tests.steps.knowledge.listing import (
    AT_SUBMISSION,
    REASON,
    entries,
    person_id,
    readers,
    sensitive,
)

OFFICE_HEAD, OFFICE_LEADER = "杨思源", "余茂春"


def _submit(actor: Actor) -> None:
    viewer, item = actor.item()
    registration.submit(viewer, item, intent(item), declared=True)


def _mark(actor: Actor, who: str = OFFICE_HEAD, reason: str = REASON) -> None:
    viewer, item = actor.item(who)
    commands.mark(viewer, item, intent(item, reason))


def _lift(actor: Actor, who: str = OFFICE_LEADER) -> None:
    viewer, item = actor.item(who)
    commands.lift(viewer, item, intent(item, REASON))


def _grant(actor: Actor, name: str, who: str = OFFICE_HEAD, unit_id: int | None = None) -> None:
    viewer, item = actor.item(who)
    commands.grant(viewer, item, intent(item, REASON), person_id(name), unit_id)


def _end(actor: Actor, name: str, who: str = OFFICE_HEAD) -> None:
    viewer, item = actor.item(who)
    entry = db.session.scalars(
        select(NeedToKnow).where(
            NeedToKnow.person_id == person_id(name), NeedToKnow.to_at.is_(None)
        )
    ).one()
    commands.end(viewer, item, entry, intent(item))


def _sees(actor: Actor, name: str) -> bool:
    viewer = actor.viewer(name)
    mine = visible(viewer, Item).where(Item.public_id == actor.public_id)
    return db.session.scalars(mine).one_or_none() is not None


def _last(actor: Actor, act: str) -> Event:
    actor.item(OFFICE_HEAD)
    return db.session.scalars(
        select(Event).where(Event.act == act).order_by(Event.id.desc()).limit(1)
    ).one()


# The rule-book's own entries ---------------------------------------------------------------


def test_a_sensitive_draft_is_its_drafters_alone(college: Flask, database: Servers) -> None:
    """Not even the drafter's own office sees it, and there is no list yet."""
    with sensitive(college) as actor:
        assert readers(database, actor.public_id) == {OFFICE}
        _viewer, item = actor.item()
        assert knowledge.listed(item) == set()
        assert not _sees(actor, OFFICE_HEAD)


def test_submitting_writes_the_list(college: Flask, database: Servers) -> None:
    """Drafter, leaders who sign, office head, heads of the units; co-units their own part."""
    with sensitive(college) as actor:
        _submit(actor)
        listed = entries(actor)
        assert {entry.name: entry.reason for entry in listed} == AT_SUBMISSION
        assert {entry.name: entry.part for entry in listed if entry.part} == {
            "覃燚": "HGC",
            "余㛃": "XGB",
        }
        assert {entry.by for entry in listed} == {OFFICE}
        assert readers(database, actor.public_id) == set(AT_SUBMISSION)
        event = _last(actor, "submit")
        assert event.facts["listed"] == sorted(map(person_id, AT_SUBMISSION))
        assert set(event.facts) <= {"listed", "signed", "form"}, "ids only"
        assert set(event.facts["form"]) == {"version", "text", "digest"}


def test_a_units_own_draft_is_listed_when_it_goes_to_the_head(college: Flask) -> None:
    """提交单位负责人 writes the list as 提交立项 does, one of the office included."""
    drafter = {"drafter": "20100048"}  # 三郎彭措, deputy of 保卫处
    with sensitive(college, **drafter) as actor:
        viewer, item = actor.item("三郎彭措")
        registration.submit(viewer, item, intent(item), declared=True)
        assert item.state == "pending_unit"
        listed = {entry.name: entry.reason for entry in entries(actor)}
    # 罗䶮, deputy head of the office, is the first of its staff in the official order.
    assert listed == {
        **{name: why for name, why in AT_SUBMISSION.items() if name != OFFICE},
        "三郎彭措": "拟稿人",
        "罗䶮": "党政办督办专员",
    }


def test_the_handler_is_listed_when_named(college: Flask) -> None:
    """第十六条（三）, with the reason in words; who tells the head's name is the head."""
    with sensitive(college) as actor:
        actor.to_work()
        found = next(entry for entry in entries(actor) if entry.name == HANDLER)
        assert (found.reason, found.part, found.by) == ("承办人", "", HEAD)
        assert _sees(actor, HANDLER)


def test_a_successor_is_listed_by_name_only(college: Flask) -> None:
    """SPEC §7.5 (17): another handler does not come on the list by being named, nor later."""
    with sensitive(college) as actor:
        actor.to_work()
        viewer, item = actor.item(HEAD)
        share = actor.share(LEAD)
        issuing.replace_handler(viewer, item, share, intent(item), person_id("三郎彭措"))
        assert not _sees(actor, "三郎彭措")
        viewer, item = actor.item("覃燚")
        issuing.sign_receipt(viewer, item, actor.share("HGC"), intent(None), person_id("杨初"))
        assert _sees(actor, "杨初")
        assert not _sees(actor, "三郎彭措"), "naming another unit's handler brings nobody else"
        _grant(actor, "三郎彭措")
        assert _sees(actor, "三郎彭措")


@pytest.mark.parametrize(
    ("name", "office"), [("王尔基", "acts for 覃燚"), ("陈𬭎", "acts for 解学农")]
)
def test_delegation_does_not_widen_the_list(college: Flask, name: str, office: str) -> None:
    """SPEC §7.5 (16): whoever acts for somebody listed still does not know of the item."""
    fields = {"lead_unit": "JWC", "co_units": ["HGC"], "drafter": "20100013"}
    with sensitive(college, **fields) as actor:
        _submit(actor)
        listed = {entry.name for entry in entries(actor)}
        assert {"解学农", "覃燚"} <= listed, "both givers are on the list"
        assert name not in listed, office
        assert not _sees(actor, name)


# Marking and lifting -----------------------------------------------------------------------


def test_marking_takes_effect_at_once(college: Flask, database: Servers) -> None:
    """定为敏感 (党政办主任): whoever is not needed does not know of it any more."""
    with at_work(college) as actor:
        before = {name for name in ("冉静", "泽仁旺姆", "王尔基", HANDLER) if _sees(actor, name)}
        assert before == {"冉静", "泽仁旺姆", "王尔基", HANDLER}
        _mark(actor)
        assert readers(database, actor.public_id) == {*AT_SUBMISSION, HANDLER}
        assert {name for name in before if _sees(actor, name)} == {HANDLER}
        event = _last(actor, "mark_sensitive")
        assert set(event.facts) == {"listed"}
        assert event.tells == []


@pytest.mark.parametrize("who", ["何玉萍", "余茂春", "坤清祥", "坤建军", "向维岷"])
def test_nobody_else_marks(college: Flask, who: str) -> None:
    with at_work(college) as actor:
        assert "mark_sensitive" not in actor.offers(who)
        with pytest.raises(NotOffered):
            _mark(actor, who)


def test_lifting_opens_the_item_and_keeps_the_list_as_history(
    college: Flask, database: Servers
) -> None:
    """取消敏感 (党政办分管领导), to 内部; marked again, the same persons are needed again."""
    with sensitive(college) as actor:
        actor.to_work()
        _end(actor, "余㛃")
        assert "lift_sensitive" in actor.offers(OFFICE_LEADER)
        _lift(actor)
        _viewer, item = actor.item()
        assert item.classification == "internal"
        assert knowledge.listed(item) == set()
        assert _sees(actor, "泽仁旺姆")
        with pytest.raises(Unmet, match="不是敏感事项"):
            _grant(actor, "冉静")
        _mark(actor)
        expected = {*AT_SUBMISSION, HANDLER} - {"余㛃"}
        assert readers(database, actor.public_id) == expected, "who was taken off stays off"


@pytest.mark.parametrize("who", ["杨思源", "何玉萍", "向维岷", "坤清祥"])
def test_nobody_else_lifts(college: Flask, who: str) -> None:
    with sensitive(college) as actor:
        _submit(actor)
        assert "lift_sensitive" not in actor.offers(who)
        with pytest.raises(NotOffered):
            _lift(actor, who)


# Adding and removing -----------------------------------------------------------------------


LENT = {
    "mark_sensitive": ("office_head", OFFICE_HEAD),
    "grant_knowledge": ("office_head", OFFICE_HEAD),
    "end_knowledge": ("office_head", OFFICE_HEAD),
    "lift_sensitive": ("office_leader", OFFICE_LEADER),
}


@pytest.mark.parametrize("act", LENT)
def test_the_list_is_kept_in_person(college: Flask, act: str) -> None:
    """SPEC §1.5: never by a delegate, also by one who is on the list."""
    role, giver = LENT[act]
    with at_work(college) if act == "mark_sensitive" else sensitive(college) as actor:
        if act != "mark_sensitive":
            _submit(actor)
            _grant(actor, "罗䶮")
        viewer = actor.viewer(giver)
        db.session.add(
            Delegation(
                from_id=person_id(giver),
                to_id=person_id("罗䶮"),
                kind="AB角",
                scope="全部",
                roles=[role],
                starts_at=viewer.moment.instant,
                ends_at=viewer.moment.instant + timedelta(days=3),
                reason="出差",
                created_by_id=person_id(giver),
            )
        )
        db.session.commit()
        assert act in actor.offers(giver)
        assert role in actor.viewer("罗䶮").roles, "the office is lent"
        assert act not in actor.offers("罗䶮")


def test_a_person_is_added_with_a_reason(college: Flask, database: Servers) -> None:
    with sensitive(college) as actor:
        _submit(actor)
        _grant(actor, "冉静")
        assert entries(actor)[-1] == ("冉静", REASON, "", OFFICE_HEAD)
        assert readers(database, actor.public_id) == {*AT_SUBMISSION, "冉静"}
        assert _last(actor, "grant_knowledge").facts == {
            "listed": [person_id("冉静")],
            "unit_id": None,
        }


REFUSED: dict[str, tuple[Callable[[Actor], Any], type[Exception], str]] = {
    "no reason": (
        lambda actor: commands.grant(
            *actor.item(OFFICE_HEAD), intent(None), person_id("冉静"), None
        ),
        Unmet,
        "理由",
    ),
    "nobody": (
        lambda actor: commands.grant(*actor.item(OFFICE_HEAD), intent(None, REASON), None, None),
        Unmet,
        "请选择人员",
    ),
    "somebody listed": (lambda actor: _grant(actor, "向维岷"), Unmet, "已在知悉范围"),
    "a unit that has no part": (
        lambda actor: _grant(actor, "冉静", unit_id=actor.share(LEAD).unit_id),
        Unmet,
        "协办单位",
    ),
    "by a listed leader": (lambda actor: _grant(actor, "冉静", OFFICE_LEADER), NotOffered, ""),
    "by a head": (lambda actor: _grant(actor, "冉静", HEAD), NotOffered, ""),
    "marked twice": (lambda actor: _mark(actor), Unmet, "已是敏感事项"),
    "removed by a leader": (lambda actor: _end(actor, "余㛃", "向维岷"), NotOffered, ""),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_changes_nothing(college: Flask, case: str) -> None:
    attempt, error, said = REFUSED[case]
    with sensitive(college) as actor:
        _submit(actor)
        before = entries(actor)
        with pytest.raises(error, match=said or None):
            attempt(actor)
        db.session.rollback()
        assert entries(actor) == before


def test_removal_is_at_once_and_lasts(college: Flask, database: Servers) -> None:
    """Nobody removed by hand comes back by the rule-book; added by hand again, yes."""
    with sensitive(college) as actor:
        actor.to_filing()
        _end(actor, HEAD)
        assert not _sees(actor, HEAD)
        actor.file()
        assert HEAD not in {entry.name for entry in entries(actor)}
        assert HEAD not in readers(database, actor.public_id)
        _grant(actor, HEAD)
        assert _sees(actor, HEAD)


def test_an_entry_ends_once(college: Flask) -> None:
    with sensitive(college) as actor:
        _submit(actor)
        viewer, item = actor.item(OFFICE_HEAD)
        entry = db.session.scalars(
            select(NeedToKnow).where(NeedToKnow.person_id == person_id("余㛃"))
        ).one()
        commands.end(viewer, item, entry, intent(item))
        viewer, item = actor.item(OFFICE_HEAD)
        with pytest.raises(Unmet, match="已不在知悉范围"):
            commands.end(viewer, item, entry, intent(item))


def test_stored_readers_are_those_of_the_list_whatever_was_done(college: Flask) -> None:
    """After each of these acts the stored copy is what the scope makes of the list."""
    with sensitive(college) as actor:
        _submit(actor)
        for act in (
            lambda: _grant(actor, "冉静"),
            lambda: _end(actor, "余㛃"),
            lambda: actor.sign("坤清祥", "sign"),
            lambda: _grant(actor, "余㛃"),
        ):
            act()
            _viewer, item = actor.item(OFFICE_HEAD)
            assert item.readers == readers_of(item)


def test_only_those_listed_are_told(college: Flask) -> None:
    """Whatever the table says of 告知: nobody outside the list hears of any act."""
    with sensitive(college) as actor:
        _submit(actor)
        _end(actor, "余㛃")
        for who, act in (("坤清祥", "sign"), ("余茂春", "review"), ("三郎泽里", "approve")):
            actor.sign(who, act)
        actor.file()
        actor.receive(HEAD, LEAD, HANDLER)
        actor.receive("覃燚", "HGC", "杨初")
        actor.report(HANDLER)
        actor.item(OFFICE_HEAD)
        told = {id_ for tells in db.session.scalars(select(Event.tells)) for id_ in tells}
        listed = {person_id(entry.name) for entry in entries(actor)}
        assert told, "somebody is told"
        assert told <= listed
