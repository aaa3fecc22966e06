"""/items/<id>: what it shows to whom, and that a stranger learns nothing."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import ANCHOR
from tests.pages import fill, get
from tests.shaping import shape

As = Callable[[str], FlaskClient]
Draft = Callable[..., uuid.UUID]
CHANGING = re.compile(r'nonce="[^"]+"|name="csrf_token" value="[^"]+"|数据时间 [^<]+|reference-\w+')


def _fixed(client: FlaskClient, address: str) -> tuple[int, str]:
    answer = client.get(address)
    return answer.status_code, CHANGING.sub("", answer.get_data(as_text=True))


def _submitted(as_: As, draft_item: Draft, **fields: object) -> uuid.UUID:
    public_id = draft_item("A01", **fields)
    answer = fill(as_("何玉萍"), f"/items/{public_id}", "/submission", {"declared": "y"})
    assert answer.status == 303
    return public_id


def test_facts_of_a_submitted_item(as_: As, draft_item: Draft) -> None:
    """第十二、十八条: the facts with their grounds, the seven 环节, the signatures to come."""
    public_id = _submitted(as_, draft_item)
    page = get(as_("余茂春"), f"/items/{public_id}")
    assert page.status == 200
    for words in (
        "冬季校园消防安全隐患集中排查整治",
        "待分管领导审签",
        "批示类",
        "自交办之日起3天",
        "安全保卫处",
        "坤清祥",
        "副院长",
        "依据第十八条第（一）项",
    ):
        assert words in page.text, words
    steps = [step.get_text(strip=True) for step in page.soup.select(".db-step-label")]
    assert [step.split("，")[0] for step in steps] == [
        "立项", "交办", "承办", "催办", "反馈", "办结", "归档",
    ]  # fmt: skip
    assert page.soup.select_one(".db-step-current .db-step-label").get_text().startswith("立项")
    offices = [tag.get_text() for tag in page.soup.select(".db-opinion-office")]
    assert offices == ["分管领导审签", "党政办分管领导审核", "学校主要领导审定　院长"]


def test_browser_title_never_holds_the_title(as_: As, draft_item: Draft) -> None:
    """SPEC §7.5 rule 9."""
    public_id = draft_item("A01")
    title = get(as_("何玉萍"), f"/items/{public_id}").soup.title
    assert title is not None
    assert "督办事项" in title.get_text()
    assert "消防" not in title.get_text()


def test_whose_turn_it_is_is_said_to_the_others(as_: As, draft_item: Draft) -> None:
    """Nothing offered: one sentence says what waits for whom."""
    public_id = _submitted(as_, draft_item)
    waiting = get(as_("余茂春"), f"/items/{public_id}").soup.find(attrs={"aria-label": "当前办理"})
    assert waiting is not None
    assert "审签" in waiting.get_text()
    assert "坤清祥" in waiting.get_text()
    offered = get(as_("坤清祥"), f"/items/{public_id}")
    assert offered.soup.find(attrs={"aria-label": "当前办理"}) is None
    assert any(action.endswith("/signature") for action in offered.actions())


def test_what_people_type_is_escaped(as_: As, draft_item: Draft) -> None:
    """No title becomes markup, on the page, in the ledger, on the desk, in the tray."""
    evil = "<script>alert(1)</script><b>加粗</b>"
    public_id = _submitted(as_, draft_item, title=evil, requirement=f"{evil}\n第二行")
    client = as_("坤清祥")
    for address in (f"/items/{public_id}", "/ledger", "/", "/todo"):
        page = get(client, address)
        assert evil in page.soup.get_text(), address
        assert page.soup.find("b", string="加粗") is None


@pytest.mark.parametrize("stranger", ["单晓燕", "余㛃", "王垚"])
def test_stranger_and_missing_answer_alike(as_: As, draft_item: Draft, stranger: str) -> None:
    """第二十一条, SPEC §7.5 rule 1: a draft of others and no item at all, the same 404."""
    public_id = draft_item("A01")
    client = as_(stranger)
    foreign = _fixed(client, f"/items/{public_id}")
    missing = _fixed(client, f"/items/{uuid.uuid4()}")
    assert foreign[0] == 404
    assert foreign == missing


def test_administrators_have_no_business_data(as_: As, draft_item: Draft) -> None:
    """三员分立: 403 for whatever item, and a desk that says so."""
    public_id = draft_item("A01")
    client = as_("sysadmin01")
    assert client.get(f"/items/{public_id}").status_code == 403
    assert client.get(f"/items/{uuid.uuid4()}").status_code == 403
    for address in ("/todo", "/ledger"):
        assert client.get(address).status_code == 403
    assert "不查看、不办理督办事项" in get(client, "/").text


def test_light_and_number_of_a_running_item(college: Flask, as_: As, draft_item: Draft) -> None:
    """文号 over the rule, 逾期N天 in words, the days still to the due date."""
    public_id = draft_item("A01")
    shape(
        college,
        public_id,
        state="in_progress",
        doc_word="阿职督办",
        doc_year=2026,
        doc_seq=18,
        filed_on=ANCHOR.replace(day=10),
        issued_on=ANCHOR.replace(day=17),
        due=ANCHOR.replace(day=20),
        due_original=ANCHOR.replace(day=20),
        due_effective=ANCHOR.replace(day=20),
        yellow_from=ANCHOR.replace(day=19),
        red_from=ANCHOR.replace(day=21),
        lit=True,
    )
    page = get(as_("坤清祥"), f"/items/{public_id}")
    assert page.soup.title is not None
    assert "阿职督办〔2026〕18号" in page.soup.title.get_text()
    assert page.soup.select_one(".db-item-title .db-light-red").get_text() == "逾期3天"
    assert "2026年11月20日前" in page.text
