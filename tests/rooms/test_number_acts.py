"""线下使用, 空号作废, 年度首号: the office head's acts, each done, refused and repeated."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.extensions import db
from portal.models import (
    Delegation,
    NumberAct,
    NumberPlaceholder,
    NumberSequence,
    Person,
)
from portal.rulebook import numbering
from tests.filing import WORD
from tests.pages import Page, fill, get, send, values_of
from tests.people import csrf
from tests.rooms.number_pages import (
    HEAD,
    POSTS,
    STAFF,
    TODAY,
    acts,
    counter,
    numbered,
    row_of,
    table_of,
)
from tests.shaping import shape

As = Callable[[str], FlaskClient]
New = Callable[..., uuid.UUID]


def _use_offline(client: FlaskClient, **typed: str) -> Page:
    return fill(client, "/numbers", "/offline", {"used_on": TODAY, **typed})


def test_a_number_used_offline(college: Flask, as_: As, draft_item: New) -> None:
    """SPEC §4 rule 6: the next one, with its day and who; no title, no unit; the next filing
    takes the one after it."""
    head = as_(HEAD)
    shape(college, draft_item("A01"), **numbered(36))
    answer = _use_offline(head, number=f"{WORD}〔2026〕37号", used_on="2026-11-20")
    assert (answer.status, answer.location) == (303, "/numbers")
    page = get(head, "/numbers")
    assert table_of(page, "已作废和线下使用") == [
        [f"{WORD}〔2026〕37号", "线下使用", "11月20日", HEAD, ""]
    ]
    assert row_of(page, f"{WORD}〔2026〕")["其中"] == "线下使用1"
    (entry,) = table_of(page, "办理记录")
    assert entry[1:] == [HEAD, "线下使用", f"{WORD}〔2026〕37号，2026年11月20日使用"]
    columns = {column.name for column in NumberPlaceholder.__table__.columns}
    assert not columns & {"title", "unit_id", "level", "requirement"}
    assert counter(college) == 37


def test_the_number_used_offline_is_the_one_that_was_shown(college: Flask, as_: As) -> None:
    """On paper that very number was used: another one would not do."""
    head = as_(HEAD)
    form = get(head, "/numbers").form("/offline")
    data = {**values_of(form), "number": f"{WORD}〔2026〕1号", "used_on": TODAY}
    with college.app_context():
        db.session.add(NumberSequence(word=WORD, year=2026, value=1))
        db.session.commit()
    answer = send(head, "/numbers/offline", data)
    assert answer.status == 422
    assert f"下一个编号现为{WORD}〔2026〕2号" in answer.text
    assert answer.form("/offline").find("input", id="offline-used_on")["value"] == TODAY
    assert acts(college) == []


REFUSED_OFFLINE: dict[str, tuple[dict[str, str], str]] = {
    "tomorrow": ({"used_on": "2026-11-24"}, "不晚于今天"),
    "last year": ({"used_on": "2025-12-31"}, "2026年内"),
    "no day": ({"used_on": ""}, "请填写日期"),
    "not a day": ({"used_on": "2026-02-30"}, "不是有效的日期"),
    "a year that is none": ({"used_on": "9999999-01-01"}, "不是有效的日期"),
    "a later number": ({"number": f"{WORD}〔2026〕9号"}, "下一个编号现为"),
    "another year": ({"number": f"{WORD}〔2025〕41号"}, "下一个编号现为"),
    "a wrong word": ({"number": "川职督办〔2026〕1号"}, "请选择编号"),
    "garbage": ({"number": "\x00'; DROP"}, "请选择编号"),
    "nothing": ({"number": ""}, "请选择编号"),
}


@pytest.mark.parametrize(("typed", "said"), REFUSED_OFFLINE.values(), ids=REFUSED_OFFLINE)
def test_what_cannot_be_used_offline(
    college: Flask, as_: As, typed: dict[str, str], said: str
) -> None:
    """422 with the form open, and nothing taken."""
    answer = _use_offline(as_(HEAD), **{"number": f"{WORD}〔2026〕1号", **typed})
    assert answer.status == 422
    answer.check()
    assert said in answer.text
    assert answer.form("/offline").find_parent("details").has_attr("open")
    assert counter(college) == 0


@pytest.mark.parametrize("address", POSTS[:3])
def test_an_empty_form_is_refused(as_: As, address: str) -> None:
    client = as_(HEAD)
    answer = send(client, address, {"csrf_token": csrf(client, "/numbers")})
    assert answer.status == 422
    answer.check()


def test_the_same_form_twice_is_one_number(college: Flask, as_: As) -> None:
    head = as_(HEAD)
    data = {
        **values_of(get(head, "/numbers").form("/offline")),
        "number": f"{WORD}〔2026〕1号",
        "used_on": TODAY,
    }
    assert [send(head, "/numbers/offline", data).status for _ in range(2)] == [303, 303]
    assert counter(college) == 1
    assert acts(college) == [("offline", HEAD)]


def test_the_key_of_another_act_is_spent(college: Flask, as_: As) -> None:
    head = as_(HEAD)
    data = {
        **values_of(get(head, "/numbers").form("/offline")),
        "number": f"{WORD}〔2026〕1号",
        "used_on": TODAY,
    }
    assert send(head, "/numbers/offline", data).status == 303
    start = {"sequence": f"{WORD}/2027", "first": "5"}
    answer = send(head, "/numbers/start", {**data, **start})
    assert answer.status == 422
    assert "表单已失效" in answer.text
    assert counter(college, 2027) == 0


def test_a_delegate_of_the_head_acts_in_the_heads_name(college: Flask, as_: As) -> None:
    """SPEC §1.5: both stand in the log."""
    with college.app_context():
        ids = dict(db.session.execute(select(Person.name, Person.id)).all())
        now = college.extensions["portal.clock"].now()
        db.session.add(
            Delegation(
                from_id=ids[HEAD], to_id=ids[STAFF], kind="AB角", scope="编号",
                roles=["office_head"], starts_at=now.replace(year=2026, month=1, day=1),
                ends_at=now.replace(year=2027, month=1, day=1), reason="外出",
                created_by_id=ids[HEAD],
            )
        )  # fmt: skip
        db.session.commit()
    staff = as_(STAFF)
    assert _use_offline(staff, number="阿职催办〔2026〕1号").status == 303
    (entry,) = table_of(get(staff, "/numbers"), "办理记录")
    assert entry[1] == f"{STAFF}（代{HEAD}）"
    with college.app_context():
        act = db.session.scalars(select(NumberAct)).one()
        assert (act.acting_as, act.on_behalf_of_id) == ("office_head", ids[HEAD])


def _void(client: FlaskClient, numbers: str, reason: str = "纸质台账无记载", **typed: str) -> Page:
    return fill(client, "/numbers", "/void", {"numbers": numbers, "opinion": reason, **typed})


@pytest.fixture
def with_gaps(college: Flask, draft_item: New) -> None:
    """1 and 5 in use, 2 to 4 missing."""
    for seq, sample in ((1, "A01"), (5, "A03")):
        shape(college, draft_item(sample), **numbered(seq))


@pytest.mark.usefixtures("with_gaps")
def test_gaps_that_no_paper_explains_are_declared_void(college: Flask, as_: As) -> None:
    """Case S09: filled or declared void."""
    head = as_(HEAD)
    text = f"{WORD}[2026]2\n{WORD}〔2026〕第003号\n{WORD}〔2026〕2号"
    assert _void(head, text).status == 303
    page = get(head, "/numbers")
    row = row_of(page, f"{WORD}〔2026〕")
    assert row["检查结果"] == "空号1个 4号"
    assert row["其中"] == "空号作废2"
    assert table_of(page, "已作废和线下使用") == [
        [f"{WORD}〔2026〕{seq}号", "已作废", "11月23日", HEAD, "纸质台账无记载"] for seq in (3, 2)
    ]
    assert acts(college) == [("void", HEAD)]


REFUSED_VOID: dict[str, tuple[str, str, str]] = {
    "in use": (f"{WORD}〔2026〕5号", "纸质台账无记载", "5号不是空号"),
    "not given out yet": (f"{WORD}〔2026〕6号", "纸质台账无记载", "6号不是空号"),
    "no such year": (f"{WORD}〔2024〕1号", "纸质台账无记载", "1号不是空号"),
    "one of two": (f"{WORD}〔2026〕2号\n{WORD}〔2026〕1号", "纸质台账无记载", "1号不是空号"),
    "no number": ("二号", "纸质台账无记载", "第1行：不是文号"),
    "number 0": (f"{WORD}〔2026〕0号", "纸质台账无记载", "没有0号"),
    "too many": (f"{WORD}〔2026〕2号\n" * 101, "纸质台账无记载", "每次不超过100个"),
    "nothing": ("", "纸质台账无记载", "请填写空号"),
    "no reason": (f"{WORD}〔2026〕2号", "", "请写明原因"),
    "a short reason": (f"{WORD}〔2026〕2号", "无", "请写明原因"),
    "a long reason": (f"{WORD}〔2026〕2号", "无" * 501, "请写明原因"),
    "a secret": (f"{WORD}〔2026〕2号", "绝密★10年，不便说明", "请勿在本系统录入"),
    "a word to confirm": (f"{WORD}〔2026〕2号", "保密工作记录已核对", "请核对后勾选"),
}


@pytest.mark.usefixtures("with_gaps")
@pytest.mark.parametrize(("numbers", "reason", "said"), REFUSED_VOID.values(), ids=REFUSED_VOID)
def test_what_cannot_be_declared_void(
    college: Flask, as_: As, numbers: str, reason: str, said: str
) -> None:
    """422, the text kept (unless it is marked as a secret), nothing stored."""
    answer = _void(as_(HEAD), numbers, reason)
    assert answer.status == 422
    answer.check()
    assert said in answer.text
    kept = answer.form("/void").find("textarea", attrs={"name": "numbers"}).get_text().strip()
    assert kept == numbers.strip()
    assert ("绝密" in answer.html) is False
    assert acts(college) == []


def _start(client: FlaskClient, sequence: str, first: str) -> Page:
    return fill(client, "/numbers", "/start", {"sequence": sequence, "first": first})


def test_the_first_number_of_a_year_is_set(college: Flask, as_: As, draft_item: New) -> None:
    """SPEC §4 rule 5, and set again while none is taken; afterwards no more."""
    head = as_(HEAD)
    for first in ("41", "36"):
        assert _start(head, f"{WORD}/2026", first).status == 303
    row = row_of(get(head, "/numbers"), f"{WORD}〔2026〕")
    assert (row["首号"], row["下一个"], row["检查结果"]) == ("36", "36", "尚未编号")
    assert _use_offline(head, number=f"{WORD}〔2026〕36号").status == 303
    page = get(head, "/numbers")
    assert row_of(page, f"{WORD}〔2026〕")["检查结果"] == "连续"
    offered = page.form("/start").find_all("option")
    assert [option["value"] for option in offered] == [
        "阿职催办/2026", f"{WORD}/2027", "阿职催办/2027",
    ]  # fmt: skip
    answer = _start(head, f"{WORD}/2026", "1")
    assert answer.status == 422
    assert "已开始编号，首号不能再改" in answer.text
    assert acts(college) == [("start", HEAD), ("start", HEAD), ("offline", HEAD)]
    assert table_of(page, "办理记录")[1][3] == f"{WORD}〔2026〕首号由41号改为36号"


@pytest.mark.parametrize(
    ("sequence", "first", "said"),
    [
        (f"{WORD}/2026", "1", "首号现在就是1号"),
        (f"{WORD}/2026", "0", "请填写1至9999之间的整数"),
        (f"{WORD}/2026", "-5", "请填写1至9999之间的整数"),
        (f"{WORD}/2026", "10000", "请填写1至9999之间的整数"),
        (f"{WORD}/2026", "9" * 30, "请填写1至9999之间的整数"),
        (f"{WORD}/2026", "一", "首号"),
        (f"{WORD}/2026", "", "请填写首号"),
        (f"{WORD}/2025", "5", "请选择编号序列"),
        (f"{WORD}/2028", "5", "请选择编号序列"),
        ("川职督办/2026", "5", "请选择编号序列"),
        ("\x00", "5", "请选择编号序列"),
    ],
)
def test_what_is_no_first_number(
    college: Flask, as_: As, sequence: str, first: str, said: str
) -> None:
    answer = _start(as_(HEAD), sequence, first)
    assert answer.status == 422
    answer.check()
    assert said in answer.text
    assert acts(college) == []


def test_next_years_numbers_may_be_prepared(college: Flask, as_: As) -> None:
    """The number filed on the first day of that year is the one that was set."""
    assert _start(as_(HEAD), f"{WORD}/2027", "101").status == 303
    with college.app_context():
        assert numbering.take(WORD, date(2027, 1, 1)).seq == 101
        db.session.rollback()
