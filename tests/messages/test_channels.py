"""The channels against providers that hang, answer 500, answer 200 with an error, accept half."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit

import pytest

from portal.config import SettingError, Settings, load_settings
from portal.messages.channels import WAYS, configured, http
from portal.messages.channels.base import LARGEST_ANSWER, Channel, Permanent, Temporary
from portal.messages.channels.dingtalk import DingTalkRobot
from portal.messages.channels.sms import ShortMessages
from portal.messages.channels.smtp import Mail
from portal.messages.channels.wecom import WeComApplication, WeComRobot
from tests.messages.sinks import Sink, dripping, http_sink, mail_sink

KEY = uuid.UUID("12345678-0000-4000-8000-000000000000")
TEXT, LINK = "〔2026〕18号已交办，请“及时”签收。", "https://duban.example/items/1"
Make = Callable[[Sink, Path], Channel]


@pytest.fixture
def sink(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    monkeypatch.setattr(http, "CONNECT_SECONDS", 0.5)
    monkeypatch.setattr(http, "getproxies", dict)
    with http_sink() as made:
        yield made


def _application(sink: Sink, folder: Path) -> WeComApplication:
    return WeComApplication(sink.url, "corp", 7, "secret", folder)


def _sms(sink: Sink, _folder: Path, **other: str) -> ShortMessages:
    given = {
        "body": '{"phone": "{phone}", "content": "{text}", "id": "{key}"}',
        "type_": "application/json", "accepted": "code=0", "signature": "【阿坝职院】", **other,
    }  # fmt: skip
    return ShortMessages(f"{sink.url}/sms", headers={"Authorization": "Bearer x"}, **given)


HTTP: dict[str, Make] = {
    "wecom": _application,
    "wecom_robot": lambda sink, _folder: WeComRobot(f"{sink.url}/robot?key=k"),
    "dingtalk": lambda sink, _folder: DingTalkRobot(f"{sink.url}/ding?access_token=t", "S"),
    "sms": _sms,
}


@pytest.mark.parametrize("name", HTTP)
def test_a_provider_that_takes_it(sink: Sink, tmp_path: Path, name: str) -> None:
    HTTP[name](sink, tmp_path).send("13900000000", TEXT, LINK, KEY)
    assert len(sink.sent()) == 1


@pytest.mark.parametrize("name", HTTP)
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (None, Temporary),
        ((500, {"errcode": 0, "code": 0}), Temporary),
        ((429, {}), Temporary),
        ((403, {}), Permanent),
        ((302, {}), Permanent),
        ((200, b"<html>please sign in</html>"), Temporary),
        ((200, b'"0"'), Temporary),
        ((200, b'{"errcode": 0, "code": 0, "x": "' + b"x" * LARGEST_ANSWER + b'"}'), Temporary),
        ((200, {"errcode": 40003, "code": 17, "errmsg": TEXT}), Permanent),
    ],
    ids=["hangs", "500", "429", "403", "redirect", "a page", "no object", "endless", "a code"],
)
def test_a_provider_that_does_not(
    sink: Sink, tmp_path: Path, name: str, answer: Any, error: type[Exception]
) -> None:
    """Status 200 alone is no success; what is answered does not get into the reason."""
    sink.answer = lambda got: answer if "gettoken" not in got.path else (200, {})
    with pytest.raises(error) as raised:
        HTTP[name](sink, tmp_path).send("13900000000", TEXT, LINK, KEY)
    assert "18号" not in str(raised.value)
    assert "13900000000" not in str(raised.value)


@pytest.mark.parametrize("code", [-1, 45009, 42001])
def test_busy_is_not_never(sink: Sink, tmp_path: Path, code: int) -> None:
    sink.always(200, {"errcode": code})
    with pytest.raises(Temporary, match=str(code)):
        _application(sink, tmp_path).send("hyp", TEXT, LINK, KEY)


def test_nobody_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "getproxies", dict)
    with http_sink() as gone:
        robot = WeComRobot(gone.url)
    with pytest.raises(Temporary, match="无法连接"):
        robot.send("hyp", TEXT, LINK, KEY)


def test_an_answer_that_drips_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time, all of them never."""
    monkeypatch.setattr(http, "TOTAL_SECONDS", 0.3)
    monkeypatch.setattr(http, "getproxies", dict)
    with dripping(3) as url, pytest.raises(Temporary, match="超时"):
        WeComRobot(url).send("hyp", TEXT, LINK, KEY)


def test_an_application_message(sink: Sink, tmp_path: Path) -> None:
    """One token for many messages, also of another process; no tag of a title gets through."""
    sink.always(200, {"errcode": 0, "msgid": "M-1"})
    for _ in range(2):
        receipt = _application(sink, tmp_path).send("hyp", "<a href='x'>甲</a>", LINK, KEY)
    assert receipt.provider_id == "M-1"
    assert [urlsplit(got.path).path for got in sink.got] == [
        "/cgi-bin/gettoken", *["/cgi-bin/message/send"] * 2,
    ]  # fmt: skip
    message = sink.sent()[0].json
    assert message["touser"] == "hyp"
    assert message["enable_duplicate_check"] == 1
    assert message["textcard"]["url"] == LINK
    assert "<" not in message["textcard"]["description"]
    (kept,) = tmp_path.iterdir()
    assert kept.stat().st_mode & 0o077 == 0


