"""Sign-in is required everywhere, except at the addresses listed here (SPEC §7.7).

Also where a person is sent when a session has ended, and where sign-in may lead.
"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Flask, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.accounts.queries import DISPLAY
from portal.accounts.sessions import SignedIn, load_session, touch
from portal.errors import NotFound
from portal.extensions import login_manager

OPEN_ENDPOINTS = frozenset(
    {
        "accounts.sign_in",
        "accounts.begin_session",
        "calendar_feed.read",
        "health.healthz",
        "health.readyz",
        "silent.begin",
        "silent.come_back",
        "silent.confirm",
    }
)
"""The only endpoints that answer somebody not signed in; a calendar asks for its secret."""

OWN_PASSWORD = frozenset({"accounts.password", "accounts.sign_out"})
"""Where somebody may go whose password was handed over by an administrator."""

ON_SCREEN = frozenset({"display.page", "accounts.password", "accounts.sign_out"})
"""All that a screen on a wall opens (decision 0164)."""
TO_SCREEN = frozenset({"desk.home", "accounts.sessions"})
"""Where others go after signing in and after 修改密码: the screen's account goes to its page."""

UNATTENDED = "Portal-Unattended"
"""A page that refreshes a part by itself sends this header: it keeps nobody signed in."""

FIRST = "请先修改初始口令，再使用其他功能。"
ENDED = "您的登录已结束，请重新登录。"


def init_gate(app: Flask) -> None:
    """Bind Flask-Login to the server-side sessions and put the gate before every request."""
    # basic, not strong: a telephone that changes from campus network to mobile keeps its session.
    login_manager.session_protection = "basic"
    login_manager.user_loader(lambda cookie_id: load_session(cookie_id, datetime.now(UTC)))
    login_manager.init_app(app)
    app.before_request(_require_sign_in)


def signed_in() -> SignedIn:
    """Who sends this request. RuntimeError at the open addresses, when nobody is signed in."""
    user = current_user._get_current_object()
    if not isinstance(user, SignedIn):
        raise RuntimeError("this address is open to everybody")
    return user


def safe_next(target: str | None) -> str:
    """`target` if it is an address within the portal, else the desk.

    Only a path that begins with one slash: no scheme, no host, no backslash, no control sign.
    """
    if not target or not target.startswith("/") or "\\" in target or not target.isprintable():
        return "/"
    try:
        parts = urlsplit(target)
    except ValueError:  # such as "//[": no address at all
        return "/"
    leaves = target.startswith("//") or parts.scheme or parts.netloc
    return "/" if leaves or parts.path in {"/login", "/logout"} else target


def _require_sign_in() -> ResponseReturnValue | None:
    if request.endpoint in OPEN_ENDPOINTS:
        return None
    user = current_user._get_current_object()
    if not isinstance(user, SignedIn):
        return _to_sign_in()
    if UNATTENDED not in request.headers:
        touch(user, datetime.now(UTC))
    if user.must_change and request.endpoint not in OWN_PASSWORD:
        return _to_own_password()
    if user.kind == DISPLAY and request.endpoint not in ON_SCREEN:
        if request.endpoint in TO_SCREEN and request.method == "GET":
            return redirect(url_for("display.page"), 303)
        raise NotFound
    return None


def _to_own_password() -> Response:
    """The page where another password is set; a part of a page sends the whole page there."""
    flash(FIRST, "info")
    address = url_for("accounts.password")
    if request.headers.get("HX-Request") == "true":
        response = Response(status=401)
        response.headers["HX-Redirect"] = address
        return response
    return redirect(address, 303)


def _to_sign_in() -> Response:
    """The sign-in page, and from there back; a part of a page sends the whole page there."""
    ended = session.pop("_user_id", None)
    if ended is not None:
        g.ended_session = ended  # what was written meanwhile is kept for its writer (rooms/typed)
        flash(ENDED)
    if request.headers.get("HX-Request") == "true":
        response = Response(status=401)
        page = path_of(request.headers.get("HX-Current-URL", ""))
        response.headers["HX-Redirect"] = sign_in_address(page)
        return response
    came_for = request.full_path.removesuffix("?") if request.method == "GET" else None
    return redirect(sign_in_address(came_for), 303)


def path_of(address: str) -> str:
    """Path and query of a page's whole address; the desk's for what is none."""
    try:
        page = urlsplit(address)
    except ValueError:
        return "/"
    return page.path + (f"?{page.query}" if page.query else "")


def sign_in_address(came_for: str | None) -> str:
    """The sign-in page, which leads on to where somebody came for."""
    target = safe_next(came_for)
    return url_for("accounts.sign_in", next=target if target != "/" else None)
