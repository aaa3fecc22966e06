"""/ and /todo: what waits, for whom, longest first."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from portal.extensions import db
from portal.models import Brief, BriefBox
from portal.rooms.desk import tray
from portal.rulebook.keys import EVERYONES_BUSINESS, OFFICE_KEYS
from tests.pages import fill, get
from tests.shaping import read_as, shape
from tests.steps.acting import OFFICE_LEADER

As = Callable[[str], FlaskClient]
Draft = Callable[..., uuid.UUID]


def test_nothing_waits(as_: As) -> None:
    """An empty tray says so and leads on."""
    page = get(as_("卓玛青措"), "/todo")
    assert "目前没有需要您办理的事项" in page.text
    assert page.soup.select_one(".db-bubble") is None


def test_longest_wait_first_and_tabs_by_word(college: Flask, as_: As, draft_item: Draft) -> None:
    """第十二条: two drafts and a number to give; the oldest on top, a tab a word."""
    newer, older, numbered = (
        draft_item(title="后来"),
        draft_item(title="先来"),
        draft_item(title="编号"),
    )
    shape(college, older, state_since=datetime(2026, 11, 19, 1, tzinfo=UTC))
    shape(college, numbered, state="pending_filing", state_since=datetime(2026, 11, 21, tzinfo=UTC))
    client = as_("何玉萍")
    page = get(client, "/todo")
    titles = [tag.get_text() for tag in page.soup.select(".db-cell-title a")]
    assert titles == ["先来", "编号", "后来"]
    waits = [tag.get_text() for tag in page.soup.select("tbody .db-num")]
    assert waits == ["4天", "2天", "今天"]
    tabs = [tag.get_text() for tag in page.soup.select(".db-tab")]
    assert tabs == ["全部3", "拟稿2", "编号备案1"]
    chosen = get(client, "/todo?word=编号备案")
    assert [tag.get_text() for tag in chosen.soup.select(".db-cell-title a")] == ["编号"]
    assert str(newer) in page.html


def test_a_long_list_stands_on_pages(
    as_: As, draft_item: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the order of the list, also the part that refreshes itself; a page beyond is the last."""
    monkeypatch.setattr(tray, "PAGE", 2)
    for number in range(5):
        draft_item(title=f"第{number}件")
    client = as_("何玉萍")
    seen = []
    for page in (1, 2, 3):
        found = get(client, f"/todo?page={page}")
        seen += [tag.get_text() for tag in found.soup.select("tbody .db-cell-title a")]
        assert "共5项" in found.text
        part = found.soup.select_one("#todo")
        assert part is not None
        assert ("page=" in str(part["hx-get"])) == (page > 1)
    assert len(set(seen)) == len(seen) == 5
    last = get(client, "/todo?page=99")
    assert [tag.get_text() for tag in last.soup.select("tbody .db-cell-title a")] == seen[4:]


def test_part_is_the_very_table_with_the_count(as_: As, draft_item: Draft) -> None:
    """The part that refreshes by itself is what the page includes, and brings the count along."""
    draft_item()
    client = as_("何玉萍")
    whole = get(client, "/todo").soup.select_one("#todo table")
    text = client.get("/todo?part=1").get_data(as_text=True)
    assert "<html" not in text
    assert BeautifulSoup(text, "html.parser").select_one("#todo table") == whole
    assert 'id="todo-count" hx-swap-oob="true"' in text


