"""/admin/deliveries: what went out, for the system administrator, without a word of an item."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.messages import inbox
from portal.rulebook import posting
from tests.messages.conftest import later, rows, run
from tests.messages.sinks import Sink
from tests.pages import get, send, values_of
from tests.stages import as_of, person

New = Callable[..., uuid.UUID]
As = Callable[[str], FlaskClient]
ADMIN = "sysadmin01"
TITLE = "只有承办人知道的题目"


def press(client: FlaskClient, action: str) -> Any:
    form = get(client, "/admin/deliveries").form(action)
    return send(client, str(form["action"]), values_of(form))


@pytest.fixture
def refused(
    sending: Flask, college: Flask, sink: Sink, post: Callable[..., None], draft_item: New
) -> Flask:
    """One message that the provider refused."""
    settings = sending.extensions["portal.settings"]
    web = college.extensions["portal.settings"]
    college.extensions["portal.settings"] = replace(settings, database_url=web.database_url)
    sink.always(200, {"errcode": 81013})
    with college.app_context():
        drafter = person("何玉萍")
    post("N01", drafter, item=draft_item(title=TITLE), action="审签")
    run(sending)
    return sending


def test_it_says_to_whom_over_what_and_why_not(as_: As, refused: Flask) -> None:
    page = get(as_(ADMIN), "/admin/deliveries?state=given_up&channel=wecom")
    for word in ("何玉萍", "企业微信", "未送达", "企业微信返回错误代码81013", "您有1项督办待办"):
        assert word in page.text
    assert TITLE not in page.html
    assert "审签：" not in page.text
    assert "没有发送记录" in get(as_(ADMIN), "/admin/deliveries?state=sent").text
    assert get(as_(ADMIN), "/admin/deliveries?state=x&channel=y&page=z").status == 200


def test_sent_again_it_arrives(as_: As, refused: Flask, sink: Sink) -> None:
    """Under a new key: the provider does not take it for the same."""
    before = rows(refused)[0].bundle
    sink.always(200, {"errcode": 0})
    assert press(as_(ADMIN), "/again").status == 303
    run(refused)
    (row,) = rows(refused)
    assert row.state == "sent"
    assert row.bundle != before
    assert row.forced_by_id is not None


def test_all_undelivered_are_sent_again_once(as_: As, refused: Flask, sink: Sink) -> None:
    """Confirmed on the page; the same page sent twice, or sent after they failed anew, does nothing
    more."""
    client = as_(ADMIN)
    page = get(client, "/admin/deliveries?channel=wecom")
    assert "重新发送全部未送达（1条）" in page.text
    assert "重新发送全部" not in get(client, "/admin/deliveries?channel=sms").text
    assert "重新发送全部" not in get(client, "/admin/deliveries?state=sent").text
    sent = values_of(page.form("/deliveries/undelivered"))
    before = rows(refused)[0].bundle
    later(refused, minutes=1)
    assert send(client, "/admin/deliveries/undelivered", sent).status == 303
    run(refused)
    (row,) = rows(refused)
    assert (row.state, row.forced_by_id) == ("given_up", None)
    assert row.bundle != before
    assert send(client, "/admin/deliveries/undelivered", sent).status == 303
    assert [row.state for row in rows(refused)] == ["given_up"]
    assert send(client, "/admin/deliveries/undelivered", {**sent, "shown_at": "x"}).status == 400
    # Read in the portal meanwhile: nothing is sent.
    with refused.app_context():
        viewer = as_of(refused, "何玉萍")
        inbox.mark_all(viewer)
    assert press(client, "/deliveries/undelivered").status == 303
    run(refused)
    assert [row.state for row in rows(refused)] == ["skipped"]


def test_a_test_message_goes_to_the_administrators_own_address(
    as_: As, refused: Flask, sink: Sink
) -> None:
    assert press(as_(ADMIN), "/tests/sms").status == 303
    sink.always(200, {"code": 0})
    run(refused)
    row = rows(refused)[-1]
    assert (row.kind, row.channel, row.message_id) == ("test", "sms", None)
    assert row.state in ("sent", "skipped")
    assert "测试消息" in get(as_(ADMIN), "/admin/deliveries").text


def test_a_channel_that_is_off_is_not_tested(as_: As, refused: Flask) -> None:
    client = as_(ADMIN)
    token = values_of(get(client, "/").form("/logout"))
    for address in ("tests/email", "tests/x", f"{uuid.uuid4()}/again"):
        assert send(client, f"/admin/deliveries/{address}", token).status == 404


@pytest.mark.parametrize("who", ["secadmin01", "auditor01", "何玉萍", "三郎泽里"])
def test_nobody_else_may_look_or_send(as_: As, refused: Flask, who: str) -> None:
    client = as_(who)
    assert client.get("/admin/deliveries").status_code == 403
    token = values_of(get(client, "/").form("/logout"))
    public_id = rows(refused)[0].public_id
    for address in (f"{public_id}/again", "tests/wecom"):
        assert send(client, f"/admin/deliveries/{address}", token).status == 403
    assert [row.state for row in rows(refused)] == ["given_up"]


# What a person wants -----------------------------------------------------------------------


def test_a_person_chooses_by_kind_and_channel(as_: As, refused: Flask, college: Flask) -> None:
    client = as_("何玉萍")
    page = get(client, "/account/messages")
    form = page.form("/account/messages")
    offered = values_of(form)
    assert offered["N08"] == ["wecom", "sms"]
    assert offered["quiet"] == ["y"]
    assert "N17" not in offered
    sent = {**offered, "N08": ["sms"], "N01": [], "N17": ["wecom"], "quiet": []}
    assert send(client, "/account/messages", sent).status == 303
    kept = values_of(get(client, "/account/messages").form("/account/messages"))
    assert kept["N08"] == ["sms"]
    assert "N01" not in kept
    assert "quiet" not in kept
    assert set(offered) - {"N01", "quiet"} == set(kept)


def test_without_channels_the_page_says_so(as_: As) -> None:
    assert "尚未启用站外渠道" in get(as_("何玉萍"), "/account/messages").text


def test_every_kind_has_words_for_the_administrator() -> None:
    from portal.messages.wording import neutral_of

    assert all("{" not in neutral_of(kind) for kind in (*posting.kinds(), "test"))
