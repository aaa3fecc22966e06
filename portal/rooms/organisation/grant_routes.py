"""/admin/grants: 授权, for the two administrators who give it together."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Response, render_template, url_for

from portal.accounts import finding
from portal.accounts.gate import signed_in
from portal.forms import ActForm, ReasonForm
from portal.models.organisation import ONE_OF_THE_COLLEGE
from portal.rooms.organisation import grants as room
from portal.rooms.organisation import queries
from portal.rooms.organisation.bearing import Outlook
from portal.rooms.organisation.forms import GrantForm
from portal.rooms.organisation.grants import Wanted
from portal.rooms.organisation.keeping import GRANTER
from portal.rooms.organisation.steps import editor, grants, saved
from portal.web import clock


@grants.get("/admin/grants")
def page() -> str:
    """Who has which role, what waits to be confirmed, what was decided."""
    return _page(_form(GrantForm(formdata=None)), None)


@grants.post("/admin/grants")
def propose() -> Response:
    """提出授权."""
    form, units = _form(GrantForm()), queries.units_left(clock().today())
    by_code = {unit.code: unit for unit in units}
    return _answer(
        form,
        lambda: room.propose(
            editor(form),
            Wanted(
                form.found,
                by_code.get(form.unit.data),
                form.role.data,
                form.post.data,
                form.valid_from.data,
                form.valid_to.data,
                form.opinion.data,
            ),
        ),
        "已提出，待系统管理员确认",
    )


@grants.post("/admin/grants/<uuid:grant_id>/withdrawal")
def withdraw(grant_id: uuid.UUID) -> Response:
    """撤回."""
    form = ActForm()
    return _answer(form, lambda: room.withdraw(editor(form), grant_id), "授权申请已撤回")


@grants.post("/admin/grants/<uuid:grant_id>/confirmation")
def confirm(grant_id: uuid.UUID) -> Response:
    """确认."""
    form = ActForm()
    return _answer(form, lambda: room.confirm(editor(form), grant_id), "授权已确认")


@grants.post("/admin/grants/<uuid:grant_id>/refusal")
def decline(grant_id: uuid.UUID) -> Response:
    """不同意."""
    form = ReasonForm()
    return _answer(
        form, lambda: room.decline(editor(form), grant_id, form.opinion.data), "已记录不同意"
    )


@grants.post("/admin/grants/held/<uuid:post_id>/revocation")
def revoke(post_id: uuid.UUID) -> Response:
    """收回."""
    form = ReasonForm()
    return _answer(
        form, lambda: room.revoke(editor(form), post_id, form.opinion.data), "授权已收回"
    )


def _answer(form: ActForm, act: Callable[[], None], said: str) -> Response:
    return saved(form, _page, act, said, url_for("grants.page"))


def _form(form: GrantForm) -> GrantForm:
    return form.offer(room.ROLES, queries.units_left(clock().today()), clock().today())


def _page(form: ActForm, _outlook: Outlook | None) -> str:
    today = clock().today()
    asking = form if isinstance(form, GrantForm) else _form(GrantForm(formdata=None))
    asking.name_ids("grant")
    return render_template(
        "rooms/organisation/grants.html",
        form=asking,
        sent=form,
        granter=signed_in().kind == GRANTER,
        held=room.held(today),
        roles=room.ROLES,
        sole=ONE_OF_THE_COLLEGE,
        waiting=room.proposals("proposed"),
        decided=room.proposals("confirmed", "declined", "withdrawn"),
        everybody=finding.everybody(today),
        key=uuid.uuid4,
        today=today,
    )
