"""/admin/userids: 渠道账号, entered by one administrator, confirmed by the other."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Response, render_template, url_for
from wtforms import SelectMultipleField
from wtforms.validators import InputRequired

from portal.accounts.gate import signed_in
from portal.forms import ActForm, ReasonForm
from portal.rooms.organisation import userids as room
from portal.rooms.organisation.bearing import Outlook
from portal.rooms.organisation.keeping import GRANTER
from portal.rooms.organisation.steps import editor, saved, userids


class ChosenForm(ActForm):
    """Which of the accounts that wait; the room knows whether they do."""

    chosen = SelectMultipleField(
        "账号",
        coerce=uuid.UUID,
        validate_choice=False,
        validators=[InputRequired("请选择要办理的账号。")],
    )


class DeclinedForm(ReasonForm):
    """Which of them are not confirmed, and why."""

    chosen = SelectMultipleField(
        "账号",
        coerce=uuid.UUID,
        validate_choice=False,
        validators=[InputRequired("请选择要办理的账号。")],
    )


@userids.get("/admin/userids")
def page() -> str:
    """What waits, and what was decided."""
    return _page(DeclinedForm(formdata=None), None)


@userids.post("/admin/userids/withdrawal")
def withdraw() -> Response:
    """撤回."""
    form = ChosenForm()
    return _answer(form, lambda: room.withdraw(editor(form), form.chosen.data), "所选账号已撤回")


@userids.post("/admin/userids/confirmation")
def confirm() -> Response:
    """确认."""
    form = ChosenForm()
    return _answer(form, lambda: room.confirm(editor(form), form.chosen.data), "所选账号已确认")


@userids.post("/admin/userids/refusal")
def decline() -> Response:
    """不同意."""
    form = DeclinedForm()
    return _answer(
        form,
        lambda: room.decline(editor(form), form.chosen.data, form.opinion.data),
        "已记录不同意",
    )


def _answer(form: ActForm, act: Callable[[], None], said: str) -> Response:
    return saved(form, _page, act, said, url_for("userids.page"))


def _page(form: ActForm, _outlook: Outlook | None) -> str:
    return render_template(
        "rooms/organisation/userids.html",
        form=form,
        chosen=frozenset(form["chosen"].data or ()),
        granter=signed_in().kind == GRANTER,
        fields=room.FIELDS,
        waiting=room.rows("proposed"),
        decided=room.rows("confirmed", "declined", "withdrawn"),
    )
