"""SPEC §1.5: who may let whom act for him, for how long, and what ends it (decision 0118)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.clock import shanghai_day
from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import Delegation, Person
from portal.rulebook import delegating
from portal.rulebook.delegating import KINDS, Offices
from tests.conftest import ANCHOR
from tests.pages import Page, fill, get, send
from tests.people import csrf
from tests.steps.acting import CO_HEAD, CO_UNIT, LEAD, Actor
from tests.steps.work import Draft

As = Callable[[str], FlaskClient]
OFFICE, LEADER, OTHER = "何玉萍", "坤清祥", "单晓燕"
WHY = "赴成都参加全省职业教育工作会"
BY_PEOPLE = {
    "坤清祥": {"sign", "all"},
    "余茂春": {"sign", "review", "all"},
    "向维岷": {"sign", "approve", "all"},
    "坤建军": {"acting", "receipt"},
    "杨思源": {"acting", "receipt"},
    "余世华": set(),  # the second head of a 二级学院 heads nothing
    "王尔基": set(),  # 主持工作 by a delegation: what was received is not passed on
    "邓涛": set(),
    "黄素芬": set(),
    "何玉萍": {kind.id for kind in KINDS},  # for others
}
"""What each is offered."""

TAKEN = (
    ("坤清祥", "", "sign", "单晓燕", ""),
    ("坤清祥", "", "all", "三郎泽里", ""),
    ("坤清祥", "", "sign", "坤建军", "taker"),
    ("坤清祥", "", "sign", "坤清祥", "taker"),
    ("坤清祥", "", "sign", "仇瑾", "taker"),
    ("坤建军", "", "acting", "三郎彭措", ""),
    ("坤建军", "", "acting", "邓涛", "taker"),
    ("坤建军", "", "acting", "王尔基", "taker"),
    ("坤建军", "", "receipt", "邓涛", ""),
    ("坤建军", "", "receipt", "杨初", "taker"),
    ("陈静怡", "", "acting", "余世华", ""),
    ("何玉萍", "坤清祥", "sign", "单晓燕", ""),
    ("何玉萍", "坤清祥", "approve", "单晓燕", "kind"),
    ("何玉萍", "坤建军", "acting", "三郎彭措", ""),
    ("何玉萍", "王尔基", "acting", "彭国栋", "kind,taker"),
    ("何玉萍", "", "sign", "单晓燕", "giver"),
)
"""Who sends the form, whom he names as giver, what, to whom; the field that is refused."""


def form_of(days: int = 3, **more: object) -> dict[str, object]:
    """The form, from today on for so many days."""
    last = ANCHOR + timedelta(days - 1)
    return {"first": str(ANCHOR), "last": str(last), "reason": WHY, **more}


def give(client: FlaskClient, **more: object) -> Page:
    return fill(client, "/delegations", "/delegations", form_of(**more))


def wrong(page: Page) -> list[str]:
    return [str(one["id"])[2:].removesuffix("-error") for one in page.soup.select("p.db-error")]


def kept(app: Flask, giver: str) -> list[Delegation]:
    with app.app_context():
        query = select(Delegation).join(Person, Person.id == Delegation.from_id)
        return list(db.session.scalars(query.where(Person.name == giver).order_by(Delegation.id)))


@pytest.fixture
def free(college: Flask, database: Servers) -> Flask:
    """Nobody has lent anything."""
    forget(database)
    return college


def forget(database: Servers) -> None:
    with connect(database.owner_url) as raw:
        raw.execute("DELETE FROM delegation")


def test_what_each_may_give(college: Flask, as_: As) -> None:
    found = {}
    for who in BY_PEOPLE:
        page = get(as_(who), "/delegations")
        found[who] = {str(one["value"]) for one in page.soup.select("input[name=kind]")}
    assert found == BY_PEOPLE


def test_to_whom(free: Flask, as_: As, database: Servers) -> None:
    found = []
    for who, giver, kind, taker, _wrong in TAKEN:
        forget(database)
        if giver == "王尔基":  # who is in charge for another
            with free.app_context():
                lend(free, "覃燚", giver)
        more = {"giver": giver} if who == OFFICE else {}
        page = give(as_(who), kind=kind, taker=taker, **more)
        said = "" if page.status == 303 else ",".join(wrong(page))
        found.append((who, giver, kind, taker, said))
    assert found == list(TAKEN)


def test_a_deputy_of_one_unit_is_not_put_in_charge_of_another() -> None:
    """党政办主任 who heads a second unit lends his office to no deputy of that one."""
    head = Offices(
        frozenset({"unit_head", "office_head"}), frozenset({("unit_head", 1), ("unit_head", 2)})
    )
    of_one = Offices(frozenset({"unit_deputy"}), frozenset({("unit_deputy", 2)}))
    of_both = of_one._replace(units=of_one.units | {("unit_head_party", 1)})
    liaison = Offices(frozenset({"liaison"}), frozenset({("liaison", 2)}))
    acting, receipt = delegating.BY_ID["acting"], delegating.BY_ID["receipt"]
    assert not delegating.may_take(acting, head, of_one)
    assert delegating.may_take(acting, head, of_both)
    assert not delegating.may_take(acting, of_one, of_both)
    assert delegating.may_take(receipt, head, liaison)


def lend(app: Flask, giver: str, taker: str) -> None:
    ids = dict(db.session.execute(select(Person.name, Person.id)).all())
    now = app.extensions["portal.clock"].now()
    db.session.add(
        Delegation(
            from_id=ids[giver], to_id=ids[taker], kind="主持工作", scope="单位负责人全部事项",
            roles=["unit_head"], starts_at=now, ends_at=now + timedelta(9), reason=WHY,
            created_by_id=ids[giver],
        )
    )  # fmt: skip
    db.session.commit()


def test_what_is_lent(free: Flask, as_: As) -> None:
    """Of 全部 what the giver holds; a head's work with his office; until the last moment."""
    for who, kind, taker in (
        ("余茂春", "all", OTHER), ("杨思源", "acting", "罗䶮"), ("坤建军", "receipt", "邓涛"),
    ):  # fmt: skip
        assert give(as_(who), kind=kind, taker=taker).status == 303
    lent = {who: kept(free, who)[0] for who in ("余茂春", "杨思源", "坤建军")}
    assert {who: one.roles for who, one in lent.items()} == {
        "余茂春": ["office_leader", "responsible_leader"],
        "杨思源": ["office_head", "unit_head"],
        "坤建军": ["liaison"],
    }
    one = lent["余茂春"]
    assert shanghai_day(one.ends_at) == ANCHOR + timedelta(2)
    assert (one.kind, one.scope, one.reason, one.revoked_at) == ("AB角", "全部", WHY, None)
    assert one.created_by_id == one.from_id


