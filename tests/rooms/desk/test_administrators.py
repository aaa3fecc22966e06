"""The desks of the three administrators: every number is that of the rows its link leads to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.accounts import lockout
from portal.accounts.passwords import UNUSABLE
from portal.audit import checking
from portal.audit.verify import KINDS
from portal.extensions import db
from portal.models import Account, AuditCheck
from portal.rooms.access.commands import account_of
from portal.rooms.organisation import grants, people
from portal.rooms.organisation.grants import Wanted
from portal.rooms.organisation.userids import ask
from tests.conftest import ANCHOR
from tests.gate import SECRET_KEY
from tests.pages import get
from tests.people import emp_no_of
from tests.rooms.organisation.keeping import WHY, editor, person, unit
from tests.steps.knowledge.listing import sensitive

As = Callable[[str], FlaskClient]
DESKS = {
    "sysadmin01": ["待确认授权", "未送达消息", "待重试消息", "待录入节假日表"],
    "secadmin01": [
        "待确认授权",
        "待确认渠道账号",
        "待发放初始口令",
        "已锁定账号",
        "近30分钟登录失败",
    ],
    "auditor01": ["核验异常", "管理操作", "敏感事项查看", "今日登录"],
}
EXPECTED = {
    "待确认授权": 1,
    "待确认渠道账号": 1,
    "待发放初始口令": 1,
    "已锁定账号": 1,
    "近30分钟登录失败": 2,
    "管理操作": 3,
    "敏感事项查看": 1,
}
"""What `_settle` brings about."""
ELSEWHERE = {"未送达消息", "待重试消息", "待录入节假日表", "核验异常"}
"""Counted in tests/messages, tests/rooms/calendar and below."""
ROWS = {"/admin/grants": "main section section", "/admin/userids": "main .db-batch-row"}


def _settle(app: Flask, as_: As) -> None:
    """A grant and an account of 企业微信 asked for, an account that waits for its password, one
    that is locked, one wrong try, one under no account's name; a sensitive item opened."""
    key, now = SECRET_KEY.encode(), datetime.now(UTC)
    locked, wrong, waits = (emp_no_of(app, name) for name in ("邓涛", "坤建军", "彭国栋"))
    with app.app_context():
        grants.propose(
            editor(app, "sec_admin"),
            Wanted(person("邓涛"), unit("DZB"), "archivist", "档案员", ANCHOR, None, WHY),
        )
        ask(editor(app), person("邓涛"), {"wecom_userid": "az9001", "dingtalk_userid": ""})
        people.open_display(editor(app), waits, "daping9")
        account_of("daping9").password_hash = "$argon2id$"
        account_of(waits).password_hash = UNUSABLE
        for _ in range(lockout.TRIES):
            lockout.count_try(lockout.name_digest(key, locked), now)
        lockout.count_try(lockout.name_digest(key, wrong), now)
        lockout.count_try(lockout.name_digest(key, "没有此人"), now)
        db.session.commit()
    with sensitive(app) as actor:
        opened = actor.public_id
    assert as_("何玉萍").get(f"/items/{opened}").status_code == 200


def test_every_number_leads_to_its_rows(college: Flask, as_: As) -> None:
    _settle(college, as_)
    for who, labels in DESKS.items():
        client = as_(who)
        tiles = get(client, "/").soup.select("#desk-tiles a.db-queue")
        found = {}
        for tile in tiles:
            label = tile.select_one(".db-queue-label")
            count = tile.select_one(".db-queue-count")
            assert label is not None
            assert count is not None
            found[label.get_text(strip=True)] = number = int(count.get_text(strip=True))
            address = str(tile["href"])
            if label.get_text(strip=True) in ELSEWHERE:
                continue
            page = get(client, address)
            rows = ROWS.get(address.split("?", maxsplit=1)[0], "main tbody tr")
            assert len(page.soup.select(rows)) == number, address
        assert list(found) == labels
        assert {label: found[label] for label in found if label in EXPECTED} == {
            label: number for label, number in EXPECTED.items() if label in found
        }


def test_a_try_under_no_name_is_said(college: Flask, as_: As) -> None:
    """Nobody is listed for it, so the tile says how many there were."""
    _settle(college, as_)
    assert "另有1个不存在的登录名" in get(as_("secadmin01"), "/").text


def test_what_the_check_found_stands_first(as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows are the worker's to write."""
    now, kind = datetime.now(UTC), next(iter(KINDS))
    made = AuditCheck(asked_at=now, made_at=now, head="", found={kind: 2})
    monkeypatch.setattr(checking, "last", lambda: made)
    tile = get(as_("auditor01"), "/").soup.select_one("#desk-tiles a.db-queue")
    assert tile is not None
    assert "核验异常" in tile.get_text()
    assert "2" in tile.get_text()


@pytest.mark.parametrize(("state", "rows"), [("nonsense", 3), ("locked", 0)])
def test_an_account_filter_that_is_none_shows_all(
    college: Flask, as_: As, state: str, rows: int
) -> None:
    page = get(as_("secadmin01"), f"/admin/accounts?kind=sys_admin&state={state}")
    with college.app_context():
        administrators = db.session.query(Account).filter_by(kind="sys_admin").count()
    assert len(page.soup.select("main tbody tr")) == (administrators if rows else 0)
