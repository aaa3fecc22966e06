"""/messages: unread first, read by a click, one's own alone (SPEC §8.15)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.embedded import Servers, connect
from portal.extensions import db
from portal.messages import inbox, wording
from portal.messages.inbox import PAGE
from portal.models import Item
from portal.rulebook import posting
from tests.pages import fill, get, send, values_of
from tests.stages import LEADERS, as_of, bring, item_of, person

New = Callable[..., uuid.UUID]
As = Callable[[str], FlaskClient]
DRAFTER, LEADER = "何玉萍", LEADERS["sign"]
UUID = re.compile(r"/messages/[0-9a-f-]{36}/reading$")


@pytest.fixture
def item(college: Flask, draft_item: New) -> uuid.UUID:
    """Submitted: its leader is asked to sign."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "pending_sign")
    return public_id


def tell(app: Flask, kind: str, name: str, item: uuid.UUID | None = None, **facts: Any) -> None:
    with app.app_context():
        viewer = as_of(app, name)
        found: Item | None = item_of(viewer, item) if item else None
        occasion = str(uuid.uuid4())
        posting.post(kind, [person(name)], occasion, viewer.moment.instant, item=found, facts=facts)
        db.session.commit()


def press(client: FlaskClient, action: str, address: str = "/messages") -> Any:
    page = get(client, address)
    form = page.form(action)
    return send(client, str(form["action"]), values_of(form))


def test_who_must_act_reads_it_in_the_frame_and_in_the_inbox(
    as_: As, item: uuid.UUID, college: Flask
) -> None:
    client = as_(LEADER)
    desk = get(client, "/")
    assert desk.soup.select_one('a[href="/messages"]').get_text(" ", strip=True) == "消息 1 条未读"
    page = get(client, "/messages")
    assert "您有1项督办事项待审签：" in page.text
    assert "待审签/审核/审定/签收" in page.text


def test_looking_reads_nothing_opening_does(as_: As, item: uuid.UUID) -> None:
    client = as_(LEADER)
    for address in ("/messages", "/messages?view=all", f"/items/{item}"):
        get(client, address)
    assert "1条未读" in get(client, "/messages").text
    done = press(client, "/opening")
    assert (done.status, done.location) == (303, f"/items/{item}/signature")
    assert "没有未读消息" in get(client, "/messages").text
    assert "您有1项督办事项待审签" in get(client, "/messages?view=all").text
    assert "条未读" not in get(client, "/").text


def test_marked_one_by_one_and_all(as_: As, college: Flask) -> None:
    for number in range(3):
        tell(college, "N14", DRAFTER, a=number, b=0, c=0)
    tell(college, "N18", DRAFTER, year=2027)
    client = as_(DRAFTER)
    *_, one = filter(UUID.search, get(client, "/messages").actions())
    assert press(client, one).status == 303
    assert "3条未读" in get(client, "/messages").text
    kept = get(client, "/messages?kind=N18")
    assert "2027年节假日表尚未维护。" in kept.text
    form = kept.form("/messages/reading")
    send(client, "/messages/reading", {**values_of(form)})
    assert "2条未读" in get(client, "/messages").text
    press(client, "/messages/reading")
    assert "没有未读消息" in get(client, "/messages").text


def test_what_merely_happened_is_not_unread_unless_one_wants_it(
    as_: As, item: uuid.UUID, college: Flask
) -> None:
    """办理动态: under its filter and among all, after what is unread; counted by own choice."""
    tell(college, "N14", DRAFTER, a=1, b=0, c=0)
    tell(college, "N00", DRAFTER, item)
    client = as_(DRAFTER)
    noted, asked = "新的办理情况", "请查看清单"
    page = get(client, "/messages")
    assert "1条未读" in page.text
    assert noted not in page.text
    assert [a["href"] for a in page.soup.select("tbody a")] == [
        "/papers/weekly-list"  # 查看清单
    ]
    rows = [row.get_text(" ") for row in get(client, "/messages?view=all").soup.select("tbody tr")]
    assert [("未读" in row, noted in row) for row in rows] == [(True, False), (False, True)]
    found = get(client, "/messages?kind=N00")
    assert noted in found.text
    assert asked not in found.text
    chosen = found.soup.select_one("main details summary")
    assert chosen is not None
    assert chosen.get_text() == "类别：办理动态"
    fill(client, "/account/messages", "/account/messages/inbox", {"noted": "y"})
    page = get(client, "/messages")
    assert "2条未读" in page.text
    assert noted in page.text
    fill(client, "/account/messages", "/account/messages/inbox", {"noted": []})
    assert "1条未读" in get(client, "/messages").text


def test_pages_and_addresses_that_are_none(as_: As, college: Flask) -> None:
    for number in range(PAGE + 1):
        tell(college, "N14", DRAFTER, a=number, b=0, c=0)
    client = as_(DRAFTER)
    assert f"共{PAGE + 1}项" in get(client, "/messages").text
    last = get(client, "/messages?page=2")
    assert f"第{PAGE + 1}—{PAGE + 1}项" in last.text
    for address in ("?page=99999999999", "?page=%F0%9F%98%80", "?kind=x&view=y&page=-1", "?page=9"):
        assert get(client, f"/messages{address}").status == 200


