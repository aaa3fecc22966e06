"""What goes out of the portal: planned once, sent once, tried again, given up, never leaking."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select, update

from portal.embedded import Servers, connect
from portal.extensions import db
from portal.messages import choices, outbox
from portal.messages.planning import plan
from portal.messages.sending import NO_ADDRESS, SETTLED, send_due
from portal.messages.wording import SMS_LIMIT
from portal.models import Delivery, Person
from tests.messages.conftest import content, later, messages, rows, run
from tests.messages.sinks import Sink
from tests.stages import bring

New = Callable[..., uuid.UUID]
Post = Callable[..., None]


def test_a_message_goes_out_once(
    sending: Flask, sink: Sink, post: Post, ids: dict[str, int]
) -> None:
    sink.always(200, {"errcode": 0, "msgid": "M1"})
    post("N14", ids["坤建军"], a=1, b=2, c=0)
    for _ in range(3):
        run(sending)
    assert [content(got) for got in sink.sent()] == [
        "本周应反馈1项、到期2项、逾期0项，请查看清单。"
    ]
    (row,) = rows(sending)
    assert (row.state, row.channel, row.provider_id, row.tries) == ("sent", "wecom", "M1", 1)


def test_with_every_channel_off_nothing_fails(
    worker: Flask, draft_item: New, college: Flask
) -> None:
    """The inbox has them; later nobody is flooded with what was (SPEC §7.8)."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "pending_review")
    run(worker)
    assert rows(worker) == []
    found = messages(worker)
    assert found
    assert all(message.planned_at for message in found)


def test_site_only_kinds_stay(sending: Flask, sink: Sink, post: Post, ids: dict[str, int]) -> None:
    post("N17", ids["坤建军"])
    post("N18", ids["何玉萍"], year=2027)
    run(sending)
    assert rows(sending) == []


def test_short_messages_are_for_level_one(
    sending: Flask, sink: Sink, post: Post, ids: dict[str, int], draft_item: New
) -> None:
    """「sms(level 1)」; with signature at most 70 characters; without a number the neutral text."""
    drafts = {level: draft_item(level=level) for level in (1, 2)}
    for item in drafts.values():
        post("N02", ids["何玉萍"], item=item, due="2026-11-30")
    run(sending)
    assert sorted(row.channel for row in rows(sending)) == ["sms", "wecom", "wecom"]
    (short,) = (content(got) for got in sink.sent() if got.path == "/sms")
    assert short == "【阿坝职院】您单位有1项督办事项已交办，请登录系统签收。"
    assert len(short) <= SMS_LIMIT


def test_several_messages_are_one(
    sending: Flask, sink: Sink, post: Post, ids: dict[str, int]
) -> None:
    """SPEC §8.10: one digest instead of ten messages; another person's stays apart."""
    for number in range(7):
        post("N14", ids["坤建军"], a=number, b=0, c=0)
    post("N14", ids["邓涛"], a=9, b=0, c=0)
    run(sending)
    first, second = (content(got) for got in sink.sent())
    assert first.startswith("您有7条督办消息：\n1. 本周应反馈0项")
    assert "其余2条" in first
    assert "9项" in second
    assert len({row.bundle for row in rows(sending)}) == 2


def test_at_night_it_waits_for_the_morning(
    sending: Flask, sink: Sink, post: Post, ids: dict[str, int]
) -> None:
    later(sending, hours=13)  # 22:11
    post("N14", ids["坤建军"], a=1, b=0, c=0)
    with sending.app_context():
        choices.choose(ids["邓涛"], {"N14": ["wecom"]}, quiet=False)
    post("N14", ids["邓涛"], a=2, b=0, c=0)
    run(sending)
    assert ["2项" in content(got) for got in sink.sent()] == [True]
    later(sending, hours=10, minutes=27)  # 8:38
    run(sending)
    assert len(sink.sent()) == 2


def test_who_wants_none_gets_none(
    sending: Flask, sink: Sink, post: Post, ids: dict[str, int]
) -> None:
    with sending.app_context():
        choices.choose(ids["坤建军"], {"N14": [], "N08": ["sms"]}, quiet=True)
    post("N14", ids["坤建军"], a=1, b=0, c=0)
    run(sending)
    assert rows(sending) == []


def test_old_news_stay_in_the_inbox(
    sending: Flask, sink: Sink, post: Post, ids: dict[str, int]
) -> None:
    post("N14", ids["坤建军"], a=1, b=0, c=0)
    later(sending, days=3)
    run(sending)
    assert rows(sending) == []


def test_read_meanwhile_is_not_sent(
    sending: Flask, sink: Sink, post: Post, ids: dict[str, int], database: Servers
) -> None:
    post("N14", ids["坤建军"], a=1, b=0, c=0)
    run(sending, plan)
    with connect(database.owner_url) as raw:
        raw.execute("UPDATE message SET read_at = now()")
    run(sending)
    assert [(row.state, row.failure) for row in rows(sending)] == [("skipped", SETTLED)]
    assert sink.sent() == []


def test_no_address_is_said(
    sending: Flask, sink: Sink, post: Post, ids: dict[str, int], database: Servers
) -> None:
    with connect(database.owner_url) as raw:
        raw.execute("UPDATE person SET wecom_userid = ''")
    post("N14", ids["坤建军"], a=1, b=0, c=0)
    run(sending)
    reason = NO_ADDRESS.format("企业微信")
    assert [(row.state, row.failure) for row in rows(sending)] == [("skipped", reason)]


