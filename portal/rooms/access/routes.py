"""/admin/accounts: 账号和口令 for 安全保密管理员; others find no such address."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from portal.accounts.gate import signed_in
from portal.accounts.queries import ADMINISTRATORS
from portal.accounts.routes import secret_key
from portal.accounts.standing import STANDINGS
from portal.audit.administrative import Editor
from portal.errors import NotFound
from portal.extensions import db
from portal.forms import ReasonForm, clean
from portal.rooms.access import commands, queries
from portal.rooms.access.commands import KEEPER
from portal.rulebook.refusals import Unmet
from portal.web import clock, page_asked, put_errors, to

blueprint = Blueprint("access", __name__)


@blueprint.before_request
def keeper_only() -> None:
    """Who does not keep the accounts does not learn that there is such a room."""
    if signed_in().kind != KEEPER:
        raise NotFound


@blueprint.get("/admin/accounts")
def page() -> str:
    """Accounts by name and kind."""
    asked = queries.Asked(
        clean(request.args.get("q"))[:60],
        request.args.get("kind", ""),
        request.args.get("state", ""),
    )
    number = page_asked()
    lines, total = queries.page(asked, number, secret_key(), datetime.now(UTC))
    return render_template(
        "rooms/access/page.html",
        lines=lines,
        total=total,
        page=number,
        per_page=queries.PER_PAGE,
        kinds=queries.KINDS,
        states=STANDINGS,
        asked=asked,
    )


@blueprint.get("/admin/accounts/<username>")
def account(username: str) -> str:
    """One account: how it stands, where it is signed in, what was done with it."""
    return _account(username, ReasonForm(formdata=None))


@blueprint.post("/admin/accounts/<username>/password")
def hand_password(username: str) -> Response:
    """发放初始口令: shown on this answer and never again."""
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            made = commands.hand_password(
                _editor(form), username, form.opinion.data, key=secret_key()
            )
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        else:
            return make_response(_account(username, ReasonForm(formdata=None), handed=made), 200)
    form.renew(None)
    return make_response(_account(username, form), 422)


@blueprint.post("/admin/accounts/<username>/unlocking")
def unlock(username: str) -> Response:
    """解除锁定."""
    return _answer(
        username,
        lambda who, reason: commands.unlock(who, username, reason, key=secret_key()),
        "登录锁定已解除",
    )


@blueprint.post("/admin/accounts/<username>/sessions")
def end_sessions(username: str) -> Response:
    """结束全部会话."""
    return _answer(
        username,
        lambda who, reason: commands.end_sessions(who, username, reason),
        "该账号的登录会话已结束",
    )


@blueprint.post("/admin/accounts/<username>/closing")
def close(username: str) -> Response:
    """停用账号."""
    return _answer(
        username,
        lambda who, reason: commands.set_active(who, username, False, reason),
        "账号已停用",
    )


@blueprint.post("/admin/accounts/<username>/reopening")
def reopen(username: str) -> Response:
    """恢复账号."""
    return _answer(
        username,
        lambda who, reason: commands.set_active(who, username, True, reason),
        "账号已恢复",
    )


def _answer(username: str, act: Callable[[Editor, str], None], said: str) -> Response:
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            act(_editor(form), form.opinion.data)
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        else:
            flash(said, "toast")
            return to(url_for("access.account", username=username))
    form.renew(None)
    return make_response(_account(username, form), 422)


def _editor(form: ReasonForm) -> Editor:
    user, now = signed_in(), clock()
    key = form.key.data or uuid.uuid4()
    address = request.remote_addr or ""
    return Editor(user.account_id, user.kind, now.now(), now.today(), address, key)


def _account(username: str, form: ReasonForm, handed: str = "") -> str:
    found, now = commands.account_of(username), datetime.now(UTC)
    return render_template(
        "rooms/access/account.html",
        line=queries.line_of(found, secret_key(), now),
        sessions=queries.sessions_of(found, now),
        log=queries.log_of(found),
        form=form,
        handed=handed,
        own=found.id == signed_in().account_id,
        mine=found.kind in ADMINISTRATORS,
    )
