"""/knowledge: 知悉名单, for the 机要保密员 alone; never by a delegate (SPEC §1.5)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import NamedTuple

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from portal.errors import Forbidden, NotFound
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


class Removing(NamedTuple):
    """Whom to take off which list, and the form that says why."""

    item_id: uuid.UUID
    entry_id: uuid.UUID
    form: ReasonForm


@blueprint.get("/knowledge")
def page() -> str:
    """All lists."""
    _must_keep_lists()
    return _page()


@blueprint.get("/knowledge/<uuid:item_id>/persons/<uuid:entry_id>/removal")
def leaving(item_id: uuid.UUID, entry_id: uuid.UUID) -> str:
    """All lists, with the form to take this person off one of them. NotFound for no such entry."""
    _must_keep_lists()
    form = ReasonForm(formdata=None)
    form.renew(None)
    return _page(removing=Removing(item_id, entry_id, form))


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
    if entry_id is None:
        return make_response(_page({item_id: form}), 422)
    return make_response(_page(removing=Removing(item_id, entry_id, form)), 422)


def _must_keep_lists() -> None:
    if Role.CONF_OFFICER not in offices_of(viewer()):
        raise Forbidden


def _must_be_listed(lists: list[queries.KeptList], removing: Removing) -> None:
    listed = ((kept.item_id, row.entry_id) for kept in lists for row in kept.entries)
    if removing[:2] not in listed:
        raise NotFound


def _page(sent: dict[uuid.UUID, ReasonForm] | None = None, removing: Removing | None = None) -> str:
    """The page; `sent` is the form for one more person that was refused, by the list it is about.
    A form to remove somebody stands on the page only where one is asked for (`removing`)."""
    lists = queries.kept_lists(viewer())
    forms = {kept.item_id: PersonForm(formdata=None) for kept in lists}
    for number, form in enumerate(forms.values()):
        form.renew(None)
        form.name_ids(f"l{number}")
    if removing is not None:
        _must_be_listed(lists, removing)
    return render_template(
        "rooms/knowledge/page.html",
        lists=lists,
        forms={**forms, **(sent or {})},
        leaving=removing.entry_id if removing else None,
        leaving_form=removing.form if removing else None,
        today=viewer().moment.day,
        everybody=everybody(),
    )
