"""/admin/calendar: 工作日历维护 for the system administrator; others find no such address."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from portal.accounts.gate import signed_in
from portal.errors import NotFound
from portal.extensions import db
from portal.forms import ActForm
from portal.rooms.calendar import commands, queries
from portal.rooms.calendar.commands import KEEPER, Editor
from portal.rooms.calendar.forms import ConfirmForm, OwnForm, YearForm
from portal.rooms.calendar.reading import SAMPLE
from portal.rooms.calendar.tables import lines_text, with_own, with_year, year_text
from portal.rulebook import working_calendar
from portal.rulebook.refusals import Unmet
from portal.web import clock, put_errors, to

blueprint = Blueprint("calendar_admin", __name__)


@blueprint.before_request
def keeper_only() -> None:
    """Who does not keep the calendar does not learn that there is such a room."""
    if signed_in().kind != KEEPER:
        raise NotFound


@blueprint.get("/admin/calendar")
def page() -> str:
    """The years, the two forms, what waits to be confirmed, the history."""
    return _page()


@blueprint.post("/admin/calendar/year")
def year() -> Response:
    """A year's table, pasted or from a file, becomes a proposal."""
    form = YearForm().offer(clock().today())
    return _propose(
        "year", form, lambda tables: with_year(tables, form.year.data, form.lines, form.source)
    )


@blueprint.post("/admin/calendar/own")
def own() -> Response:
    """The college's own part becomes a proposal."""
    form = OwnForm()
    return _propose("own", form, lambda tables: with_own(tables, form.own))


@blueprint.get("/admin/calendar/proposals/<uuid:public_id>")
def proposal(public_id: uuid.UUID) -> str:
    """What a proposal would move, in numbers, before it is confirmed."""
    return _proposal(public_id, None)


@blueprint.post("/admin/calendar/proposals/<uuid:public_id>/confirm")
def confirm(public_id: uuid.UUID) -> Response:
    """确认启用: in force at once; the clock counts the items anew within a minute."""
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            commands.confirm(
                _editor(), public_id, seen=form.seen.data or 0, shown=form.shown.data or ""
            )
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        else:
            flash("工作日历已更新，相关事项的时限正在重新计算", "toast")
            return to(url_for("calendar_admin.page"))
    return make_response(_proposal(public_id, form), 422)


def _propose(
    name: str, form: ActForm, made: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> Response:
    if form.validate_on_submit():
        try:
            kept = commands.propose(
                _editor(), made(working_calendar.tables()), form.key.data or uuid.uuid4()
            )
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        else:
            return to(url_for("calendar_admin.proposal", public_id=kept.public_id))
    form.renew(None)
    return make_response(_page({name: form}), 422)


def _editor() -> Editor:
    user = signed_in()
    return Editor(user.account_id, user.kind, clock().now())


def _page(sent: Mapping[str, ActForm] | None = None) -> str:
    today, calendar = clock().today(), working_calendar.current()
    forms = {"year": _year_form(), "own": _own_form(), **(sent or {})}
    for name, form in forms.items():
        form.name_ids(name)
    return render_template(
        "rooms/calendar/admin.html",
        forms=forms,
        opened=next(iter(sent or {}), "year"),
        sample=SAMPLE,
        years=[(one, calendar.is_published(one)) for one in range(today.year - 2, today.year + 3)],
        proposals=queries.proposals(),
        versions=queries.versions(),
        still=queries.still_to_count(),
    )


def _year_form() -> YearForm:
    """Fresh, with the year that is asked for or that is missing, and its table if it has one."""
    today = clock().today()
    form = YearForm(formdata=None).offer(today)
    missing = working_calendar.missing_year(today) or today.year + 1
    form.year.data = request.args.get("year", missing, type=int)
    table = working_calendar.tables()["national"].get(str(form.year.data))
    form.text.data = year_text(table) if table and table["published"] else ""
    form.renew(None)
    return form


def _own_form() -> OwnForm:
    found = working_calendar.tables()
    quiet = found["quiet_hours"]
    form = OwnForm(formdata=None)
    form.local_enabled.data = bool(found["local"]["enabled"])
    form.local.data = lines_text(found["local"]["holidays"])
    for name in ("terms", "vacations", "report_periods"):
        form[name].data = lines_text(found[name])
    form.office.data = "\n".join(found["office_hours"]["workday"])
    noon = ["-".join(quiet["noon"])] if quiet.get("noon") else []
    form.quiet.data = "\n".join([f"{quiet['start']}-{quiet['end']}", *noon])
    form.renew(None)
    return form


def _proposal(public_id: uuid.UUID, form: ConfirmForm | None) -> str:
    version = queries.proposal(public_id)
    in_force = working_calendar.in_force().number
    open_ = version.number is None and version.based_on == in_force
    outlook = queries.outlook_of(version) if open_ else None
    shown = form or ConfirmForm(formdata=None)
    shown.renew(in_force)
    shown.shown.data = outlook.digest if outlook else ""
    return render_template(
        "rooms/calendar/proposal.html",
        version=version,
        open=open_,
        outlook=outlook,
        form=shown,
    )
