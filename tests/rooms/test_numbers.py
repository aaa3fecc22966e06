"""编号管理: for 党政办 only, right without telling of items, and the office head's acts."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.embedded import Servers, connect
from portal.errors import NotFound
from portal.extensions import db
from portal.models import (
    Delegation,
    Event,
    Item,
    NumberAct,
    NumberPlaceholder,
    NumberSequence,
    Opinion,
    Person,
)
from portal.rooms.numbers.queries import registers
from portal.rulebook import numbering
from tests.conftest import ANCHOR, ROOT
from tests.filing import WORD, as_person, item_of
from tests.pages import Page, fill, get, send, values_of
from tests.people import csrf
from tests.shaping import read_as, shape

As = Callable[[str], FlaskClient]
New = Callable[..., uuid.UUID]
HEAD, STAFF = "杨思源", "何玉萍"
OTHERS = (
    "余茂春",
    "向维岷",
    "三郎泽里",
    "坤清祥",
    "坤建军",
    "邓涛",
    "黄素芬",
    "余㛃",
    "郑守方",
    "周慎之",
)
POSTS = ("/numbers/offline", "/numbers/void", "/numbers/start", "/numbers/history")
TODAY = ANCHOR.isoformat()


def numbered(seq: int, **columns: Any) -> dict[str, Any]:
    """A filed item's columns."""
    given = {"doc_word": WORD, "doc_year": 2026, "doc_seq": seq, "filed_on": ANCHOR}
    return {"state": "filed", **given, **columns}


