"""/items/<id>/spill: 报告疑似涉密, by whoever may know of the item; /spills: 涉密误录处置, for the
机要保密员 alone, never by a delegate (SPEC §7.2)."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from portal.errors import Forbidden
from portal.extensions import db
from portal.item.offices import offices_of
from portal.models import Item, Spill
from portal.rooms.spills import queries
from portal.rooms.spills.forms import DecisionForm, ReportForm
from portal.rooms.spills.handling import SPILLS
from portal.rulebook import spills
from portal.rulebook.item_texts import number_of
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Role
from portal.web import item_or_404, put_errors, to, viewer

blueprint = Blueprint("spills", __name__)


@blueprint.get("/items/<uuid:item_id>/spill")
def new(item_id: uuid.UUID) -> str:
    """The form."""
    return _report_page(item_or_404(item_id), ReportForm())


@blueprint.post("/items/<uuid:item_id>/spill")
def report(item_id: uuid.UUID) -> Response:
    """报告疑似涉密."""
    form = ReportForm()
    if not form.validate_on_submit():
        item = item_or_404(item_id)
        form.renew(None)
        return make_response(_report_page(item, form), 422)
    # Not by the item: who sends the form twice knows of it no more.
    spills.report(viewer(), item_id, form.about.data, form.key.data or uuid.uuid4())
    db.session.commit()
    flash("已报告，本事项已隔离，机要保密员将与您核对。请勿在任何系统中转述有关内容", "toast")
    return to(url_for("desk.home"))


@blueprint.get("/spills")
def page() -> str:
    """All of them."""
    _must_be_officer()
    return render_template("rooms/spills/index.html", rows=queries.rows_of(viewer()))


@blueprint.get("/spills/<uuid:spill_id>")
def show(spill_id: uuid.UUID) -> str:
    """One: what was reported, what is to be decided, what was done."""
    _must_be_officer()
    return _page(spills.spill_of(viewer(), spill_id), DecisionForm(formdata=None))


@blueprint.post("/spills/<uuid:spill_id>")
def decide(spill_id: uuid.UUID) -> Response:
    """处置."""
    _must_be_officer()
    spill, form = spills.spill_of(viewer(), spill_id), DecisionForm()
    row_id = spill.id
    if form.validate_on_submit():
        try:
            wrong = form.wrong()
            if wrong:
                raise Unmet("处置填写不完整。", article="21", fields=wrong)
            spills.decide(
                viewer(), spill, form.outcome.data, form.chosen, (form.opinion.data or "").strip()
            )
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        else:
            db.session.commit()
            SPILLS.ask(row_id)
            flash("已提交，正在处置", "toast")
            return to(url_for("spills.show", spill_id=spill_id))
    form.renew(None)
    return make_response(_page(spills.spill_of(viewer(), spill_id), form), 422)


def _must_be_officer() -> None:
    if Role.CONF_OFFICER not in offices_of(viewer()):
        raise Forbidden


def _report_page(item: Item, form: ReportForm) -> str:
    number = number_of(item)
    return render_template(
        "rooms/spills/new.html", item=item, number=str(number) if number else "", form=form
    )


def _page(spill: Spill, form: DecisionForm) -> str:
    if form.key.data is None:
        form.renew(None)
    reader, undecided = viewer(), spill.state in ("held", "failed")
    form.files.choices = queries.files_of(reader, spill) if undecided else []
    return render_template(
        "rooms/spills/spill.html",
        row=queries.row_of(reader, spill),
        facts=queries.facts_of(reader, spill),
        counts=queries.counts_of(spill),
        copies=queries.copies_of(reader, spill),
        form=form if undecided else None,
        briefs=spill.found.get("briefs", []),
        working=spill.state in ("asked", "making"),
    )
