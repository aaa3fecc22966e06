"""A draft open twice, or submitted meanwhile; a form that says too little (SPEC §2.2)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.extensions import db
from tests.pages import Page, fill, get, send, values_of
from tests.stages import as_of, item_of
from tests.steps.registration.pages import (
    ENOUGH,
    LITTLE,
    NEW,
    made,
    stored,
    unit_id,
)

As = Callable[[str], FlaskClient]
New = Callable[..., uuid.UUID]


def test_the_second_window_is_told_and_keeps_its_texts(college: Flask, as_: As) -> None:
    """Two windows on one draft: 409, nothing overwritten; field by field what stands there now and
    what was typed, and the form filled with it: one click saves it after all."""
    office = as_("何玉萍")
    address = made(office, {**LITTLE, "lead_unit": unit_id(college, "保卫处")})
    second = values_of(get(office, f"{address}/form").form("/form"))
    first = {"title": "先保存的题目", "save": ""}
    assert fill(office, f"{address}/form", "/form", first).status == 303
    typed = {
        **second, "title": "后保存的题目", "requirement": "写了很久的要求", "level": "3",
        "co_units": [unit_id(college, "学工部")], "save": "",
    }  # fmt: skip
    answer = send(office, f"{address}/form", typed)
    assert answer.status == 409
    answer.check()
    assert "何玉萍于2026年11月23日" in answer.text
    assert "办理“保存草稿”" in answer.text
    rows = [
        [cell.get_text(strip=True) for cell in row.find_all(["th", "td"])]
        for row in answer.soup.select(".db-differences tbody tr")
    ]
    assert rows == [
        ["事项", "先保存的题目", "后保存的题目"],
        ["办理要求", "未填写", "写了很久的要求"],
        ["等级", "二级", "三级"],
        ["协办单位", "未填写", "学工部"],
    ]
    assert stored(college, address).title == "先保存的题目"
    form = answer.form("/form")
    assert send(office, str(form["action"]), {**values_of(form), "save": ""}).status == 303
    item = stored(college, address)
    assert (item.title, item.requirement, item.level) == ("后保存的题目", "写了很久的要求", 3)


def test_a_draft_submitted_by_a_colleague_meanwhile(college: Flask, as_: As) -> None:
    """Two clerks on one draft: what the drafter was still typing is handed back, field by field."""
    office, colleague = as_("何玉萍"), as_("杨思源")
    enough = {name: value for name, value in ENOUGH.items() if name != "submit"}
    address = made(office, {**enough, "lead_unit": unit_id(college, "保卫处"), "save": ""})
    second = values_of(get(office, f"{address}/form").form("/form"))
    assert fill(colleague, address, "/submission", {"declared": "y"}).status == 303
    typed = {**second, "requirement": "又想了一遍的要求", "save": ""}
    answer = send(office, f"{address}/form", typed)
    assert answer.status == 409
    answer.check()
    assert "杨思源于2026年11月23日" in answer.text
    assert "办理“提交立项”" in answer.text
    assert "又想了一遍的要求" in answer.soup.select_one(".db-kept").get_text()
    assert not answer.soup.select("main form")
    assert stored(college, address).requirement != "又想了一遍的要求"


def test_a_form_does_what_it_says_or_nothing(college: Flask, as_: As) -> None:
    """「提交单位负责人」 sent by who submits to the leader: not done as something else."""
    office = as_("何玉萍")
    enough = {name: value for name, value in ENOUGH.items() if name != "submit"}
    address = made(office, {**enough, "lead_unit": unit_id(college, "保卫处"), "save": ""})
    form = values_of(get(office, address).form("/submission"))
    answer = send(office, f"{address}/submission", {**form, "act": "submit_unit", "declared": "y"})
    assert answer.status == 422
    assert "“提交单位负责人”不由您办理" in answer.text
    assert stored(college, address).state == "draft"


def test_another_drafter_sees_the_draft_and_cannot_change_it(college: Flask, as_: As) -> None:
    """T01: the proposer saves; a colleague of the same office reads."""
    address = made(as_("何玉萍"), {**LITTLE, "lead_unit": unit_id(college, "保卫处")})
    other = as_("杨思源")
    assert get(other, address).status == 200
    assert get(other, f"{address}/form").status == 422
    answer = _sent_by(other, address, get(as_("何玉萍"), f"{address}/form"))
    assert answer.status == 422
    assert stored(college, address).title == LITTLE["title"]


def _sent_by(client: FlaskClient, address: str, page: Page) -> Page:
    from tests.people import csrf

    data = {**values_of(page.form("/form")), "title": "改动", "save": ""}
    return send(client, f"{address}/form", {**data, "csrf_token": csrf(client, address)})


@pytest.mark.parametrize("answer", ["yes", "", []])
def test_without_the_answer_nothing_is_read(college: Flask, as_: As, answer: object) -> None:
    """第二十一条: refused before the texts are looked at."""
    typed = {**LITTLE, "lead_unit": unit_id(college, "保卫处"), "secret": answer}
    refused = fill(as_("何玉萍"), NEW, "/items/new", typed)
    assert refused.status == 422
    assert "请先回答是否涉及国家秘密。" in refused.text
    assert LITTLE["title"] not in refused.html


def test_a_refusal_names_its_own_article(
    college: Flask, as_: As, draft_item: Callable[..., uuid.UUID]
) -> None:
    """A period the level does not allow is refused by 第十八条, not by that of 提交立项; one tap to
    the text."""
    public_id = draft_item("A01", level=2, deadline_days=15)
    with college.app_context():
        item = item_of(as_of(college, "何玉萍"), public_id)
        item.deadline_days = 20
        db.session.commit()
    answer = fill(as_("何玉萍"), f"/items/{public_id}", "/submission", {"declared": "y"})
    assert answer.status == 422
    alert = answer.soup.select_one("[role=alert]")
    assert alert is not None
    links = {link["href"]: link.get_text() for link in alert.select("a.db-ground")}
    assert [href for href in links if href.startswith("/help/rulebook#a18")], links
