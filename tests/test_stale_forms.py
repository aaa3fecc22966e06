"""Two people at once: the second is told who did what meanwhile, nothing typed is lost, nothing is
done twice (第十二条, 第十六条; the pages of acts)."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.extensions import db
from portal.models import Event, Person
from portal.rulebook.scope import view_as
from tests.pages import Page, fill, get, send, values_of
from tests.test_main_line import LINE, walk

As = Callable[[str], FlaskClient]
New = Callable[..., uuid.UUID]
WORDS = "同意立项，请教务处抓紧落实，一周内报进展。"
HTMX = {"HX-Request": "true"}


def _acts(app: Flask) -> Counter[str]:
    with app.app_context():
        office = db.session.scalars(select(Person.id).where(Person.name == "何玉萍")).one()
        view_as(office, app.extensions["portal.clock"])
        return Counter(db.session.scalars(select(Event.act)))


def _opened(client: FlaskClient, address: str, action: str, **typed: str) -> dict[str, object]:
    """A form as somebody has it before the eyes, with what is being typed."""
    return {**values_of(get(client, address).form(action)), **typed}


def _sent(client: FlaskClient, address: str, data: dict[str, object], **headers: str) -> Page:
    answer = client.post(address, data=data, headers=headers)
    return Page(answer.status_code, answer.get_data(as_text=True), answer.headers.get("Location"))


def _submitted(as_: As, draft_item: New, **fields: object) -> str:
    address = f"/items/{draft_item(**fields)}"
    assert fill(as_("何玉萍"), address, "/submission", {"declared": "y"}).status == 303
    return address


def test_a_delegate_comes_second(college: Flask, as_: As, draft_item: New) -> None:
    """AB角: the leader has signed; the delegate reads the leader's words and keeps his own."""
    address = _submitted(as_, draft_item, lead_unit="JWC", co_units=[])
    leader, delegate = as_("解学农"), as_("陈𬭎")
    data = _opened(delegate, address, "/signature", opinion=WORDS)
    assert fill(leader, address, "/signature", {"opinion": "同意，按程序办理。"}).status == 303
    answer = send(delegate, f"{address}/signature", data)
    answer.check()
    assert answer.status == 409
    assert "解学农于2026年11月23日" in answer.text
    assert "办理“审签同意”： 同意，按程序办理。" in answer.text
    assert WORDS in answer.soup.select_one(".db-kept").get_text()
    assert not answer.soup.select("main form"), "the box is signed"
    assert answer.soup.find("a", string="查看最新内容")["href"] == address
    assert _acts(college)["sign"] == 1


def test_a_form_of_before_a_round_trip_is_sent_by_one_more_click(
    college: Flask, as_: As, draft_item: New
) -> None:
    """Withdrawn and submitted again while the leader wrote: told so, and the box is filled."""
    address = _submitted(as_, draft_item)
    office, leader = as_("何玉萍"), as_("坤清祥")
    data = _opened(leader, address, "/signature", opinion=WORDS)
    assert fill(office, address, "/withdrawal").status == 303
    assert fill(office, address, "/submission", {"declared": "y"}).status == 303
    answer = send(leader, f"{address}/signature", data)
    answer.check()
    assert answer.status == 409
    lines = [line.get_text(" ", strip=True) for line in answer.soup.select(".db-meanwhile li")]
    assert [line.split("办理")[1] for line in lines] == ["“撤回”。", "“提交立项”。"]
    assert all(line.startswith("何玉萍于2026年11月23日") for line in lines)
    assert _acts(college)["sign"] == 0
    again = answer.form("/signature")
    assert values_of(again)["opinion"] == [WORDS]
    assert send(leader, str(again["action"]), values_of(again)).status == 303
    assert _acts(college)["sign"] == 1


def test_the_same_in_place(college: Flask, as_: As, draft_item: New) -> None:
    """With HTMX the panel is replaced by what was done and by itself, filled; no page around it."""
    address = _submitted(as_, draft_item)
    office, leader = as_("何玉萍"), as_("坤清祥")
    data = _opened(leader, address, "/return", opinion=WORDS)
    assert fill(office, address, "/withdrawal").status == 303
    assert fill(office, address, "/submission", {"declared": "y"}).status == 303
    answer = _sent(leader, f"{address}/return", data, **HTMX)
    assert answer.status == 409
    assert "<html" not in answer.html
    panel = answer.soup.select_one(".db-stale .db-card-act")
    assert panel.name == "details"
    assert panel.has_attr("open"), "a quiet act does not hide what was typed"
    assert values_of(panel.find("form"))["opinion"] == [WORDS]
    assert "撤回" in answer.soup.select_one(".db-meanwhile").get_text()


