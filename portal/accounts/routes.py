"""登录、退出登录、修改密码、登录会话 (SPEC §7.7 a, b)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from flask import Blueprint, current_app, flash, redirect, render_template, request, session
from flask import url_for as address_of
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from portal.accounts import commands, phones, welcome
from portal.accounts.browsers import browser_label
from portal.accounts.forms import PasswordForm, SignInForm
from portal.accounts.gate import safe_next, signed_in
from portal.accounts.sessions import live_sessions, load_session
from portal.errors import NotFound, NotOffered

blueprint = Blueprint("accounts", __name__)
SILENT = {"wecom": "企业微信登录", "dingtalk": "钉钉登录"}
"""How a session began, if not with the password."""


@blueprint.get("/login")
def sign_in() -> ResponseReturnValue:
    """The sign-in page; `username` of a demo card fills the form, with the demo's password."""
    if current_user.is_authenticated:
        return redirect(safe_next(request.args.get("next")), 303)
    way = _silent_way()
    if way and "plain" not in request.args:
        target = safe_next(request.args.get("next"))
        return redirect(address_of("silent.begin", way=way[0], next=target), 303)
    return _sign_in_page(SignInForm(formdata=None, data={"next": request.args.get("next")}))


@blueprint.post("/login")
def begin_session() -> ResponseReturnValue:
    """A new session, never the one of before; or the form again with one neutral sentence."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(form), 422
    now = datetime.now(UTC)
    try:
        public_id = commands.sign_in(
            form.username.data, form.password.data, came_from(), key=secret_key(), now=now
        )
    except NotOffered as refusal:
        form.form_errors.append(refusal.reason)
        return _sign_in_page(form), 422
    return enter(public_id, form.next.data, now)


def enter(public_id: uuid.UUID, target: str | None, now: datetime) -> Response:
    """This browser is now in that session, never in the one of before; on to the target."""
    if current_user.is_authenticated:
        _end_current()
    session.clear()
    login_user(load_session(str(public_id), now))
    return redirect(safe_next(target), 303)


@blueprint.post("/logout")
def sign_out() -> ResponseReturnValue:
    """End this browser's session; where one is signed in silently, not to be back at once."""
    _end_current()
    flash("您已退出登录。")
    return redirect(address_of("accounts.sign_in", plain=1 if _silent_way() else None), 303)


def _silent_way() -> tuple[str, str] | None:
    """Name and label of the silent sign-in that this browser's application offers, if any."""
    found: tuple[str, str] | None = current_app.extensions["portal.silent"](
        request.user_agent.string
    )
    return found


@blueprint.route("/account/password", methods=["GET", "POST"])
def password() -> ResponseReturnValue:
    """修改密码; other sessions of the account end."""
    form = PasswordForm()
    if form.validate_on_submit() and _changed(form):
        flash("密码已修改，其他设备上的登录已结束。", "toast")
        return redirect(address_of("accounts.sessions"), 303)
    status = 422 if form.is_submitted() else 200
    return render_template("accounts/password.html", form=form), status


@blueprint.get("/account/sessions")
def sessions() -> ResponseReturnValue:
    """Where the account is signed in now."""
    user = signed_in()
    rows = [
        {
            "id": row.public_id,
            "started_at": row.started_at,
            "last_seen_at": row.last_seen_at,
            "address": row.address,
            "browser": browser_label(row.browser),
            "current": row.public_id == user.session_id,
            "silent": SILENT.get(row.way, ""),
        }
        for row in live_sessions(user.account_id, datetime.now(UTC))
    ]
    bound = [
        (row, browser_label(row.browser))
        for row in phones.bound(user.account_id, datetime.now(UTC))
    ]
    return render_template("accounts/sessions.html", sessions=rows, phones=bound)


@blueprint.post("/account/phones/<uuid:public_id>/end")
def unbind_phone(public_id: uuid.UUID) -> ResponseReturnValue:
    """解除绑定: one's own telephone, with the sessions on it."""
    phones.unbind(signed_in().account_id, public_id, datetime.now(UTC))
    flash("该手机已解除绑定，其登录已结束。", "toast")
    return redirect(address_of("accounts.sessions"), 303)


@blueprint.post("/account/sessions/<uuid:public_id>/end")
def end_session(public_id: uuid.UUID) -> ResponseReturnValue:
    """End one of one's own sessions; one's present session ends as by 退出登录."""
    user = signed_in()
    if public_id == user.session_id:
        return sign_out()
    commands.end_session(user.account_id, public_id, now=datetime.now(UTC))
    flash("该会话已结束。", "toast")
    return redirect(address_of("accounts.sessions"), 303)


def _sign_in_page(form: SignInForm) -> str:
    offer = welcome.offered()
    cards = offer.cards() if offer else ()
    chosen = request.args.get("username")
    if offer and request.method == "GET" and chosen in {card.emp_no for card in cards}:
        form.prefill(chosen, offer.password)
    target = safe_next(form.next.data)
    return render_template(
        "accounts/login.html",
        form=form,
        next="" if target == "/" else target,
        demo_password=offer.password if offer else None,
        cards=cards,
        silent=_silent_way(),
    )


def _changed(form: PasswordForm) -> bool:
    user = signed_in()
    try:
        commands.change_password(
            user.username,
            form.old.data,
            form.new.data,
            keep=user.session_id,
            key=secret_key(),
            now=datetime.now(UTC),
        )
    except commands.PasswordRefused as refusal:
        form.new.errors = [*form.new.errors, *refusal.faults]
        return False
    except NotOffered as refusal:
        form.old.errors = [*form.old.errors, refusal.reason]
        return False
    return True


def _end_current() -> None:
    user = signed_in()
    try:
        commands.end_session(user.account_id, user.session_id, now=datetime.now(UTC))
    except NotFound:
        # Ended a moment ago from another browser: the outcome is the one asked for.
        current_app.logger.info("session had ended already")
    logout_user()
    session.clear()


def came_from() -> commands.From:
    """Where this request comes from, with the secret of a bound telephone if it brings one."""
    phone = request.cookies.get(phones.COOKIE, "")
    return commands.From(request.remote_addr or "", request.user_agent.string, phone)


def secret_key() -> bytes:
    """The application's secret, for the digests of names."""
    secret = current_app.secret_key
    if not secret:
        raise RuntimeError("the application has no secret key")
    return secret if isinstance(secret, bytes) else secret.encode()