@pytest.mark.parametrize(
    ("kind", "first", "days", "wrong_field"),
    [
        ("sign", 0, 30, ""), ("sign", 0, 31, "last"), ("sign", -1, 3, "first"),
        ("sign", 3, 0, "last"), ("acting", 0, 180, ""), ("acting", 0, 181, "last"),
    ],
)  # fmt: skip
def test_periods(free: Flask, as_: As, kind: str, first: int, days: int, wrong_field: str) -> None:
    begins = ANCHOR + timedelta(first)
    who, taker = (LEADER, OTHER) if kind == "sign" else ("坤建军", "三郎彭措")
    last = begins + timedelta(days - 1)
    page = give(as_(who), kind=kind, taker=taker, first=str(begins), last=str(last))
    assert (page.status, wrong(page)) == ((422, [wrong_field]) if wrong_field else (303, []))


def test_one_office_is_lent_once_at_a_time(free: Flask, as_: As) -> None:
    leader = as_("余茂春")
    assert give(leader, kind="sign", taker=OTHER).status == 303
    again = give(leader, kind="all", taker=LEADER)
    assert (again.status, wrong(again)) == (422, ["first"])
    assert "已授权单晓燕（审签）至2026年11月25日" in again.text
    later = {"first": str(ANCHOR + timedelta(3)), "last": str(ANCHOR + timedelta(4))}
    assert give(leader, kind="all", taker=LEADER, **later).status == 303
    assert give(leader, kind="review", taker=LEADER).status == 303, "another office"
    head = as_("坤建军")
    assert [give(head, kind="receipt", taker=who).status for who in ("邓涛", "邓涛")] == [303, 422]


