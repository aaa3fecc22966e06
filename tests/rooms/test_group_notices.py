"""复制群通知: the right items with the right numbers, and never a sensitive one (第二十一条)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from bs4 import Tag
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from portal.embedded import Servers, connect
from portal.rooms.group_notices.wording import Matters, Reminded, Sender, text_of
from tests.pages import get
from tests.people import draft
from tests.stages import tomorrow
from tests.steps.acting import Actor

As = Callable[[str], FlaskClient]
PAGE = "/group-notices"
SENDER = Sender("党政办公室", "何玉萍")
ONE = Reminded("校园消防检查", "阿职督办〔2026〕1号", "完成时限2026年11月26日")
TODAY = date(2026, 11, 23)


def text(client: FlaskClient, code: str) -> str:
    """The text to be copied; empty if there is none."""
    box = get(client, f"{PAGE}?unit={code}").soup.find("textarea")
    return box.get_text().strip() if isinstance(box, Tag) else ""


def at_work(app: Flask, **fields: object) -> None:
    """An item of 保卫处 with two co-units, three days to go."""
    Actor(app, draft(app, "A01", **fields)).to_work()


def test_the_text_is_formal_and_whole() -> None:
    matters = Matters(late=(ONE,), this_week=(ONE, ONE._replace(title="校园", number="")))
    assert text_of("安全保卫处", matters, TODAY, 5, SENDER).split("\n") == [
        "【督办事项提醒】",
        "安全保卫处：",
        "截至2026年11月23日，贵单位承办的督办事项中，逾期1项，本周到期2项。",
        "一、逾期事项",
        "1.校园消防检查（阿职督办〔2026〕1号），完成时限2026年11月26日。",
        "二、本周到期事项",
        "1.校园消防检查（阿职督办〔2026〕1号），完成时限2026年11月26日；",
        "2.校园，完成时限2026年11月26日。",
        "请按时限要求抓紧办理，及时报送进展。不能按期办结的，牵头单位最迟于到期前5天提出书面申请；"
        "已报送的，请忽略本提醒。请勿在群内讨论事项的具体内容。联系人：何玉萍。",
        "党政办公室",
        "2026年11月23日",
    ]


COUNTS = st.integers(0, 4)


@given(COUNTS, COUNTS, COUNTS)
def test_the_counts_are_those_of_the_rows(late: int, week: int, missing: int) -> None:
    matters = Matters((ONE,) * late, (ONE,) * week, (ONE,) * missing)
    said = text_of("甲", matters, TODAY, 5, SENDER)
    for count, words in ((late, "逾期{}项"), (week, "本周到期{}项"), (missing, "欠报进展{}项")):
        assert (words.format(count) in said) == bool(count)
    assert said.count("校园消防检查") == late + week + missing
    assert ("一、" in said) == bool(late + week + missing)


def test_due_this_week_then_late_and_missing(college: Flask, as_: As) -> None:
    """Lead and co-units, each with its own day; what was due is late the day after."""
    with college.app_context():
        at_work(college, title="校园消防检查")
    office = as_("何玉萍")
    assert "本周到期1项" in text(office, "BWC")
    assert "协办时限" in text(office, "HGC")
    assert text(office, "JWC") == ""
    tomorrow(college, 4)
    office = as_("何玉萍")
    said = text(office, "BWC")
    assert "逾期1项，欠报进展1项" in said
    assert "已逾期1天" in said
    assert "欠报1期" in said
    assert "本周到期" not in said
    row = get(office, PAGE).soup.find("a", string="保卫处")
    assert row is not None
    cells = [cell.get_text(strip=True) for cell in row.find_parent("tr").select("td.db-num")]
    assert cells == ["1", "0", "1"]


def test_no_sensitive_item_is_ever_in_it(college: Flask, as_: As, database: Servers) -> None:
    """Not for who is on its list either: a group is no place for it."""
    with college.app_context():
        at_work(college, title="隐而不宣")
    assert "隐而不宣" in text(as_("何玉萍"), "BWC")
    with connect(database.owner_url) as raw:
        raw.execute("UPDATE item SET classification = 'sensitive'")
    for code in ("BWC", "HGC", "XGB"):
        assert text(as_("何玉萍"), code) == ""
    assert get(as_("何玉萍"), PAGE).soup.find("table") is None


@pytest.mark.parametrize(
    ("who", "code", "status"),
    [
        ("何玉萍", "JWC", 200), ("杨思源", "HGC", 200), ("坤建军", "BWC", 200),
        ("坤建军", "HGC", 404), ("邓涛", "BWC", 200), ("坤清祥", "BWC", 404),
        ("黄素芬", "BWC", 404), ("何玉萍", "XXX", 404), ("彭国栋", "HGC", 404),
    ],
)  # fmt: skip
def test_who_reminds_whom(as_: As, who: str, code: str, status: int) -> None:
    """党政办 every unit; head, deputy and liaison their own; nobody else."""
    assert get(as_(who), f"{PAGE}?unit={code}").status == status


def test_a_unit_speaks_for_itself(college: Flask, as_: As) -> None:
    with college.app_context():
        at_work(college)
    said = text(as_("坤建军"), "BWC")
    assert "本单位承办的督办事项" in said
    assert said.split("\n")[-2] == "安全保卫处"
    assert get(as_("何玉萍"), "/urges").soup.find("a", string="复制群通知")
    assert get(as_("何玉萍"), "/ledger?unit=BWC").soup.find("a", string="复制群通知")
    assert get(as_("坤建军"), "/ledger").soup.find("a", string="复制群通知")
    for who in ("何玉萍", "坤清祥", "彭国栋"):
        assert not get(as_(who), "/ledger").soup.find("a", string="复制群通知")