def test_what_is_wrong_in_an_old_form_does_not_make_it_new(
    college: Flask, as_: As, draft_item: New
) -> None:
    """First mended, then told: an error of its own never passes an old form off as a new one."""
    address = _submitted(as_, draft_item)
    office, leader = as_("何玉萍"), as_("坤清祥")
    data = _opened(leader, address, "/return", opinion="")
    assert fill(office, address, "/withdrawal").status == 303
    assert fill(office, address, "/submission", {"declared": "y"}).status == 303
    answer = send(leader, f"{address}/return", data)
    assert answer.status == 422
    mended = {**values_of(answer.form("/return")), "opinion": WORDS}
    assert send(leader, f"{address}/return", mended).status == 409
    assert _acts(college)["return"] == 0


def test_a_leader_returns_while_the_drafter_still_writes(
    college: Flask, as_: As, draft_item: New
) -> None:
    """The old form of the draft: who returned it and why, and what was typed against what stands
    there; it is a draft again, so the form is there to be sent."""
    address = f"/items/{draft_item()}"
    office = as_("何玉萍")
    data = _opened(office, f"{address}/form", "/form", title="改过的题目", save="")
    assert fill(office, address, "/submission", {"declared": "y"}).status == 303
    reason = "请明确责任单位和完成时限。"
    assert fill(as_("坤清祥"), address, "/return", {"opinion": reason}).status == 303
    answer = send(office, f"{address}/form", data)
    answer.check()
    assert answer.status == 409
    assert "坤清祥于" in answer.text
    assert reason in answer.soup.select_one(".db-meanwhile q").get_text()
    row = answer.soup.select_one(".db-differences tbody tr")
    assert "改过的题目" in row.get_text()
    form = answer.form("/form")
    assert send(office, f"{address}/form", {**values_of(form), "save": ""}).status == 303
    assert "改过的题目" in get(office, address).text


def test_two_of_a_unit_sign_for_the_notice(college: Flask, as_: As, draft_item: New) -> None:
    """A part of its own: the second is told who was first, and nobody receives twice."""
    public_id = draft_item()
    walk(college, as_, public_id, LINE[:5])
    address, part = f"/items/{public_id}", "/units/BWC/receipt"
    head, liaison = as_("坤建军"), as_("邓涛")
    data = _opened(liaison, address, part)
    assert fill(head, address, part).status == 303
    answer = send(liaison, f"{address}{part}", data)
    answer.check()
    assert answer.status == 422
    assert "坤建军已于2026年11月23日" in answer.text
    assert "办理“签收”，您的提交未生效" in answer.text
    assert _acts(college)["sign_receipt"] == 1


def test_both_principals_need_not_wait_for_one_another(
    college: Flask, as_: As, draft_item: New
) -> None:
    """第十二条: any order, so a signature of the one does not make the other's form an old one; a
    second signature of the same box is told of the first."""
    address = _submitted(as_, draft_item, principal="both")
    for who in ("坤清祥", "余茂春"):
        assert fill(as_(who), address, "/signature").status == 303
    secretary, president = as_("向维岷"), as_("三郎泽里")
    first, second = (_opened(one, address, "/signature") for one in (secretary, president))
    twice = {**_opened(secretary, address, "/signature"), "opinion": WORDS}
    assert send(secretary, f"{address}/signature", first).status == 303
    answer = send(secretary, f"{address}/signature", twice)
    assert answer.status == 422
    assert "向维岷已于" in answer.text
    assert WORDS in answer.soup.select_one(".db-kept").get_text()
    assert send(president, f"{address}/signature", second).status == 303
    assert _acts(college)["approve"] == 2


@pytest.mark.parametrize("known", [True, False])
def test_what_was_typed_is_not_lost_with_the_item(as_: As, draft_item: New, *, known: bool) -> None:
    """Withdrawn while the leader wrote: the item is out of sight, the words are handed back; and
    an item that never was answers alike."""
    address = _submitted(as_, draft_item)
    leader = as_("坤清祥")
    data = _opened(leader, address, "/signature", opinion=WORDS)
    assert fill(as_("何玉萍"), address, "/withdrawal").status == 303
    asked = address if known else f"/items/{uuid.uuid4()}"
    answer = send(leader, f"{asked}/signature", data)
    answer.check()
    assert answer.status == 404
    assert WORDS in answer.soup.select_one(".db-kept").get_text()
    assert "何玉萍于" not in answer.text