def test_an_act_that_leads_here_in_place_gets_the_page(as_: As) -> None:
    """HTMX loads it after the last signature, as it loads any page."""
    whole = as_("何玉萍").get("/todo", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "<html" in whole


def test_unknown_words_show_everything(as_: As, draft_item: Draft) -> None:
    """A word that does not wait is left out."""
    draft_item()
    client = as_("何玉萍")
    for word in ("", "没有", "%00", "a" * 5000):
        page = get(client, f"/todo?word={word}")
        assert page.status == 200, word
        assert len(page.soup.select("tbody tr")) == 1, word


def test_a_word_for_which_nothing_waits_says_so(as_: As, draft_item: Draft) -> None:
    """Where a tile at zero leads: not to everything else that waits."""
    draft_item()
    page = get(as_("何玉萍"), "/todo?word=签收&word=签收催办")
    assert "目前没有待签收、签收催办的事项" in page.text
    assert not page.soup.select("tbody tr")
    assert page.soup.select_one(".db-empty a.btn-primary")["href"] == "/todo"


def test_desk_of_the_office(as_: As, draft_item: Draft) -> None:
    """Tiles of each of one's posts, zero included: 何玉萍 is 党政办's, and its 联络员."""
    draft_item()
    page = get(as_("何玉萍"), "/")
    tiles = {
        tile.select_one(".db-queue-label").get_text(): tile.select_one(".db-queue-count").get_text()
        for tile in page.soup.select(".db-queue")
    }
    assert tiles["草稿"] == "1"
    assert tiles["待编号"] == tiles["待销号"] == "0"
    assert "待审核确认" not in tiles
    assert [tag.get_text() for tag in page.soup.select(".db-queues-title")] == ["党政办", "承办人"]


def test_desk_of_a_leader(as_: As, draft_item: Draft) -> None:
    """待我签批 comes first, in large type, before the guide; no tiles."""
    public_id = draft_item()
    fill(as_("何玉萍"), f"/items/{public_id}", "/submission", {"declared": "y"})
    page = get(as_("坤清祥"), "/")
    assert "db-leader" in page.soup.body["class"]
    first = page.soup.select_one("main .db-card")
    assert "待我签批" in first.get_text()
    assert first.select_one("a.btn-primary")["href"] == f"/items/{public_id}/signature"
    assert not page.soup.select(".db-queue")


@pytest.mark.parametrize("who", ["何玉萍", "向维岷", "邓涛", "sysadmin01"])
def test_counts_renew_from_the_page_itself(as_: As, who: str) -> None:
    """Every minute, without keeping the session alive; every part that is renewed is there."""
    client = as_(who)
    page = get(client, "/")
    renewed = page.soup.select_one("[hx-select-oob]")
    assert (renewed["hx-get"], renewed["hx-trigger"]) == ("/", "every 60s")
    assert "Portal-Unattended" in renewed["hx-headers"]
    parts = renewed["hx-select-oob"].split(",")
    assert len(parts) > (1 if who != "sysadmin01" else 0)
    again = client.get("/", headers={"HX-Request": "true", "Portal-Unattended": "1"})
    soup = BeautifulSoup(again.get_data(as_text=True), "html.parser")
    for part in parts:
        assert page.soup.select_one(part), part
        assert soup.select_one(part), part


HELP = ("办法与帮助", "办理权责", "工作日历")
LINKS = {
    "何玉萍": [
        "工作台", "待办", "台账", "日历", "立项", "会议纪要立项", "编号管理", "一览签批",
        "扫描件归件", "卡在哪里", "授权与交接", "催办管理", "实地督查", "统计分析", "指标",
        "督办清单", "减负台账", "学期报告和通报", "档案", "核验文书", *HELP,
    ],
    "坤清祥": [
        "工作台", "待我签批", "督办事项", "日历", "我的批示", "授权代办", "实地督查",
        "统计分析", "指标", "督办清单", "减负台账", "通报", *HELP, "核验文书",
    ],
    "坤建军": [
        "工作台", "待办", "我的事项", "日历", "立项", "本周应报", "授权与交接", "指标",
        "督办清单", "减负台账", "通报", *HELP, "核验文书",
    ],
    "彭国栋": [
        "工作台", "待办", "我的事项", "日历", "立项", "本周应报", "授权与交接", "通报",
        *HELP, "核验文书",
    ],
    "周慎之": [
        "工作台", "待办", "我的事项", "日历", "通报", "知悉名单", "涉密误录处置", *HELP, "核验文书",
    ],
    "sysadmin01": ["工作台", "管理", "单位和人员", "消息发送", "工作日历"],
    "secadmin01": ["工作台", "管理", "账号和口令", "授权", "工作日历"],
    "auditor01": ["工作台", "管理", "审计日志", "工作日历"],
}  # fmt: skip


def test_navigation_by_role(as_: As) -> None:
    """Only links that lead somewhere for this person."""
    for who, links in LINKS.items():
        client = as_(who)
        page = get(client, "/")
        found = page.soup.select("a.db-side-link")
        assert [link["title"] for link in found] == links, who
        for link in found:
            assert client.get(str(link["href"])).status_code == 200, (who, link["href"])
        assert len(page.soup.select(".db-phone-link")) <= 4


def test_a_leader_sees_on_the_desk_that_a_brief_waits(college: Flask, as_: As) -> None:
    """第二十条: of no item, so it is in no list of items."""
    with college.app_context():
        drafter = read_as(college, "何玉萍").person_id
        brief = Brief(
            kind="circular", state="reviewing", name="", title="通报", drafted_by_id=drafter,
            drafted_at=datetime.now(UTC), readers=[OFFICE_KEYS["office_staff"], EVERYONES_BUSINESS],
        )  # fmt: skip
        db.session.add(brief)
        db.session.flush()
        box = {"run": 1, "position": 1, "step": "review", "role": "office_leader", "state": "open"}
        db.session.add(BriefBox(brief_id=brief.id, readers=brief.readers, **box))
        db.session.commit()
    said = "学期报告、通报待您审批1份"
    assert said in get(as_(OFFICE_LEADER), "/").text
    assert said not in get(as_("坤清祥"), "/").text


def test_the_links_of_the_office_stand_in_groups(as_: As) -> None:
    """No group is longer than a glance."""
    groups = get(as_("何玉萍"), "/").soup.select(".db-side-section")
    labels = [tag.get_text() for group in groups for tag in group.select(".db-side-label")]
    assert labels == ["办理", "督查问责", "汇总", "档案", "办法"]
    assert max(len(group.select("a")) for group in groups) <= 7


def test_a_delegate_is_shown_what_the_giver_would_sign(as_: As, draft_item: Draft) -> None:
    """SPEC §1.5: 陈𬭎 acts for 解学农, whose unit is 教务处 and not 保卫处."""
    office, delegate = as_("何玉萍"), as_("陈𬭎")
    givers, others = (
        draft_item(title=title, lead_unit=unit, co_units=[])
        for title, unit in (("教务处的事项", "JWC"), ("保卫处的事项", "BWC"))
    )
    for public_id in (givers, others):
        assert fill(office, f"/items/{public_id}", "/submission", {"declared": "y"}).status == 303
    page = get(delegate, "/todo")
    assert [tag.get_text() for tag in page.soup.select(".db-cell-title a")] == ["教务处的事项"]
