"""What leaves the portal names nothing of a sensitive item, to nobody (SPEC §7.5, 8 and 9)."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable

import pytest
from flask import Flask

from portal.embedded import Servers, connect
from portal.messages.channels import WAYS
from portal.messages.sending import SETTLED
from tests.messages.conftest import later, rows, run
from tests.messages.sinks import Sink

New = Callable[..., uuid.UUID]
Post = Callable[..., None]
CANARY = "隐而不宣的标题"


def test_of_a_sensitive_item_nothing_leaves(
    sending: Flask,
    sink: Sink,
    post: Post,
    ids: dict[str, int],
    draft_item: New,
    database: Servers,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """SPEC §7.5, 8 and 9: no title, no number, no unit, no leader, on any channel or in any log;
    who is not on the list any more gets nothing at all."""
    item = draft_item(title=CANARY, level=1)
    with connect(database.owner_url) as raw:
        listed = [-ids["何玉萍"]]
        raw.execute(
            "UPDATE item SET classification = 'sensitive', readers = %s WHERE public_id = %s",
            [listed, item],
        )
    for kind in ("N01", "N02", "N06", "N08"):
        facts = {"action": "审签", "n": 3, "due": "2026-11-30"}
        post(kind, ids["何玉萍"], ids["覃燚"], item=item, **facts)
    sink.answer = lambda _got: (500, {})
    with caplog.at_level(logging.DEBUG):
        run(sending)
        sink.always(200, {"errcode": 0, "code": 0})
        later(sending, minutes=10)
        run(sending)
    out = "".join(got.body.decode() + got.path for got in sink.got)
    with connect(database.owner_url) as raw:
        kept = raw.execute("SELECT d::text FROM delivery d").fetchall()
    for place in (out, caplog.text, repr(kept)):
        assert CANARY not in place
        assert "安全保卫处" not in place
        assert str(item) not in place
    assert "您单位有1项督办事项已逾期，请登录查看。" in out
    assert {row.failure for row in rows(sending) if row.person_id == ids["覃燚"]} == {SETTLED}
    assert {row.state for row in rows(sending) if row.person_id == ids["何玉萍"]} == {"sent"}


def test_an_ordinary_item_has_its_title_and_a_link(
    sending: Flask, sink: Sink, post: Post, ids: dict[str, int], draft_item: New
) -> None:
    item = draft_item()
    post("N01", ids["何玉萍"], item=item, action="审签")
    run(sending)
    card = sink.sent()[0].json["textcard"]
    assert card["url"] == f"https://duban.example/items/{item}/signature"
    assert card["description"].startswith("您有1项督办事项待审签：")


def test_a_group_learns_nothing_of_a_sensitive_item(
    sending: Flask,
    sink: Sink,
    post: Post,
    ids: dict[str, int],
    draft_item: New,
    database: Servers,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A robot says nothing of it at all, and links to no item: a missing link would tell."""
    item, open_item = draft_item(title=CANARY), draft_item()
    with connect(database.owner_url) as raw:
        raw.execute("UPDATE item SET classification = 'sensitive' WHERE public_id = %s", [item])
    monkeypatch.setitem(WAYS, "wecom", WAYS["wecom"]._replace(shared=True))
    for one in (item, open_item):
        post("N02", ids["何玉萍"], item=one, due="2026-11-30")
    run(sending)
    shared = [row for row in rows(sending) if row.channel == "wecom"]
    assert len(shared) == 1, "the sensitive item's goes another way or none"
    assert str(open_item) not in "".join(got.body.decode() for got in sink.got)
