"""/reports and /reports/circulars: the lists of both kinds, and beginning one of each."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import Response, flash, make_response, render_template, url_for

from portal.errors import NotFound
from portal.extensions import db
from portal.rooms.reports import commands, queries
from portal.rooms.reports.forms import BeginForm, CircularForm
from portal.rooms.reports.routes import FOLDER, blueprint, sent_of
from portal.rulebook.briefs.rights import may_draft
from portal.rulebook.briefs.table import CIRCULAR, TERM_REPORT, states_read
from portal.rulebook.refusals import Unmet
from portal.web import put_errors, to, viewer

__all__ = ["blueprint"]


@blueprint.get("/reports")
def page() -> str:
    """学期报告: those that are there, and the terms that have none yet."""
    if not states_read(viewer().roles, TERM_REPORT):
        raise NotFound
    return _index(BeginForm())


@blueprint.post("/reports")
def begin() -> Response:
    """起草学期报告."""
    form, reader = BeginForm(), viewer()
    if not may_draft(reader):
        raise NotFound
    if form.validate_on_submit():
        term = next((one for one in queries.terms(reader) if one.first == form.first.data), None)
        try:
            if term is None:
                raise Unmet(commands.BEGUN, article="20")
            found = commands.begin_report(reader, term.name, term.first, term.last, sent_of(form))
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        else:
            flash("已起草，正在取数", "toast")
            return to(url_for("reports.brief", brief_id=found.public_id))
    form.renew(None)
    return make_response(_index(form), 422)


@blueprint.get("/reports/circulars")
def circulars() -> str:
    """通报: those that this person may read."""
    reader = viewer()
    return render_template(
        FOLDER + "circulars.html",
        lines=queries.listed(reader, CIRCULAR),
        may_draft=may_draft(reader),
        reports=bool(states_read(reader.roles, TERM_REPORT)),
        today=reader.moment.day,
    )


@blueprint.get("/reports/circulars/new")
def new_circular() -> str:
    """起草通报: what it is about."""
    return _new_circular(_circular_form())


@blueprint.post("/reports/circulars")
def begin_circular() -> Response:
    """起草通报."""
    form, reader = _circular_form(), viewer()
    if form.validate_on_submit():
        try:
            found = commands.begin_circular(reader, sent_of(form), **_asked_for(form))
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        else:
            flash("已起草", "toast")
            return to(url_for("reports.brief", brief_id=found.public_id))
    form.renew(None)
    return make_response(_new_circular(form), 422)


def _circular_form() -> CircularForm:
    if not may_draft(viewer()):
        raise NotFound
    form = CircularForm()
    form.month.choices = queries.months(viewer().moment.day)
    return form


def _asked_for(form: CircularForm) -> dict[str, Any]:
    number, first = form.number.data or "", form.month_chosen
    if first is None:
        return {"title": form.title.data or "", "number": number}
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    last = date.fromordinal(after.toordinal() - 1)
    return {"name": f"{first.month}月", "number": number, "first": first, "last": last}


def _index(form: BeginForm) -> str:
    reader = viewer()
    drafts = may_draft(reader)
    return render_template(
        FOLDER + "page.html",
        form=form,
        asked=queries.asked(reader),
        lines=queries.listed(reader, TERM_REPORT),
        terms=[(term, uuid.uuid4()) for term in queries.terms(reader)] if drafts else [],
        may_draft=drafts,
        without_term=drafts and not queries.has_term(reader.moment.day),
        today=reader.moment.day,
    )


def _new_circular(form: CircularForm) -> str:
    return render_template(FOLDER + "new_circular.html", form=form)
