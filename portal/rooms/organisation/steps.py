"""What the room's routes share: who may, and forms that are sent twice, looked at in between."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, Response, flash, make_response, request

from portal.accounts.gate import signed_in
from portal.audit.administrative import Editor
from portal.errors import NotFound
from portal.extensions import db
from portal.forms import ActForm
from portal.rooms.organisation.bearing import Outlook
from portal.rooms.organisation.keeping import GRANTER, KEEPER
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import view_as_administrator
from portal.web import clock, put_errors, to

blueprint = Blueprint("organisation", __name__)
grants = Blueprint("grants", __name__)
"""授权: asked for by one administrator, decided by the other."""
userids = Blueprint("userids", __name__)
"""渠道账号, likewise."""

Show = Callable[[ActForm, Outlook | None], str]
"""The page with this form on it, and what the change would move if that is known."""


@blueprint.before_request
def keeper_only() -> None:
    """Who does not keep the organisation does not learn that there is such a room."""
    if signed_in().kind != KEEPER:
        raise NotFound
    view_as_administrator(KEEPER, clock())


@userids.before_request
@grants.before_request
def the_two_only() -> None:
    """Nobody but the two learns that there is such a room."""
    kind = signed_in().kind
    if kind not in (KEEPER, GRANTER):
        raise NotFound
    view_as_administrator(kind, clock())


def editor(form: ActForm | None = None) -> Editor:
    """The administrator who sends this request; of a form with the form's key."""
    user, now = signed_in(), clock()
    key = form.key.data if form is not None else None
    return Editor(
        user.account_id,
        user.kind,
        now.now(),
        now.today(),
        request.remote_addr or "",
        key or uuid.uuid4(),
    )


def saved(form: ActForm, show: Show, act: Callable[[], None], said: str, address: str) -> Response:
    """Validate, act, go to `address`; 422 with the page where something is to be mended."""
    if form.validate_on_submit():
        try:
            act()
        except Unmet as refused:
            _refused(form, refused)
        else:
            flash(said, "toast")
            return to(address)
    form.renew(None)
    return make_response(show(form, None), 422)


def confirmed(
    form: ActForm,
    show: Show,
    look: Callable[[], Outlook],
    act: Callable[[], None],
    said: str,
    address: str,
) -> Response:
    """Show what a change would move; act once exactly that was confirmed. Whatever moves otherwise
    meanwhile is shown anew."""
    if form.validate_on_submit():
        try:
            outlook = look()
            if form["shown"].data == outlook.digest:
                act()
                flash(said, "toast")
                return to(address)
            form.renew(None)
            form["shown"].data = outlook.digest
            return make_response(show(form, outlook), 200)
        except Unmet as refused:
            _refused(form, refused)
    form.renew(None)
    form["shown"].data = ""
    return make_response(show(form, None), 422)


def _refused(form: ActForm, refused: Unmet) -> None:
    db.session.rollback()
    put_errors(form, refused)