def test_a_token_that_ended_is_fetched_anew(sink: Sink, tmp_path: Path) -> None:
    application = _application(sink, tmp_path)
    application.send("hyp", TEXT, "", KEY)
    sink.always(200, {"errcode": 42001})
    with pytest.raises(Temporary):
        application.send("hyp", TEXT, "", KEY)
    sink.always(200, {"errcode": 0})
    application.send("hyp", TEXT, "", KEY)
    assert sum("gettoken" in got.path for got in sink.got) == 2


@pytest.mark.parametrize("field", ["invaliduser", "unlicenseduser"])
def test_accepted_but_not_for_the_receiver(sink: Sink, tmp_path: Path, field: str) -> None:
    sink.always(200, {"errcode": 0, field: "hyp"})
    with pytest.raises(Permanent, match="接收人"):
        _application(sink, tmp_path).send("hyp", TEXT, LINK, KEY)


def test_a_robot_calls_the_person(sink: Sink, tmp_path: Path) -> None:
    HTTP["wecom_robot"](sink, tmp_path).send("hyp", TEXT, LINK, KEY)
    assert sink.got[0].json["text"]["mentioned_list"] == ["hyp"]


def test_the_signature_of_dingtalk(sink: Sink, tmp_path: Path) -> None:
    HTTP["dingtalk"](sink, tmp_path).send("13900000000", TEXT, LINK, KEY)
    asked = parse_qs(urlsplit(sink.got[0].path).query)
    words = f"{asked['timestamp'][0]}\nS".encode()
    assert base64.b64decode(asked["sign"][0]) == hmac.new(b"S", words, hashlib.sha256).digest()
    assert asked["access_token"] == ["t"]
    assert sink.got[0].json["at"] == {"atMobiles": ["13900000000"]}


def test_a_short_message_in_json(sink: Sink, tmp_path: Path) -> None:
    """Signature in front, no link, the same key again, quotes escaped."""
    sink.always(200, {"code": "0", "msgid": 99})
    receipt = _sms(sink, tmp_path).send("13900000000", '甲"{phone}"', LINK, KEY)
    assert sink.got[0].json == {
        "phone": "13900000000", "content": '【阿坝职院】甲"{phone}"', "id": KEY.hex,
    }  # fmt: skip
    assert sink.got[0].headers["Authorization"] == "Bearer x"
    assert receipt.provider_id == "99"


def test_a_short_message_as_a_form(sink: Sink, tmp_path: Path) -> None:
    sink.always(200, {"result": [{"status": "OK"}]})
    sms = _sms(
        sink, tmp_path, body="to={phone}&msg={text}", type_="application/x-www-form-urlencoded",
        accepted="result.0.status=OK",
    )  # fmt: skip
    sms.send("13900000000", "甲&乙", LINK, KEY)
    assert unquote_plus(sink.got[0].body.decode()) == "to=13900000000&msg=【阿坝职院】甲&乙"
    assert sink.got[0].body.count(b"&") == 1


def test_a_mail() -> None:
    with mail_sink() as (port, mails):
        receipt = Mail("127.0.0.1", port, "none", "", "", "duban@abazy.example").send(
            "hyp@abazy.example", TEXT, LINK, KEY
        )
    mail = message_from_bytes(mails[0], policy=policy.default)
    assert mail["Subject"] == "督办督查提醒"
    assert mail["Message-ID"] == f"<{KEY.hex}@abazy.example>" == receipt.provider_id
    assert TEXT in mail.get_content()
    assert LINK in mail.get_content()


@pytest.mark.parametrize(
    ("refusal", "error"),
    [("550 no such user", Permanent), ("451 later", Temporary), ("hang", Temporary)],
)
def test_a_mail_server_that_refuses(
    refusal: str, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.messages.channels.smtp.CONNECT_SECONDS", 0.5)
    with mail_sink(refusal) as (port, mails), pytest.raises(error):
        Mail("127.0.0.1", port, "none", "", "", "a@b.example").send("c@d.example", TEXT, "", KEY)
    assert mails == []


@pytest.mark.parametrize("to", ["", "坏 地址", "a@b\r\nBcc: x@y"])
def test_an_address_that_is_none(to: str) -> None:
    mail = Mail("127.0.0.1", 1, "none", "", "", "a@b.example")
    with pytest.raises(Permanent, match="地址"):
        mail.send(to, TEXT, "", KEY)


def test_without_settings_there_is_no_channel() -> None:
    assert configured(Settings()) == {}


def test_the_settings_switch_each_channel_on() -> None:
    settings = load_settings(
        {
            "PORTAL_WECOM_CORP_ID": "c", "PORTAL_WECOM_AGENT_ID": "1", "PORTAL_WECOM_SECRET": "s",
            "PORTAL_WECOM_ROBOT_URL": "https://x.example/r", "PORTAL_SMS_URL": "https://x.example/s",
            "PORTAL_DINGTALK_ROBOT_URL": "https://x.example/d", "PORTAL_SMTP_HOST": "mail.example",
            "PORTAL_SMTP_FROM": "a@b.example", "PORTAL_SMS_HEADERS": json.dumps({"A": "b"}),
        }
    )  # fmt: skip
    assert list(configured(settings)) == list(WAYS)


@pytest.mark.parametrize("name", ["SMS_HEADERS", "WECOM_ROBOT_URL", "DINGTALK_ROBOT_URL"])
def test_an_error_of_the_settings_shows_no_key(name: str) -> None:
    with pytest.raises(SettingError) as raised:
        load_settings({f"PORTAL_{name}": "geheim"})
    assert "geheim" not in str(raised.value)