def test_a_failure_is_tried_again_later_and_later(
    sending: Flask, sink: Sink, post: Post, ids: dict[str, int]
) -> None:
    """Six tries with longer pauses, then it is shown as not delivered; always the same key."""
    sink.always(500, {})
    post("N14", ids["坤建军"], a=1, b=0, c=0)
    pauses, keys = [], set()
    for _ in range(outbox.TRIES):
        run(sending)
        (row,) = rows(sending)
        keys.add(row.bundle)
        now = sending.extensions["portal.clock"].now()
        pauses.append(row.next_at - now)
        sending.extensions["portal.clock"].instant = row.next_at
    assert row.state == "given_up"
    assert row.failure == "服务返回500"
    assert len(keys) == 1
    assert pauses[:-1] == sorted(pauses[:-1])
    assert timedelta(seconds=48) <= pauses[0] <= timedelta(minutes=2, seconds=12)
    later(sending, days=1)
    run(sending)
    assert len(sink.sent()) + sum("gettoken" in got.path for got in sink.got) == len(sink.got)
    assert rows(sending)[0].tries == outbox.TRIES


def test_a_refusal_is_not_tried_again(
    sending: Flask, sink: Sink, post: Post, ids: dict[str, int]
) -> None:
    """Half accepted: who is not among the accepted is not delivered to, the others are."""
    with sending.app_context():
        other = db.session.scalars(
            select(Person.wecom_userid).where(Person.id == ids["邓涛"])
        ).one()
    sink.answer = lambda got: (
        200,
        {"errcode": 0, "invaliduser": other if got.body and other in got.body.decode() else ""},
    )
    post("N14", ids["坤建军"], ids["邓涛"], a=1, b=0, c=0)
    run(sending)
    assert {row.person_id: row.state for row in rows(sending)} == {
        ids["坤建军"]: "sent", ids["邓涛"]: "given_up",
    }  # fmt: skip


def test_a_provider_that_hangs_holds_nobody_up(
    sending: Flask, sink: Sink, post: Post, ids: dict[str, int]
) -> None:
    """Three strikes, then the channel rests until the next turn; the rest waits untouched."""
    with sending.app_context():
        everybody = db.session.scalars(select(Person.id).where(Person.wecom_userid != "")).all()
    sink.always(503, {})
    post("N14", *everybody, a=1, b=0, c=0)
    run(sending)
    states = [row.state for row in rows(sending)]
    assert states.count("failed") == 3
    assert states.count("planned") == len(everybody) - 3


def test_a_killed_workers_bundle_is_taken_once_its_lease_is_over(
    sending: Flask, sink: Sink, post: Post, ids: dict[str, int], database: Servers
) -> None:
    """Same rows, same key; what the first one says then is too late."""
    post("N14", ids["坤建军"], a=1, b=0, c=0)
    run(sending, plan)
    clock = sending.extensions["portal.clock"]
    with sending.app_context():
        lost = outbox.take(["wecom"], clock.now())
        assert lost is not None
    run(sending)
    assert sink.sent() == []
    with connect(database.owner_url) as raw:
        raw.execute("UPDATE delivery SET leased_until = now() - interval '1 second'")
    run(sending)
    (row,) = rows(sending)
    assert (row.state, row.tries, row.bundle) == ("sent", 2, lost.key)
    with sending.app_context():
        done = [one.id for one in lost.rows]
        assert not outbox.note_failed(lost, done, "zu spät", clock.now())
    assert rows(sending)[0].state == "sent"


def test_what_kills_every_worker_is_given_up(
    sending: Flask, sink: Sink, post: Post, ids: dict[str, int]
) -> None:
    post("N14", ids["坤建军"], a=1, b=0, c=0)
    run(sending, plan)
    with sending.app_context():
        for _ in range(outbox.TRIES):
            assert outbox.take(["wecom"], sending.extensions["portal.clock"].now())
            db.session.execute(
                update(Delivery).values(leased_until=datetime.now(UTC) - timedelta(seconds=1))
            )
            db.session.commit()
    run(sending)
    assert [(row.state, row.failure) for row in rows(sending)] == [("given_up", outbox.LOST)]
    assert sink.sent() == []


def test_a_channel_that_was_switched_off(
    sending: Flask, sink: Sink, post: Post, ids: dict[str, int], worker: Flask
) -> None:
    """What was planned for it is shown after three days, not kept for ever."""
    post("N14", ids["坤建军"], a=1, b=0, c=0)
    run(sending, plan)
    worker.extensions["portal.clock"] = sending.extensions["portal.clock"]
    later(sending, days=4)
    run(worker)
    assert [(row.state, row.failure) for row in rows(sending)] == [("given_up", outbox.EXPIRED)]


def test_two_workers_at_once_send_each_row_once(
    sending: Flask, sink: Sink, post: Post, ids: dict[str, int]
) -> None:
    with sending.app_context():
        everybody = db.session.scalars(select(Person.id).where(Person.wecom_userid != "")).all()
    post("N14", *everybody, a=1, b=0, c=0)
    threads = [threading.Thread(target=run, args=(sending,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert {row.state for row in rows(sending)} == {"sent"}
    to = [got.json["touser"] for got in sink.sent()]
    assert len(to) == len(set(to)) == len(everybody)


def test_a_turn_ends_with_its_time(
    sending: Flask, sink: Sink, post: Post, ids: dict[str, int]
) -> None:
    post("N14", ids["坤建军"], a=1, b=0, c=0)
    run(sending, plan)
    run(sending, lambda: send_due(0))
    assert sink.got == []
