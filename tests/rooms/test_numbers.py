"""编号管理: for 党政办 only; right without telling of items one may not know of."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.embedded import Servers, connect
from portal.errors import NotFound
from portal.extensions import db
from portal.models import (
    Item,
    NumberSequence,
)
from portal.rooms.numbers.queries import registers
from tests.conftest import ANCHOR, ROOT
from tests.filing import WORD, as_person
from tests.pages import Page, get, send
from tests.people import csrf
from tests.rooms.number_pages import (
    HEAD,
    POSTS,
    STAFF,
    TODAY,
    acts,
    numbered,
    row_of,
    table_of,
)
from tests.shaping import shape
from tests.stages import bring, tomorrow
from tests.steps.changes.proposing import REASON, agree, propose

As = Callable[[str], FlaskClient]
New = Callable[..., uuid.UUID]
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
    "sysadmin01",
    "auditor01",
)


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
    """The day of the consent, who proposed 作废, in which words; of old times the bare fact."""
    public_id, bare = draft_item("A01"), draft_item("A03")
    with college.app_context():
        bring(college, public_id, "filed")
        propose(college, public_id, "void")
        tomorrow(college)
        agree(college, public_id, "agree_void", "余茂春")
    shape(college, bare, **numbered(2, state="void"))
    page = get(as_(HEAD), "/numbers")
    assert table_of(page, "已作废和线下使用") == [
        [f"{WORD}〔2026〕2号", "已作废", "", "", ""],
        [f"{WORD}〔2026〕1号", "已作废", "11月24日", "杨思源", REASON],
    ]
    assert row_of(page, f"{WORD}〔2026〕")["已使用"] == "2"


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
