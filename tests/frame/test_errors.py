"""Error pages: what happened and what to do next, in the tone of SPEC §8.12; headers of §7.5."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from portal import navigation
from portal.config import Settings
from portal.error_pages import EXPIRED, SAID
from portal.security_headers import init_security

KINDS = [
    ("400", 400, "请求不完整"),
    ("403", 403, "您没有办理权限"),
    ("404", 404, "没有找到您要的内容"),
    ("405", 405, "不支持这样打开"),
    ("409", 409, "内容已有变化"),
    ("413", 413, "文件过大"),
    ("422", 422, "现在不能办理"),
    ("429", 429, "操作过于频繁"),
    ("500", 500, "系统出现问题"),
    ("503", 500, "系统出现问题"),
    ("forbidden", 403, "您没有办理权限"),
    ("missing", 404, "没有找到您要的内容"),
    ("too-many", 429, "操作过于频繁"),
    ("not-offered", 422, "请先指定承办人。"),
    ("stale", 409, "杨思源已于2026年11月23日 10:20"),
    ("broken", 500, "系统出现问题"),
]


@pytest.mark.parametrize(("kind", "status", "words"), KINDS)
def test_each_error_is_a_page(frame: FlaskClient, kind: str, status: int, words: str) -> None:
    answer = frame.get(f"/raise/{kind}")
    page = BeautifulSoup(answer.data, "html.parser")
    assert answer.status_code == status
    assert words in page.get_text()
    assert len(page.select("h1")) == 1
    assert page.select_one("main .db-empty-actions a")
    assert "严禁处理、存储、传输国家秘密" in page.get_text()


@pytest.mark.parametrize(("kind", "status", "words"), KINDS)
def test_htmx_gets_a_notice(frame: FlaskClient, kind: str, status: int, words: str) -> None:
    answer = frame.get(f"/raise/{kind}", headers={"HX-Request": "true"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert answer.headers["HX-Retarget"] == "#db-toasts"
    assert answer.headers["HX-Reswap"] == "beforeend"
    assert words in text
    assert "<html" not in text


def test_a_notice_counts_nothing_that_waits(
    as_: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no frame; a whole page has."""
    client, asked = as_("何玉萍"), []
    monkeypatch.setattr(navigation, "_personal", lambda user: asked.append(user) or {})
    address = f"/items/{uuid.UUID(int=0)}"
    assert client.get(address, headers={"HX-Request": "true"}).status_code == 404
    assert not asked
    assert client.get(address).status_code == 404
    assert asked


def test_missing_and_foreign_answer_alike(frame: FlaskClient) -> None:
    def said(address: str) -> str:
        return BeautifulSoup(frame.get(address).data, "html.parser").select_one("main").prettify()

    assert said("/raise/missing") == said("/raise/404") == said("/nowhere")


def test_refusal_quotes_its_article(frame: FlaskClient) -> None:
    assert "依据第十六条第（三）项" in frame.get("/raise/not-offered").get_data(as_text=True)


def test_stale_save_hands_back_what_was_typed(frame: FlaskClient) -> None:
    page = BeautifulSoup(frame.get("/raise/stale").data, "html.parser")
    assert page.select_one(".db-kept dt").get_text(strip=True) == "您的意见"
    assert page.select_one(".db-kept dd").get_text(strip=True) == "同意，<b>请抓紧</b>。"
    assert page.select_one(".db-empty-actions a")["href"] == "/items/7"


def test_a_broken_page_gives_a_reference_and_no_detail(
    frame: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        text = frame.get("/raise/broken").get_data(as_text=True)
    reference = re.search(r"编号([0-9A-F]{8})", text)
    assert reference
    assert f"reference {reference[1]}" in caplog.text
    assert "ZeroDivision" not in text
    assert "名称不得外泄" not in text


def test_a_broken_context_still_gives_the_page(frame_app: Flask) -> None:
    """The database is away: what fills the frame fails too, the page stands without it."""

    @frame_app.context_processor
    def broken() -> dict[str, object]:
        raise RuntimeError("database away")

    answer = frame_app.test_client().get("/raise/404")
    assert answer.status_code == 500
    assert "系统出现问题" in answer.get_data(as_text=True)


def test_too_many_says_when_to_come_back(frame: FlaskClient) -> None:
    assert frame.get("/raise/too-many").headers["Retry-After"] == "30"


def test_wrong_method_says_which_are_right(frame: FlaskClient) -> None:
    answer = frame.get("/count")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_an_expired_form_says_so(frame: FlaskClient) -> None:
    answer = frame.post("/count")
    assert answer.status_code == 400
    assert EXPIRED.title in answer.get_data(as_text=True)


def test_tone() -> None:
    """Formal, without exclamation marks, 成功 and 失败; every page says what to do next."""
    for said in [*SAID.values(), EXPIRED]:
        text = "".join((said.title, *said.lines))
        assert not re.search("！|!|成功|失败|Error", text)
        assert said.actions
        assert all(line.endswith("。") for line in said.lines)


def test_headers(frame: FlaskClient) -> None:
    answer = frame.get("/form")
    policy = answer.headers["Content-Security-Policy"]
    for part in (
        "script-src 'self' 'nonce-",
        "style-src 'self';",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ):
        assert part in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in answer.headers


def test_every_script_carries_the_nonce_of_its_answer(frame: FlaskClient) -> None:
    nonces = set()
    for _ in range(2):
        answer = frame.get("/form")
        nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
        assert nonce
        scripts = BeautifulSoup(answer.data, "html.parser").select("script")
        assert scripts
        assert {script["nonce"] for script in scripts} == {nonce[1]}
        nonces.add(nonce[1])
    assert len(nonces) == 2


def test_tls_only_where_cookies_are_bound_to_it() -> None:
    app = Flask("portal", static_folder=None)
    app.extensions["portal.settings"] = Settings(secure_cookies=True)
    init_security(app)
    app.add_url_rule("/", view_func=lambda: "")
    answer = app.test_client().get("/")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_a_sheet_may_be_framed_by_the_portal_only() -> None:
    app = Flask("portal", static_folder=None)
    init_security(app)
    app.add_url_rule("/", view_func=lambda: (b"%PDF", {"Content-Type": "application/pdf"}))
    policy = app.test_client().get("/").headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "'none'; form-action 'none'" in policy
