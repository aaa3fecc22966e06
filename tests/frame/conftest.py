"""The frame alone: layout, assets, headers and error pages, without database or people."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, datetime

import jinja2
import pytest
from flask import Flask, abort, flash, render_template_string, request
from flask.testing import FlaskClient
from flask_wtf import CSRFProtect
from werkzeug.serving import make_server

from portal import errors
from portal.assets import init_assets
from portal.clock import SHANGHAI
from portal.components import register_components
from portal.config import Settings
from portal.error_pages import register_errors
from portal.filters import init_filters
from portal.frame import NavEntry, NavSection, Viewer
from portal.security_headers import init_security

DAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 10, 20, tzinfo=SHANGHAI)
NAV = (
    NavSection(
        "",
        (
            NavEntry("工作台", "house-door", "/", active=True),
            NavEntry("待办", "check2-square", "/todo", 6),
        ),
    ),
    NavSection("办理", (NavEntry("交办", "send", "/issue"),)),
)
FORM = """
{% extends "layout.html" %}{% from "macros/forms.html" import csrf with context %}
{% block title %}表单{% endblock %}
{% block content %}<div id="part">
<form method="post" action="/count" data-db-once>{{ csrf() }}<button id="send">提交</button></form>
<button id="gone" hx-get="/raise/404" hx-target="#part">打开</button>
<form hx-post="/again" hx-target="#part">{{ csrf() }}<button id="again">再交</button></form>
</div>{% endblock %}
"""


def _raise(kind: str) -> None:
    known: dict[str, Exception] = {
        "not-offered": errors.NotOffered("请先指定承办人。", "16(3)"),
        "stale": errors.Stale((errors.Done("杨思源", "审核通过", NOW),), "/items/7"),
        "forbidden": errors.Forbidden(),
        "missing": errors.NotFound(),
        "too-many": errors.TooMany(30),
        "broken": ZeroDivisionError("名称不得外泄"),
    }
    if kind in known:
        if kind == "stale":
            known[kind].kept = (errors.Kept("您的意见", "同意，<b>请抓紧</b>。"),)
        raise known[kind]
    abort(int(kind))


def _routes(app: Flask) -> None:
    @app.get("/raise/<kind>")
    def raise_it(kind: str) -> str:
        _raise(kind)
        return ""

    @app.get("/form")
    def form() -> str:
        return render_template_string(FORM)

    @app.post("/count")
    def count() -> str:
        app.config["COUNTED"] = app.config.get("COUNTED", 0) + 1
        flash("已保存", "toast")
        return render_template_string(FORM)

    @app.post("/again")
    def again() -> tuple[str, int]:
        return '<p id="answer">请补充理由。</p>', 422


def _context() -> dict[str, object]:
    signed_in = request.args.get("as") != "nobody"
    return {
        "viewer": Viewer("何玉萍", "督办专员", "党政办") if signed_in else None,
        "nav": NAV,
        "phone_nav": NAV[0].entries,
        "todo_count": 6,
        "demo_day": DAY,
        "college": "阿坝职业学院",
        "now": NOW,
    }


@pytest.fixture
def frame_app() -> Flask:
    """The frame with a signed-in viewer; `?as=nobody` shows it without one."""
    app = Flask("portal", static_folder=None)
    app.config.update(SECRET_KEY="only for tests")
    app.jinja_env.undefined = jinja2.StrictUndefined
    app.extensions["portal.settings"] = Settings()
    CSRFProtect(app)
    for init in (init_assets, init_security, init_filters, register_errors, register_components):
        init(app)
    app.context_processor(_context)
    _routes(app)
    return app


@pytest.fixture
def frame(frame_app: Flask) -> FlaskClient:
    """A client of the frame."""
    return frame_app.test_client()


@pytest.fixture
def frame_url(frame_app: Flask) -> Iterator[str]:
    """The frame served to a browser."""
    server = make_server("127.0.0.1", 0, frame_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