def test_the_same_form_twice_is_one(free: Flask, as_: As) -> None:
    client = as_(LEADER)
    key = str(
        get(client, "/delegations").form("/delegations").find("input", {"name": "key"})["value"]
    )  # type: ignore[index]  # a form has one
    data = {**form_of(kind="sign", taker=OTHER), "key": key, "csrf_token": csrf(client, "/")}
    assert [send(client, "/delegations", data).status for _ in range(2)] == [303, 303]
    assert len(kept(free, LEADER)) == 1


def test_taken_back_at_once(free: Flask, as_: As) -> None:
    """By the giver or 党政办; nobody else learns that there is one."""
    for who in (LEADER, OFFICE):
        assert give(as_(LEADER), kind="sign", taker=OTHER).status == 303
        one = kept(free, LEADER)[-1]
        address = f"/delegations/{one.public_id}/revocation"
        for stranger in (OTHER, "邓涛"):
            client = as_(stranger)
            assert send(client, address, {"csrf_token": csrf(client, "/")}).status == 404
        assert "陈𬭎" not in get(as_(OTHER), "/delegations").text
        assert fill(as_(who), "/delegations", address).status == 303
        after = kept(free, LEADER)[-1]
        assert after.revoked_at is not None
        with free.app_context():
            assert db.session.get_one(Person, after.revoked_by_id).name == who
        assert "已撤销" in get(as_(OTHER), "/delegations").text


def test_what_the_office_types_in_says_so(free: Flask, as_: As) -> None:
    assert give(as_(OFFICE), giver=LEADER, kind="sign", taker=OTHER).status == 303
    for who in (LEADER, OTHER, OFFICE, "泽仁旺姆"):
        assert "（何玉萍按书面授权登记）" in get(as_(who), "/delegations").text
    assert LEADER not in get(as_("邓涛"), "/delegations").soup.select_one("main").get_text()  # type: ignore[union-attr]  # every page has one


def test_who_stood_in_is_named(college: Flask, as_: As, draft_item: Draft) -> None:
    """「邓涛（受托签收）」, 「王尔基（主持工作）」 on the page; by which delegation in the log."""
    assert give(as_("坤建军"), kind="receipt", taker="邓涛").status == 303
    given = kept(college, "坤建军")[0]
    actor = Actor(college, draft_item("A01", who=OFFICE))
    with college.app_context():
        actor.to_filing()
        actor.file()
        actor.receive("邓涛", LEAD)
        actor.receive(CO_HEAD, CO_UNIT)
        first, second = (one for one in actor.events() if one.act == "sign_receipt")
        assert first.facts == {"delegation": given.id, "entrusted_by": given.from_id}
        assert (first.acting_as, second.acting_as) == ("liaison", "unit_head")
        lent = db.session.get_one(Delegation, second.facts["delegation"])
        assert lent.from_id == second.on_behalf_of_id
    text = get(as_(OFFICE), f"/items/{actor.public_id}").text
    for words in ("邓涛（受托签收）", "受坤建军委托签收", "王尔基（主持工作）"):
        assert words in text


def test_how_it_is_printed() -> None:
    assert delegating.in_the_name_of("responsible_leader", "解学农") == "（代解学农）"
    assert delegating.in_the_name_of("unit_head", "覃燚") == "（主持工作）"
    assert delegating.in_the_name_of("unit_head", "") == ""
