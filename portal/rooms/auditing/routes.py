"""/admin/log: 审计日志 for 安全审计员; others find no such address."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from portal.accounts import finding
from portal.accounts.gate import signed_in
from portal.audit import checking
from portal.audit.administrative import Editor, columns, note
from portal.errors import NotFound
from portal.extensions import db
from portal.forms import ActForm, clean
from portal.models import Account
from portal.rooms.auditing.exporting import workbook
from portal.rooms.auditing.queries import LOGS, MOST_EXPORTED, PER_PAGE, Asked
from portal.rulebook.scope import view_as_administrator
from portal.web import clock, page_asked, to

blueprint = Blueprint("auditing", __name__)
KEEPER = "auditor"
SHOWN_FOR = timedelta(days=30)
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)
"""Days beyond have no log, and no day before or after them that can be counted."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.before_request
def auditor_only() -> None:
    """Who does not read the log does not learn that there is such a room."""
    if signed_in().kind != KEEPER:
        raise NotFound
    view_as_administrator(KEEPER, clock())


@blueprint.get("/admin/log")
def page() -> str:
    """One of the logs, filtered by days and person; the checks of the chains."""
    log, asked, typed, unknown = _asked()
    number = page_asked()
    read = LOGS[log][1]
    # One more than is shown: whether there is a next page.
    lines = [] if unknown else read(asked, PER_PAGE + 1, (number - 1) * PER_PAGE)
    return render_template(
        "rooms/auditing/page.html",
        log=log,
        logs={name: label for name, (label, _read) in LOGS.items()},
        lines=lines[:PER_PAGE],
        more=len(lines) > PER_PAGE,
        page=number,
        asked={"since": asked.since, "until": asked.until, "who": typed},
        unknown=unknown,
        checks=[(check, checking.verdict(check)) for check in checking.latest()],
        everybody=finding.everybody(clock().today()),
        form=ActForm(formdata=None),
        most=MOST_EXPORTED,
    )


@blueprint.post("/admin/log/export")
def export() -> Response:
    """The filtered lines as a file; that it was taken is in the log itself."""
    form = ActForm()
    log, asked, _typed, unknown = _asked()
    if unknown or not form.validate_on_submit():
        raise NotFound
    label, read = LOGS[log]
    lines = read(asked, MOST_EXPORTED, 0)
    said = f"{label}，{asked.since.isoformat()}至{asked.until.isoformat()}，{len(lines)}行"
    _note("export_log", form, said)
    answer = make_response(workbook(label, lines))
    answer.mimetype = XLSX
    name = f"audit-{log}-{asked.since:%Y%m%d}-{asked.until:%Y%m%d}.xlsx"
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


@blueprint.post("/admin/log/checks")
def check() -> Response:
    """立即核验: a worker checks the chains within a minute."""
    form = ActForm()
    if form.validate_on_submit():
        checking.ask(signed_in().account_id, clock().now())
        _note("ask_check", form, "")
        flash("已开始核验，结果显示在本页", "toast")
    return to(url_for("auditing.page"))


def _note(act: str, form: ActForm, reason: str) -> None:
    user, now = signed_in(), clock()
    own = db.session.get_one(Account, user.account_id)
    key = form.key.data or uuid.uuid4()
    editor = Editor(
        user.account_id, user.kind, now.now(), now.today(), request.remote_addr or "", key
    )
    note(editor, act, own, user.name, before=columns(own), reason=reason)
    db.session.commit()


def _asked() -> tuple[str, Asked, str, bool]:
    """Which log, which lines, who was typed, and whether that is nobody known."""
    values = request.values
    log = values.get("log", "admin")
    today = clock().today()
    until = _day(values.get("until", ""), today)
    since = _day(values.get("since", ""), until - SHOWN_FOR)
    typed = clean(values.get("who"))[:60]
    found = finding.find(typed, today) if typed else []
    person_id = found[0].person_id if len(found) == 1 else None
    asked = Asked(min(since, until), until, person_id, clock().shift)
    return log if log in LOGS else "admin", asked, typed, bool(typed) and person_id is None


def _day(text: str, otherwise: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return min(max(day, EARLIEST), LATEST)
