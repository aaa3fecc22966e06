"""/admin: what each administrator keeps, and what he is to see to (N18: he has no inbox)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.clock import Clock
from portal.extensions import db
from portal.models import Delivery
from tests.pages import get
from tests.stages import person

As = Callable[[str], FlaskClient]
PAGES = ("/", "/admin", "/admin/deliveries", "/admin/calendar")
KEPT = {
    "sysadmin01": [
        "单位", "人员和任职", "分管分工", "授权", "渠道账号", "工作日历", "消息渠道", "消息发送",
    ],
    "secadmin01": ["账号和口令", "授权", "渠道账号"],
    "auditor01": ["审计日志"],
}  # fmt: skip


@pytest.mark.parametrize("who", KEPT)
def test_each_administrator_finds_what_is_his(as_: As, who: str) -> None:
    client = as_(who)
    page = get(client, "/admin")
    cells = page.soup.select("td.db-cell-title")
    assert [cell.get_text(strip=True) for cell in cells] == KEPT[who]
    for link in page.soup.select("td a"):
        assert client.get(str(link["href"])).status_code == 200


@pytest.mark.parametrize("who", ["杨思源", "何玉萍", "向维岷", "坤建军"])
def test_nobody_else_finds_such_a_page(as_: As, who: str) -> None:
    assert as_(who).get("/admin").status_code == 404


def _given_up(app: Flask, days_ago: int) -> None:
    with app.app_context():
        then = app.extensions["portal.clock"].now() - timedelta(days=days_ago)
        row = Delivery(
            message_id=days_ago, person_id=person("何玉萍"), kind="N01", channel="sms",
            state="given_up", made_at=then, next_at=then, ended_at=then, failure="号码无效",
        )  # fmt: skip
        db.session.add(row)
        db.session.commit()


def test_what_was_not_delivered_is_said_on_each_of_his_pages(as_: As, college: Flask) -> None:
    said = "近7天有1条站外消息未送达"
    for address in PAGES:
        assert said not in get(as_("sysadmin01"), address).text
    _given_up(college, 8)
    _given_up(college, 6)
    client = as_("sysadmin01")
    for address in PAGES:
        assert said in get(client, address).text, address
    assert "近7天未送达1条，待重试0条" in get(client, "/admin").text
    assert said not in get(as_("auditor01"), "/admin").text


def test_a_missing_table_of_holidays_too(as_: As, college: Flask) -> None:
    """From 1 November on, with the way to where it is entered."""
    said = "2027年节假日表尚未维护"
    for address in PAGES:
        page = get(as_("sysadmin01"), address)
        assert said in page.text, address
        assert page.soup.select_one('a[href="/admin/calendar?year=2027"]')
    college.extensions["portal.clock"] = Clock.standing_at(date(2026, 10, 31))
    assert said not in get(as_("sysadmin01"), "/admin").text
