"""/numbers: 编号管理 for 党政办; everybody else meets the 404 of an address that is none."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from portal.errors import Forbidden, NotFound
from portal.extensions import db
from portal.forms import ActForm
from portal.item.offices import offices_of
from portal.rooms.numbers import commands, queries, wording
from portal.rooms.numbers.forms import (
    HistoryForm,
    OfflineForm,
    StartForm,
    VoidForm,
    startable,
    words,
)
from portal.rooms.numbers.plan import VERDICTS, WRONG, Plan, Row, plan
from portal.rooms.numbers.reading import MOST_LINES
from portal.rooms.numbers.register import Register, Sequence, said
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Role
from portal.web import intent_of, put_errors, to, viewer

blueprint = Blueprint("numbers", __name__)
SHOWN = 200
"""Lines of an import that are shown one by one; the wrong ones come first."""


@blueprint.before_request
def office_only() -> None:
    """Who is not of 党政办 does not learn that there is such a room; nor do administrators."""
    try:
        reader = viewer()
    except Forbidden as no_business:
        raise NotFound from no_business
    queries.must_be_office(reader)


@blueprint.get("/numbers")
def page() -> str:
    """编号连续性检查, the numbers without a running item, the log; the office head's forms."""
    return _page()


@blueprint.post("/numbers/offline")
def offline() -> Response:
    """线下使用."""
    form = OfflineForm()
    return _answer(
        "offline",
        form,
        lambda: commands.use_offline(viewer(), form.chosen, form.used_on.data, intent_of(form)),
        "已登记线下使用",
    )


@blueprint.post("/numbers/void")
def void() -> Response:
    """空号作废."""
    form = VoidForm()
    return _answer(
        "void",
        form,
        lambda: commands.void_gaps(viewer(), form.chosen, intent_of(form)),
        "已登记空号作废",
    )


@blueprint.post("/numbers/start")
def start() -> Response:
    """年度首号."""
    form = StartForm()
    return _answer(
        "start",
        form,
        lambda: commands.set_start(viewer(), *form.chosen, form.first.data, intent_of(form)),
        "已设定年度首号",
    )


@blueprint.get("/numbers/history")
def history() -> str:
    """历史编号导入: the empty form."""
    return _history(HistoryForm(), None)


@blueprint.post("/numbers/history")
def import_history() -> Response:
    """First what the lines would come to; stored only when just that is confirmed."""
    form = HistoryForm()
    if not form.validate_on_submit():
        form.renew(None)
        return make_response(_history(form, None), 422)
    if "confirm" in request.form:
        try:
            commands.register_history(viewer(), form.lines, form.shown.data or "", intent_of(form))
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        else:
            flash("历史编号已登记", "toast")
            return to(url_for("numbers.page"))
    found = plan(form.lines, queries.registers(viewer(), words()))
    form.renew(None)
    form.shown.data = found.digest
    status = 200 if found.sound and not form.errors else 422
    return make_response(_history(form, found), status)


def _answer(name: str, form: ActForm, command: Callable[[], None], done: str) -> Response:
    if form.validate_on_submit():
        try:
            command()
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        else:
            flash(done, "toast")
            return to(url_for("numbers.page"))
    form.renew(None)
    return make_response(_page({name: form}), 422)


def _page(sent: dict[str, ActForm] | None = None) -> str:
    reader = viewer()
    found = queries.registers(reader, words())
    head = Role.OFFICE_HEAD in offices_of(reader)
    return render_template(
        "rooms/numbers/page.html",
        today=reader.moment.day,
        registers=list(found.values()),
        unusual=queries.unusual(reader),
        log=[(done, wording.label_of(done.act), wording.facts_of(done.act))
             for done in queries.log(reader)],
        forms=_forms(found, sent or {}) if head else {},
        gaps=any(register.gaps for register in found.values()),
        runs_said=said,
    )  # fmt: skip


def _forms(found: dict[Sequence, Register], sent: dict[str, ActForm]) -> dict[str, ActForm]:
    """The office head's forms: the one that was sent, the others fresh."""
    made: dict[str, ActForm] = {
        name: sent.get(name) or _fresh(form)
        for name, form in (("offline", OfflineForm), ("void", VoidForm), ("start", StartForm))
    }
    today = viewer().moment.day
    made["offline"].offer(found[word, today.year].following for word in words())
    made["start"].offer(
        sequence
        for sequence in startable(today)
        if found.get(sequence, Register(*sequence)).untouched
    )
    for name, form in made.items():
        form.name_ids(name)
    return made


def _fresh(form: type[ActForm]) -> ActForm:
    """An empty form, whatever was sent in this request."""
    made = form(formdata=None)
    made.renew(None)
    return made


def _history(form: HistoryForm, found: Plan | None) -> str:
    rows: list[Row] = []
    if found is not None:
        wrong = [row for row in found.rows if row.verdict == WRONG]
        rows = [*wrong, *(row for row in found.rows if row.verdict != WRONG)][:SHOWN]
    return render_template(
        "rooms/numbers/history.html",
        form=form,
        plan=found,
        rows=rows,
        verdicts=VERDICTS,
        most_lines=MOST_LINES,
        runs_said=said,
    )
