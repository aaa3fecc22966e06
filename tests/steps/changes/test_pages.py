"""作废、调整、恢复督办 as people meet them: proposals, both sides, notices (SPEC §2.2)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.extensions import db
from portal.models import Change, SecrecyStop
from tests.pages import Page, fill, get
from tests.stages import as_of, bring, item_of, unit
from tests.steps.changes.proposing import HEAD, REASON, agree, latest, propose, refuse

New = Callable[..., uuid.UUID]
As = Callable[[str], FlaskClient]


def _send(client: FlaskClient, public_id: uuid.UUID, kind: str, **typed: Any) -> Page:
    address = f"/items/{public_id}/changes/{kind}"
    return fill(client, address, f"/changes/{kind}", {"opinion": REASON, **typed})


def _rows(page: Page) -> list[list[str]]:
    """The sheet: (要素, 调整前, 调整后)."""
    table = page.soup.find("table", class_="db-compare")
    assert table is not None
    return [
        [cell.get_text(strip=True) for cell in row.find_all(["th", "td"])]
        for row in table.find_all("tr")
    ][1:]


def test_from_the_head_s_proposal_to_the_last_consent(
    college: Flask, as_: As, draft_item: New
) -> None:
    """调整: typed on a page of its own, both sides before whoever must agree, a notice for all."""
    public_id = draft_item(level=2, deadline_days=15)
    with college.app_context():
        bring(college, public_id, "in_progress")
    head, leader, reviewer, principal, unit_head = map(
        as_, (HEAD, "坤清祥", "余茂春", "三郎泽里", "坤建军")
    )
    page = get(head, f"/items/{public_id}")
    links = [str(a["href"]).rsplit("/", 1)[-1] for a in page.soup.select(".db-quiet-act a")]
    assert [kind for kind in links if kind in ("void", "reassign", "adjust", "reopen")] == [
        "void", "reassign", "adjust",
    ]  # fmt: skip
    answer = _send(
        head, public_id, "adjust", level="3", deadline_kind="days", deadline_days="30", declared="y"
    )
    assert answer.status == 303, answer.text[:800]
    for client in (head, leader, unit_head):
        page = get(client, f"/items/{public_id}")
        assert "调整事项要素报批中" in page.text
        assert ["等级", "二级", "三级"] in _rows(page)
    page = get(leader, f"/items/{public_id}")
    assert ["完成时限", "2026年12月8日前", "2026年12月23日前"] in _rows(page)
    assert REASON in page.text
    assert "/agreement" not in get(unit_head, f"/items/{public_id}").html
    for client in (leader, reviewer, principal):
        assert fill(client, f"/items/{public_id}", "/agreement").status == 303
    page = get(unit_head, f"/items/{public_id}")
    assert "报批中" not in page.text
    assert "三级" in page.text
    assert ["等级", "二级", "三级"] in _rows(page)
    assert "调整记录" in page.text


def test_the_present_values_stand_beside_the_new_ones(
    college: Flask, as_: As, draft_item: New
) -> None:
    """Whoever proposes sees what holds now, element by element."""
    public_id = draft_item(level=2, deadline_days=15)
    with college.app_context():
        bring(college, public_id, "in_progress")
    head = as_(HEAD)
    text = get(head, f"/items/{public_id}/changes/adjust").text
    for said in ("等级 现为二级", "完成时限 现为2026年12月8日前", "责任校领导 现为坤清祥"):
        assert said in text
    text = get(head, f"/items/{public_id}/changes/reassign").text
    for said in (
        "牵头单位 现为保卫处；责任校领导（现为坤清祥）随牵头单位确定",
        "协办单位 现为学工部、后勤国资处",
        "完成时限 现为2026年12月8日前；不填的，不作改变",
    ):
        assert said in text


def test_the_units_and_the_leader_on_both_sides(college: Flask, as_: As, draft_item: New) -> None:
    """调整承办单位."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "in_progress")
        lead, co = str(unit("JWC")), [str(unit("BWC")), str(unit("XGB"))]
    assert _send(as_(HEAD), public_id, "reassign", lead_unit=lead, co_units=co).status == 303
    page = get(as_("解学农"), f"/items/{public_id}")
    assert _rows(page) == [
        ["责任校领导", "坤清祥", "解学农"],
        ["牵头单位", "保卫处", "教务处"],
        ["协办单位", "学工部、后勤国资处", "学工部、保卫处"],
        ["状态", "办理中", "已立项待交办"],
    ]


