"""/delegations: 授权与交接."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from portal.errors import NotFound
from portal.extensions import db
from portal.forms import ActForm
from portal.person_field import everybody
from portal.rooms.delegations import commands, queries
from portal.rooms.delegations.forms import GivenForm
from portal.rulebook.refusals import Unmet
from portal.steps.handing import queries as handing
from portal.web import put_errors, to, viewer

blueprint = Blueprint("delegations", __name__)


@blueprint.get("/delegations")
def page() -> str:
    """What was given and received, and the form of 设置授权."""
    return _page(GivenForm().offer())


@blueprint.post("/delegations")
def give() -> Response:
    """设置授权."""
    form = GivenForm().offer()
    if not form.kinds:
        raise NotFound
    if form.validate_on_submit() and form.key.data is not None:
        try:
            commands.give(viewer(), form.wanted, form.key.data)
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        else:
            flash("授权已设置", "toast")
            return to(url_for("delegations.page"))
    form.renew(None)
    return make_response(_page(form), 422)


@blueprint.post("/delegations/<uuid:given_id>/revocation")
def revoke(given_id: uuid.UUID) -> Response:
    """撤销授权."""
    form = ActForm()
    if not form.validate_on_submit():
        form.renew(None)
        return make_response(_page(GivenForm(formdata=None).offer()), 422)
    commands.revoke(viewer(), given_id)
    flash("授权已撤销", "toast")
    return to(url_for("delegations.page"))


def _page(form: GivenForm) -> str:
    reader = viewer()
    return render_template(
        "rooms/delegations/page.html",
        form=form,
        rows=queries.rows_of(reader),
        records=commands.may_record(reader),
        me=reader.person_id,
        everybody=everybody(),
        today=reader.moment.day,
        ending=ActForm(formdata=None),
        handovers=handing.lists_of(reader),
        may_hand_over=bool(handing.givers(reader)),
    )
