"""第十六条（五）: several reports on one page, each handed in by itself."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import Feedback, Item
from portal.rulebook.secrecy import STOPPED
from portal.steps.execution import commands
from tests import scenes
from tests.pages import Page, get, send, values_of
from tests.people import draft
from tests.shaping import read_as
from tests.steps.acting import HANDLER, HEAD, Actor, intent, pass_days

As = Callable[[str], FlaskClient]
DUE = "/reports-due"
TEXTS = {
    "measures": "逐栋排查。", "progress": "已排查3栋。", "next_steps": "继续排查。",
    "percent": "40",
}  # fmt: skip


@pytest.fixture
def two(college: Flask) -> list[uuid.UUID]:
    """Two items of 保卫处 in work, each with reports due by the end of the week."""

    def make() -> list[uuid.UUID]:
        made = []
        for title in ("消防检查", "交通整治"):
            public_id = draft(college, "A01", title=title, level=2, deadline_days=15, co_units=[])
            with college.app_context():
                Actor(college, public_id).to_work()
            made.append(public_id)
        return made

    made = scenes.play(college, ("burden", "two"), make, shared=True)
    pass_days(college, 7)
    return made


def typed(public_id: uuid.UUID, **fields: str) -> dict[str, str]:
    """Fields as the page names them."""
    return {f"r{public_id.hex}-{name}": value for name, value in fields.items()}


def post(client: FlaskClient, *typed_in: dict[str, str]) -> Page:
    page = get(client, DUE)
    sent = dict(values_of(page.form(DUE)))
    for one in typed_in:
        sent.update({name: [value] for name, value in one.items()})
    return send(client, DUE, sent)


def reports(app: Flask) -> dict[str, list[str]]:
    with app.app_context():
        read_as(app, HEAD)
        rows = db.session.execute(
            select(Item.title, Feedback.state).join(Feedback, Feedback.item_id == Item.id)
        ).all()
    found: dict[str, list[str]] = {}
    for title, state in rows:
        found.setdefault(title, []).append(state)
    return found


def test_each_is_handed_in_by_itself(college: Flask, as_: As, two: list[uuid.UUID]) -> None:
    """One lacks a field: it comes back with what was typed, the other is sent all the same."""
    client = as_(HANDLER)
    assert len(get(client, DUE).soup.select("input[name=item]")) == 2
    good = typed(two[0], declared="y", **TEXTS)
    bad = typed(two[1], declared="y", **{**TEXTS, "measures": "", "progress": "路口已设岗。"})
    page = post(client, good, bad)
    assert page.status == 422
    assert "请填写办理举措。" in page.text
    assert "路口已设岗。" in page.text
    assert [tag["value"] for tag in page.soup.select("input[name=item]")] == [str(two[1])]
    assert reports(college) == {"消防检查": ["fb_unit"]}
    again = {**values_of(page.form(DUE)), **typed(two[1], measures="已设岗。")}
    assert send(client, DUE, again).status == 303
    assert reports(college) == {"消防检查": ["fb_unit"], "交通整治": ["fb_unit"]}


def test_what_is_not_declared_is_kept_as_a_draft(
    college: Flask, as_: As, two: list[uuid.UUID]
) -> None:
    client = as_(HANDLER)
    answer = post(client, typed(two[0], declared="y", **TEXTS), typed(two[1], progress="写到一半"))
    assert answer.status == 303
    assert "已报送1项，已保存草稿1项" in get(client, DUE).text
    assert reports(college) == {"消防检查": ["fb_unit"], "交通整治": ["fb_draft"]}
    page = get(client, DUE)
    assert "写到一半" in page.text
    assert send(client, DUE, values_of(page.form(DUE))).status == 303
    assert reports(college)["交通整治"] == ["fb_draft"]


def test_a_form_left_alone_overwrites_nothing(
    college: Flask, as_: As, two: list[uuid.UUID]
) -> None:
    """A colleague saved a draft while the page was open: what was not touched does not undo it, and
    what was is asked about once."""
    client = as_(HANDLER)
    form = values_of(get(client, DUE).form(DUE))
    assert post(as_(HEAD), typed(two[0], progress="科长写的")).status == 303
    assert send(client, DUE, {**form, **typed(two[1], percent="30")}).status == 303
    page = get(client, DUE)
    assert "科长写的" in page.text
    assert values_of(page.form(DUE))[f"r{two[1].hex}-percent"] == ["30"]
    back = send(client, DUE, {**form, **typed(two[0], progress="我写的")})
    assert back.status == 422
    assert "本单位人员刚保存了该项草稿" in back.text
    assert "我写的" in back.text
    assert "科长写的" in get(client, DUE).text
    assert send(client, DUE, values_of(back.form(DUE))).status == 303
    assert "我写的" in get(client, DUE).text


def test_sent_twice_is_one_report(college: Flask, as_: As, two: list[uuid.UUID]) -> None:
    client = as_(HANDLER)
    sent = {**values_of(get(client, DUE).form(DUE)), **typed(two[0], declared="y", **TEXTS)}
    assert [send(client, DUE, sent).status for _ in range(2)] == [303, 303]
    assert reports(college) == {"消防检查": ["fb_unit"]}


def test_a_mark_stops_one_and_not_the_other(college: Flask, as_: As, two: list[uuid.UUID]) -> None:
    """第二十一条: the marked text is forgotten, whether declared or to be kept as a draft."""
    client = as_(HANDLER)
    marked = "机密★5年 关于某项工作的要求"
    page = post(client, typed(two[0], declared="y", **TEXTS), typed(two[1], progress=marked))
    assert page.status == 422
    assert STOPPED in page.text
    assert marked not in page.html
    assert reports(college) == {"消防检查": ["fb_unit"]}


def test_what_somebody_else_did_meanwhile_is_told(
    college: Flask, as_: As, two: list[uuid.UUID], database: Servers
) -> None:
    """The item was changed since the page was opened, or is not this person's any more."""
    client = as_(HANDLER)
    form = values_of(get(client, DUE).form(DUE))
    with connect(database.owner_url) as raw:
        raw.execute("UPDATE item SET version = version + 1 WHERE title = '消防检查'")
        raw.execute(
            "UPDATE item SET classification = 'sensitive', readers = '{}' WHERE title = '交通整治'"
        )
    sent = {**form}
    for one in two:
        sent |= typed(one, declared="y", **TEXTS)
    page = send(client, DUE, sent)
    assert page.status == 422
    assert "该事项刚有变化" in page.text
    assert "交通整治" not in page.html
    assert send(client, DUE, {**values_of(page.form(DUE))}).status == 303
    assert reports(college) == {"消防检查": ["fb_unit"]}


def test_who_has_nothing_to_report(college: Flask, as_: As, two: list[uuid.UUID]) -> None:
    """A head of another unit, who does not know of the item; 党政办, which does not report."""
    for who, status in (("覃燚", 303), ("何玉萍", 422)):
        client = as_(who)
        assert "本周没有应报的反馈" in get(client, DUE).text
        token = values_of(get(client, "/").form("/logout"))["csrf_token"]
        sent = {"csrf_token": token, "item": [str(two[0]), "x", str(uuid.uuid4())]}
        sent |= typed(two[0], declared="y", **TEXTS)
        assert send(client, DUE, sent).status == status
    assert reports(college) == {}


def test_a_report_that_came_back_is_asked_for(
    college: Flask, as_: As, two: list[uuid.UUID]
) -> None:
    with college.app_context():
        actor = Actor(college, two[0])
        actor.report(HANDLER)
        report = actor.reports()[0]
        viewer, item = actor.item(HEAD)
        commands.send_back(viewer, item, report, "return_to_handler", intent(item, "请补充数据。"))
    page = get(as_(HANDLER), DUE)
    assert "请补充数据。" in page.text
    assert len(page.soup.select("input[name=item]")) == 2
