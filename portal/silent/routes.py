"""/login/wecom, /login/dingtalk: to the provider, back with a code, and in; /login/phone: the
second step on a telephone not bound yet. Whatever goes wrong leads to the ordinary sign-in."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime

from flask import (
    Blueprint,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from portal.accounts import phones
from portal.accounts.gate import safe_next
from portal.accounts.routes import came_from, enter, secret_key
from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.messages.channels.base import ChannelError
from portal.models import Account
from portal.silent import commands, passes
from portal.silent.forms import ConfirmForm
from portal.silent.providers import INSIDE, Provider, configured
from portal.web import settings

blueprint = Blueprint("silent", __name__)
log = logging.getLogger(__name__)

BEGUN, VOUCHED = "silent", "vouched"
"""What the signed cookie keeps: the way out, and for whom the provider has vouched."""
LONGEST_CODE = 512
EXPIRED = "{label}登录未完成或已超时，请使用工号和密码登录。"
AWAY = "{label}暂时无法核验您的身份，请使用工号和密码登录。"
UNKNOWN = "账号未开通，请使用工号和密码登录，或联系系统管理员。"


def way_for(browser: str) -> tuple[str, str] | None:
    """The way of silent sign-in inside this application's browser, and its label; None elsewhere
    and where it is not configured."""
    ways = configured(settings())
    for way, mark in INSIDE.items():
        if mark in browser and way in ways:
            return way, ways[way].label
    return None


@blueprint.get("/login/<any(wecom, dingtalk):way>")
def begin(way: str) -> ResponseReturnValue:
    """To the provider; it sends the browser back with a code and our state."""
    provider = _provider(way)
    kept = passes.begun(way, safe_next(request.args.get("next")), time.time())
    session[BEGUN] = kept
    back = f"{settings().public_url}{url_for('silent.come_back', way=way)}"
    return redirect(provider.authorize(back, passes.state_of(kept, secret_key())), 303)


@blueprint.get("/login/<any(wecom, dingtalk):way>/return")
def come_back(way: str) -> ResponseReturnValue:
    """In, on a bound telephone; on another one to the second step. The state is good once."""
    provider, kept = _provider(way), session.pop(BEGUN, None)
    code, state = request.args.get("code", ""), request.args.get("state", "")
    sound = passes.is_ones_own(kept, way, state, secret_key(), time.time())
    if kept is None or not sound or not 0 < len(code) <= LONGEST_CODE:
        return _refused(EXPIRED.format(label=provider.label), "/")
    to = safe_next(kept["to"])
    try:
        person = provider.person(code)
    except ChannelError as error:
        log.warning("silent sign-in by %s: %s", way, error.reason)
        return _refused(AWAY.format(label=provider.label), to)
    account = None if person is None else commands.account_of(person)
    if account is None:
        return _refused(UNKNOWN, to)
    now = datetime.now(UTC)
    public_id = commands.begin_on_known(account, way, came_from(), now)
    if public_id is not None:
        return enter(public_id, to, now)
    session[VOUCHED] = {"account": account.id, "way": way, "to": to, "at": int(time.time())}
    return redirect(url_for("silent.confirm"), 303)


@blueprint.route("/login/phone", methods=["GET", "POST"])
def confirm() -> ResponseReturnValue:
    """首次在本机使用: the password once, then this telephone is bound."""
    vouched = _vouched()
    if vouched is None:
        return _refused(EXPIRED.format(label=""), "/")
    account, way, to = vouched
    form = ConfirmForm()
    if form.validate_on_submit():
        now = datetime.now(UTC)
        try:
            public_id, secret = commands.bind_and_begin(
                account, form.password.data, way, came_from(), key=secret_key(), now=now
            )
        except NotOffered as refused:
            form.password.errors = [*form.password.errors, refused.reason]
        else:
            answer = enter(public_id, to, now)
            answer.set_cookie(
                phones.COOKIE, secret, max_age=int(phones.UNUSED.total_seconds()),
                secure=settings().secure_cookies, httponly=True, samesite="Lax",
            )  # fmt: skip
            return answer
    status = 422 if form.is_submitted() else 200
    return render_template("silent/confirm.html", form=form, label=_provider(way).label), status


def _vouched() -> tuple[Account, str, str] | None:
    """For whom the provider has vouched in this browser, by which way, and where to go then."""
    kept = session.get(VOUCHED)
    if kept is None or time.time() - kept["at"] > passes.GOOD_FOR:
        session.pop(VOUCHED, None)
        return None
    account = db.session.scalars(
        select(Account).where(Account.id == kept["account"], Account.active)
    ).one_or_none()
    return None if account is None else (account, kept["way"], safe_next(kept["to"]))


def _provider(way: str) -> Provider:
    found = configured(settings()).get(way)
    if found is None:
        raise NotFound
    return found


def _refused(said: str, to: str) -> ResponseReturnValue:
    """The ordinary sign-in with a sentence; it does not lead here again by itself."""
    flash(said)
    return redirect(url_for("accounts.sign_in", plain=1, next=to if to != "/" else None), 303)
