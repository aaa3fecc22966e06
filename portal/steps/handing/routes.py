"""/handovers: 办理交接, and a 交接单 with all that this person may do on it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial

from flask import Response, flash, make_response, render_template, request, url_for

from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.forms import ActForm, ReasonForm
from portal.models import HandoverList, Person, Unit
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import LABELS, Role
from portal.steps.handing import commands, queries
from portal.steps.handing.forms import HandingForm, handing_form
from portal.steps.handing.pages import FOLDER, PAGES
from portal.steps.handing.queries import Giver
from portal.web import intent_of, note_opened, put_errors, to, viewer

blueprint = PAGES.blueprint
NONE_LEFT = "本交接单当前没有由您办理的事项，请刷新页面查看。"


@blueprint.get("/handovers/new")
def new() -> str:
    """Whose items are handed over, then to whom and how."""
    found = queries.givers(viewer())
    if "giver" not in request.args:
        return render_template(FOLDER + "choose.html", givers=found)
    giver = _giver(found)
    form = handing_form(queries.candidates(viewer(), giver))().offer(giver)
    return _form(giver, form)


@blueprint.post("/handovers/new")
def begin() -> Response:
    """办理交接: the list is made, and who hands over is asked to confirm."""
    giver = _giver(queries.givers(viewer()))
    form = handing_form(queries.candidates(viewer(), giver))().offer(giver)
    if form.validate_on_submit():
        try:
            begun = commands.begin(
                viewer(),
                form.wanted(giver),
                form.ticked(),
                intent_of(form),
                declared=bool(form.declared.data),
            )
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        else:
            flash("交接单已提交", "toast")
            return to(url_for("handing.sheet", list_id=begun.public_id))
    form.renew(None)
    return make_response(_form(giver, form), 422)


@blueprint.get("/handovers/<uuid:list_id>")
def sheet(list_id: uuid.UUID) -> str:
    """The list, its lines, and what this person may do."""
    return _sheet(queries.list_of(viewer(), list_id), {})


@blueprint.post("/handovers/<uuid:list_id>/confirmation")
def confirm(list_id: uuid.UUID) -> Response:
    """确认 every line that waits for this person."""
    return _run(list_id, "confirm", ActForm(), commands.confirm_all, "已确认")


@blueprint.post("/handovers/<uuid:list_id>/force")
def force(list_id: uuid.UUID) -> Response:
    """强制移交."""
    return _run(list_id, "force", ReasonForm(), commands.force_all, "已强制移交")


@blueprint.post("/handovers/<uuid:list_id>/refusal")
def decline(list_id: uuid.UUID) -> Response:
    """退回交接."""
    act = partial(commands.end_all, "decline_handover")
    return _run(list_id, "decline", ReasonForm(), act, "已退回")


@blueprint.post("/handovers/<uuid:list_id>/withdrawal")
def withdraw(list_id: uuid.UUID) -> Response:
    """撤回交接."""
    act = partial(commands.end_all, "withdraw_handover")
    return _run(list_id, "withdraw", ActForm(), act, "已撤回")


def _run(
    list_id: uuid.UUID, name: str, form: ActForm, command: Callable[..., int], said: str
) -> Response:
    begun = queries.list_of(viewer(), list_id)
    if form.validate_on_submit():
        try:
            done = command(viewer(), begun, intent_of(form))
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        else:
            if not done:
                raise NotOffered(NONE_LEFT, article="8")
            flash(said, "toast")
            return to(url_for("handing.sheet", list_id=list_id))
    form.renew(None)
    return make_response(_sheet(queries.list_of(viewer(), list_id), {name: form}), 422)


def _giver(found: list[Giver]) -> Giver:
    """Whose items are meant, among those this person may hand over."""
    meant = request.args.get("giver", "")
    for giver in found:
        if giver.value == meant:
            return giver
    raise NotFound


def _form(giver: Giver, form: HandingForm) -> str:
    for item in form.items:
        if item.sensitive:
            note_opened(item.item_id)
    return render_template(FOLDER + "new.html", giver=giver, form=form, today=viewer().moment.day)


def _sheet(begun: HandoverList, sent: dict[str, ActForm]) -> str:
    reader = viewer()
    rows = queries.rows_of(reader, begun)
    for row in rows:
        if row.item.classification == "sensitive":
            note_opened(row.item.id)
    forms: dict[str, ActForm] = {
        "confirm": ActForm(formdata=None),
        "force": ReasonForm(formdata=None),
        "decline": ReasonForm(formdata=None),
        "withdraw": ActForm(formdata=None),
        **sent,
    }
    for name, form in forms.items():
        if name not in sent:
            form.renew(None)
        form.name_ids(name)
    return render_template(
        FOLDER + "sheet.html",
        begun=begun,
        rows=rows,
        forms=forms,
        may={act for row in rows for act in row.acts},
        waiting=[row for row in rows if row.waits],
        giver=db.session.get_one(Person, begun.from_id),
        taker=db.session.get_one(Person, begun.to_id),
        unit=db.session.get_one(Unit, begun.unit_id),
        supervisor=LABELS[Role(begun.supervisor)],
        today=reader.moment.day,
    )