def row_of(page: Page, sequence: str) -> dict[str, str]:
    """The row of a sequence in 编号连续性检查, by its column heads."""
    table = page.soup.find("div", attrs={"aria-label": "编号连续性检查"}).find("table")
    heads = [cell.get_text(strip=True) for cell in table.select("thead th")]
    for row in table.select("tbody tr"):
        cells = [" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])]
        if cells[0] == sequence:
            return dict(zip(heads, cells, strict=True))
    raise AssertionError(f"no {sequence} in the check")


def table_of(page: Page, label: str) -> list[list[str]]:
    """The rows of a table of the page."""
    box = page.soup.find("div", attrs={"aria-label": label})
    rows = box.select("tbody tr") if box else []
    return [[" ".join(cell.get_text(" ").split()) for cell in row.find_all("td")] for row in rows]


def acts(college: Flask) -> list[tuple[str, str]]:
    """The log: act and actor, oldest first."""
    with college.app_context():
        rows = db.session.execute(
            select(NumberAct.act, Person.name)
            .join(Person, Person.id == NumberAct.actor_id)
            .order_by(NumberAct.id)
        )
        return [(row.act, row.name) for row in rows]


def counter(college: Flask, year: int = 2026, word: str = WORD) -> int:
    """The last number given out."""
    with college.app_context():
        return db.session.scalar(select(NumberSequence.value).filter_by(word=word, year=year)) or 0


def _main(page: Page) -> str:
    main = page.soup.find("main")
    assert main is not None
    return str(main)


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_learns_of_the_room(as_: As, who: str) -> None:
    """404 as at an address that is none; no link leads there."""
    client = as_(who)
    missing = _main(get(client, "/no-such-page"))
    for address in ("/numbers", "/numbers/history"):
        answer = get(client, address)
        assert (answer.status, _main(answer)) == (404, missing)
    token = csrf(client, "/account/password")
    for address in POSTS:
        assert send(client, address, {"csrf_token": token}).status == 404
    assert "/numbers" not in get(client, "/").html


@pytest.mark.parametrize("who", [HEAD, STAFF])
def test_the_office_is_led_there(as_: As, who: str) -> None:
    """From the navigation."""
    link = get(as_(who), "/").soup.select_one("nav.db-side a[href='/numbers']")
    assert link is not None
    assert "编号管理" in link.text
    assert get(as_(who), "/numbers").status == 200


def test_the_register_is_not_read_for_anybody_else(college: Flask) -> None:
    """The database's function tells whoever calls it; so just one place calls it, and asks who."""
    with college.app_context(), pytest.raises(NotFound):
        registers(as_person(college, "余茂春"), {WORD})
    callers = [
        path.relative_to(ROOT).as_posix()
        for path in [*(ROOT / "portal").rglob("*.py"), *(ROOT / "jobs").rglob("*.py")]
        if "number_register()." in path.read_text(encoding="utf-8")
    ]
    assert callers == ["portal/rooms/numbers/queries.py"]


def test_the_staff_sees_no_form_of_the_heads(as_: As) -> None:
    assert get(as_(STAFF), "/numbers").actions() == []
    assert set(get(as_(HEAD), "/numbers").actions()) == set(POSTS[:3])


@pytest.mark.parametrize("address", POSTS[:3])
def test_the_staff_cannot_do_the_heads_acts(college: Flask, as_: As, address: str) -> None:
    client = as_(STAFF)
    typed = {
        "csrf_token": csrf(client, "/account/password"), "key": str(uuid.uuid4()),
        "number": f"{WORD}〔2026〕1号", "used_on": TODAY,
        "numbers": f"{WORD}〔2025〕1号", "opinion": "纸质台账无记载",
        "sequence": f"{WORD}/2026", "first": "5",
    }  # fmt: skip
    answer = send(client, address, typed)
    assert answer.status == 422
    assert "不由您办理" in answer.text
    assert acts(college) == []


def test_an_empty_year_is_shown(as_: As) -> None:
    """This year's sequences stand there before their first number; 2025 begins at 41."""
    page = get(as_(HEAD), "/numbers")
    assert row_of(page, f"{WORD}〔2026〕")["检查结果"] == "尚未编号"
    assert row_of(page, "阿职催办〔2026〕")["下一个"] == "1"
    old = row_of(page, f"{WORD}〔2025〕")
    assert (old["首号"], old["下一个"], old["检查结果"]) == ("41", "41", "尚未编号")


def test_gaps_are_listed_with_how_many(college: Flask, as_: As, draft_item: New) -> None:
    """SPEC §4 rule 4: any hole."""
    for seq, sample in ((1, "A01"), (2, "A03"), (6, "A04")):
        shape(college, draft_item(sample), **numbered(seq))
    with college.app_context():
        db.session.execute(db.update(NumberSequence).filter_by(year=2026).values(value=7))
        db.session.commit()
    page = get(as_(STAFF), "/numbers")
    row = row_of(page, f"{WORD}〔2026〕")
    assert (row["已使用"], row["末号"], row["下一个"]) == ("3", "6", "8")
    assert row["检查结果"] == "空号4个 3至5号、7号"
    assert "有空号，请补登或作废" in page.text


def _hide(database: Servers, public_id: uuid.UUID, seq: int, reader: str, state: str) -> None:
    """A numbered sensitive item, known to one person (an act takes it out of its actor's sight)."""
    with connect(database.owner_url) as raw:
        raw.execute(
            "UPDATE item SET classification = 'sensitive', title = '查不得', state = %s,"
            " doc_word = %s, doc_year = 2026, doc_seq = %s, filed_on = %s,"
            " readers = ARRAY[-(SELECT id FROM person WHERE name = %s)]::int[]"
            " WHERE public_id = %s",
            [state, WORD, seq, ANCHOR, reader, public_id],
        )


@pytest.mark.parametrize("state", ["filed", "void"])
def test_the_check_is_right_and_tells_nothing_of_a_sensitive_item(
    college: Flask, database: Servers, as_: As, draft_item: New, state: str
) -> None:
    """SPEC §7.5 rule 6: 25号 counts, no row, no title, no unit, no level of it; void or not."""
    shape(college, draft_item("A01"), **numbered(1))
    secret = draft_item("B02")
    _hide(database, secret, 2, "向维岷", state)
    shape(college, draft_item("A03"), **numbered(3))
    for who in (STAFF, HEAD):
        client = as_(who)
        assert client.get(f"/items/{secret}").status_code == 404
        page = get(client, "/numbers")
        row = row_of(page, f"{WORD}〔2026〕")
        assert (row["已使用"], row["末号"], row["检查结果"]) == ("3", "3", "连续")
        assert row["其中"] == "均为事项"
        assert "查不得" not in page.html
        assert f"{WORD}〔2026〕2号" not in page.html
        assert table_of(page, "已作废和线下使用") == []


def test_void_items_are_listed_with_their_reason(college: Flask, as_: As, draft_item: New) -> None:
    """By the act of 作废: its day, its actor, its words; without one the bare fact."""
    public_id, bare = draft_item("A01"), draft_item("A03")
    with college.app_context():
        item = item_of(read_as(college, STAFF), public_id)
        opinion = Opinion(item_id=item.id, body="与已有工作安排重复登记", salt="x")
        db.session.add(opinion)
        db.session.flush()
        for key, words in ((1, None), (2, opinion.id)):
            db.session.add(
                Event(
                    item_id=item.id, key=uuid.UUID(int=key), act="void", at=datetime.now(UTC),
                    day=ANCHOR, actor_id=item.drafter_id, acting_as="office_head", subject="item",
                    from_state="filed", to_state="void", form_version=1, item_version=item.version,
                    opinion_id=words,
                )
            )  # fmt: skip
        db.session.commit()
    shape(college, public_id, **numbered(1, state="void"))
    shape(college, bare, **numbered(2, state="void"))
    page = get(as_(HEAD), "/numbers")
    assert table_of(page, "已作废和线下使用") == [
        [f"{WORD}〔2026〕2号", "已作废", "", "", ""],
        [f"{WORD}〔2026〕1号", "已作废", "11月23日", STAFF, "与已有工作安排重复登记"],
    ]
    assert row_of(page, f"{WORD}〔2026〕")["已使用"] == "2"


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


def test_nothing_of_the_numbers_is_written_without_a_token(as_: As) -> None:
    for address in POSTS:
        assert as_(HEAD).post(address, data={}).status_code == 400


def test_items_are_counted_once(college: Flask, draft_item: New) -> None:
    """However often an item is saved after its filing."""
    public_id = draft_item()
    shape(college, public_id, **numbered(1))
    shape(college, public_id, title="改过的题目")
    with college.app_context():
        found = registers(as_person(college, HEAD), {WORD})[WORD, 2026]
        as_person(college, HEAD)
        items = db.session.scalar(select(func.count()).select_from(Item).where(Item.doc_seq == 1))
    assert (dict(found.taken), items) == ({1: "item"}, 1)