@pytest.mark.parametrize(
    ("kind", "state", "before", "after"),
    [("void", "in_progress", "办理中", "已作废"), ("reopen", "closed", "已销号", "办理中")],
)
def test_what_becomes_of_the_item_is_on_the_sheet(
    college: Flask, as_: As, draft_item: New, kind: str, state: str, before: str, after: str
) -> None:
    """作废 and 恢复督办 move it."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, state)
    typed = {"new_due": "2026-12-10"} if kind == "reopen" else {}
    assert _send(as_(HEAD), public_id, kind, **typed).status == 303
    page = get(as_("坤清祥"), f"/items/{public_id}")
    assert ["状态", before, after] in _rows(page)
    assert {"void": "作废报批中", "reopen": "恢复督办报批中"}[kind] in page.text


def test_what_is_refused_is_said_at_the_field(college: Flask, as_: As, draft_item: New) -> None:
    """422 with the form; what was typed stays."""
    public_id = draft_item(level=2, deadline_days=15)
    with college.app_context():
        bring(college, public_id, "in_progress")
        lead = str(unit("JWC"))
    head = as_(HEAD)
    for kind, typed, said in (
        ("void", {"opinion": "错"}, "不少于4个字"),
        ("reassign", {"lead_unit": lead, "co_units": [lead]}, "请去掉牵头单位。"),
        ("reassign", {"lead_unit": "999999"}, "有效"),
        ("adjust", {"level": "1", "declared": "y"}, "1至3"),
        ("adjust", {"deadline_kind": "date", "declared": "y"}, "请填写日期。"),
        ("adjust", {"requirement": "另行要求。"}, "请勾选确认后再提交。"),
        ("adjust", {"declared": "y"}, "各项要素均没有变化"),
        ("adjust", {"requirement": "", "declared": "y"}, "请填写办理要求。"),
        ("adjust", {"requirement": "字" * 301, "declared": "y"}, "300"),
    ):
        answer = _send(head, public_id, kind, **typed)
        assert answer.status == 422, (kind, typed)
        assert said in answer.text, (kind, typed, answer.text[:1500])
        answer.check()
    with college.app_context():
        as_of(college, HEAD)
        assert db.session.scalar(select(func.count()).select_from(Change)) == 0


def test_a_marked_requirement_is_forgotten(college: Flask, as_: As, draft_item: New) -> None:
    """第二十一条."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "in_progress")
    answer = _send(as_(HEAD), public_id, "adjust", requirement="绝密★10年", declared="y")
    assert answer.status == 422
    assert "绝密★" not in answer.html
    with college.app_context():
        as_of(college, HEAD)
        assert db.session.scalar(select(func.count()).select_from(SecrecyStop)) == 1
        assert db.session.scalar(select(func.count()).select_from(Change)) == 0


def test_pages_of_proposals_are_the_head_s(college: Flask, as_: As, draft_item: New) -> None:
    """Others: 422, strangers 404; a kind that is none 404; not in this state 422."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "in_progress")
    for name, kind, status in (
        (HEAD, "void", 200), (HEAD, "reassign", 200), (HEAD, "adjust", 200),
        (HEAD, "reopen", 422), (HEAD, "reset", 404), (HEAD, "burn", 404),
        ("何玉萍", "void", 422), ("余茂春", "void", 422), ("坤建军", "adjust", 422),
        ("郑守方", "void", 404),
    ):  # fmt: skip
        assert get(as_(name), f"/items/{public_id}/changes/{kind}").status == status, (name, kind)


def test_of_another_item_s_change_nothing_is_found(
    college: Flask, as_: As, draft_item: New
) -> None:
    """A change is addressed below its own item."""
    first, second = draft_item(), draft_item()
    with college.app_context():
        for public_id in (first, second):
            bring(college, public_id, "in_progress")
        change_id = propose(college, first, "void").public_id
        propose(college, second, "void")
    leader = as_("余茂春")
    form = get(leader, f"/items/{second}").form("/agreement")
    wrong = str(form["action"]).split("/changes/")[0] + f"/changes/{change_id}/agreement"
    token = form.find("input", attrs={"name": "csrf_token"})
    assert token is not None
    sent = {"csrf_token": token["value"], "act": "agree_void"}
    assert leader.post(wrong, data=sent).status_code == 404


def test_refused_and_withdrawn_stand_in_the_course_of_events_only(
    college: Flask, as_: As, draft_item: New
) -> None:
    """They changed nothing, so they are no 调整记录."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "in_progress")
        propose(college, public_id, "void")
        refuse(college, public_id, "余茂春", "本事项仍需办理。")
    page = get(as_("坤建军"), f"/items/{public_id}")
    assert "调整记录" not in page.text
    assert "本事项仍需办理。" in page.text
    assert page.soup.find("a", string="查看内容") is None


def test_a_new_date_after_a_refused_closing_is_agreed_to_here_too(
    college: Flask, as_: As, draft_item: New
) -> None:
    """第十六条（六）: 党政办分管领导 signs the new date, which then holds."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "closing_check")
    page = fill(
        as_(HEAD),
        f"/items/{public_id}",
        "/closing/reset",
        {"opinion": REASON, "new_due": "2026-12-04"},
    )
    assert page.status == 303, page.text[:500]
    page = get(as_("余茂春"), f"/items/{public_id}")
    assert _rows(page) == [["办结期限", "2026年11月26日前", "2026年12月4日前"]]
    assert fill(as_("余茂春"), f"/items/{public_id}", "/agreement").status == 303
    with college.app_context():
        item = item_of(as_of(college, HEAD), public_id)
        assert [str(day) for day in (item.due, item.due_effective)] == ["2026-12-04", "2026-12-04"]
        assert latest(item).state == "agreed"


def test_the_former_closing_is_shown_as_such(college: Flask, as_: As, draft_item: New) -> None:
    """After 恢复督办 the page says that it was closed before."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "closed")
        propose(college, public_id, "reopen")
        agree(college, public_id, "agree_reopen", "三郎泽里")
    page = get(as_("坤建军"), f"/items/{public_id}")
    assert "前次办结情况" in page.text