def test_pages_are_one_order_unread_first(
    as_: As, college: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was not read, then the rest, the latest of each first: none twice, none left out; and
    with more than are listed the pager says so."""
    monkeypatch.setattr(inbox, "PAGE", 3)
    for number in range(8):
        tell(college, "N14", DRAFTER, a=number, b=0, c=0)
    client = as_(DRAFTER)
    for _ in range(4):
        press(client, next(filter(UUID.search, get(client, "/messages").actions())))
    with college.app_context():
        viewer = as_of(college, DRAFTER)
        mine = [inbox.find(viewer, inbox.Filters(False, "", page)).lines for page in (1, 2, 3)]
        shown = [line for lines in mine for line in lines]
        ordered = sorted(shown, key=lambda line: (line.read, -line.at.timestamp()))
        assert [len(lines) for lines in mine] == [3, 3, 2]
        assert len({line.public_id for line in shown}) == 8
        assert [line.read for line in shown] == [line.read for line in ordered]
        assert [line.read for line in shown].count(True) == 4
        for wanted in (inbox.Filters(True, "", 2), inbox.Filters(False, "N14", 3)):
            assert inbox.find(viewer, wanted).lines
        found = inbox.find(viewer, inbox.Filters(True, "", 1))
        assert (found.total, found.kinds) == (4, {"N14": posting.kinds()["N14"].label})
        monkeypatch.setattr(inbox, "MOST_LISTED", 4)
        assert inbox.find(viewer, inbox.Filters(False, "", 1)).said == "4多"


def test_anothers_message_is_none(as_: As, item: uuid.UUID) -> None:
    mine = get(as_(LEADER), "/messages").form("/opening")
    other = as_(DRAFTER)
    token = values_of(get(other, "/").form("/logout"))
    for address in (str(mine["action"]), f"/messages/{uuid.uuid4()}/opening"):
        assert send(other, address, token).status == 404
    assert "1条未读" in get(as_(LEADER), "/messages").text


def test_a_message_goes_with_the_right_to_know(
    as_: As, item: uuid.UUID, college: Flask, database: Servers
) -> None:
    """Who is not on the list any more was told nothing; nothing is counted either."""
    with connect(database.owner_url) as raw:
        raw.execute("UPDATE item SET classification = 'sensitive', readers = '{}'")
    client = as_(LEADER)
    assert "条未读" not in get(client, "/").text
    assert "目前没有消息" in get(client, "/messages?view=all").text


@pytest.mark.parametrize("who", ["sysadmin01", "secadmin01", "auditor01"])
def test_administrators_have_no_inbox(as_: As, who: str) -> None:
    for address in ("/messages", "/account/messages"):
        assert as_(who).get(address).status_code == 403


# In words ----------------------------------------------------------------------------------


def _texts(app: Flask, name: str) -> dict[str, wording.Words]:
    viewer = as_of(app, name)
    rows = wording.read(wording.told(viewer))
    return {
        row.message.kind: words
        for row, words in zip(rows, wording.in_words(rows, viewer.moment.day), strict=True)
    }


def test_every_kind_reads_as_the_table_says(college: Flask, item: uuid.UUID) -> None:
    facts = {
        "action": "审签", "due": "2026-11-30", "date": "2026-12-02", "limit": "2027-01-05", "n": 3,
        "a": 1, "b": 0, "c": 2, "year": 2027,
    }  # fmt: skip
    with college.app_context():
        facts["from"] = person("坤建军")
    of_events = {"N00", "N10", "N12"}
    for kind in posting.kinds().keys() - of_events:
        about = item if kind not in ("N14", "N15", "N16", "N17", "N18") else None
        tell(college, kind, DRAFTER, about, **facts)
    with college.app_context():
        found = _texts(college, DRAFTER)
        title = item_of(as_of(college, DRAFTER), item).title
    assert all("{" not in words.text for words in found.values())
    assert found["N02"].text == f"《{title}》已交办，请于11月30日前办结，请及时签收。"
    assert found["N09"].text == f"催办：《{title}》逾期未办结，请于2027年1月5日前完成并回复。"
    assert found["N16"].text == "坤建军处长授权您代为处理督办事项至12月2日。"
    assert found["N15"].text == "分管单位在办1项，逾期0项，本周办结2项。"


def test_an_act_says_who_did_what(college: Flask, item: uuid.UUID) -> None:
    """N00 办理动态: of an act that tells more persons than it asks."""
    with college.app_context():
        bring(college, item, "pending_filing", since="pending_sign")
        bring(college, item, "in_progress", since="pending_filing")
        texts = [
            words.text
            for name in ("坤建军", DRAFTER, LEADER)
            for words in _texts(college, name).values()
        ]
    assert any("：" in words and "　" in words for words in texts), texts
    assert all("{" not in words for words in texts)


def test_a_blank_that_nothing_fills_is_not_shown(college: Flask, draft_item: New) -> None:
    """A 长期 item has no day: the neutral sentence stands instead."""
    item = draft_item()
    tell(college, "N06", DRAFTER, item)
    with college.app_context():
        assert _texts(college, DRAFTER)["N06"].text == "您有1项督办事项临近到期。"
