"""/knowledge: 知悉名单, for the 机要保密员 alone; never by a delegate (SPEC §1.5)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from portal.errors import Forbidden
from portal.extensions import db
from portal.forms import ReasonForm
from portal.item.offices import offices_of
from portal.person_field import everybody
from portal.rooms.knowledge import queries
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Role
from portal.steps.knowledge import unseen
from portal.steps.knowledge.forms import PersonForm
from portal.web import intent_of, put_errors, to, viewer

blueprint = Blueprint("lists", __name__)


@blueprint.get("/knowledge")
def page() -> str:
    """All lists."""
    _must_keep_lists()
    return _page()


@blueprint.post("/knowledge/<uuid:item_id>/persons")
def grant(item_id: uuid.UUID) -> Response:
    """增加知悉人."""
    form = PersonForm()
    return _run(
        item_id,
        form,
        lambda: unseen.grant(viewer(), item_id, form.person.person_id or 0, intent_of(form)),
        "已增加知悉人",
    )


@blueprint.post("/knowledge/<uuid:item_id>/persons/<uuid:entry_id>/removal")
def end(item_id: uuid.UUID, entry_id: uuid.UUID) -> Response:
    """移出知悉范围."""
    form = ReasonForm()
    return _run(
        item_id,
        form,
        lambda: unseen.end(viewer(), item_id, entry_id, intent_of(form)),
        "已移出知悉范围",
        entry_id,
    )


def _run(
    item_id: uuid.UUID,
    form: ReasonForm,
    command: Callable[[], None],
    said: str,
    entry_id: uuid.UUID | None = None,
) -> Response:
    _must_keep_lists()
    if form.validate_on_submit():
        try:
            command()
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        else:
            flash(said, "toast")
            return to(url_for("lists.page"))
    form.renew(None)
    return make_response(_page({entry_id or item_id: form}), 422)


def _must_keep_lists() -> None:
    if Role.CONF_OFFICER not in offices_of(viewer()):
        raise Forbidden


def _page(sent: dict[uuid.UUID, ReasonForm] | None = None) -> str:
    """The page; `sent` is the form that was refused, by the list or the entry it is about."""
    lists = queries.kept_lists(viewer())
    forms = {
        **{kept.item_id: PersonForm(formdata=None) for kept in lists},
        **{row.entry_id: ReasonForm(formdata=None) for kept in lists for row in kept.entries},
    }
    for number, form in enumerate(forms.values()):
        form.renew(None)
        form.name_ids(f"l{number}")
    return render_template(
        "rooms/knowledge/page.html",
        lists=lists,
        forms={**forms, **(sent or {})},
        today=viewer().moment.day,
        everybody=everybody(),
    )
