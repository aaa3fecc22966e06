"""/reports/<id>: one 学期报告 or 通报: its page, its sections, its acts."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Final

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from portal.errors import Forbidden, NotFound, NotOffered, PortalError, Stale
from portal.extensions import db
from portal.forms import ActForm
from portal.kept_forms import kept_of
from portal.models import Brief
from portal.rooms.reports import commands, panels, queries
from portal.rooms.reports.composing import overall
from portal.rooms.reports.forms import (
    CriticismForm,
    HandInForm,
    HeadingForm,
    MeetingForm,
    SectionForm,
)
from portal.rooms.reports.panels import PANELS
from portal.rulebook.briefs import guards
from portal.rulebook.briefs.acting import Sent, done_before, history
from portal.rulebook.briefs.rights import may_draft, offered
from portal.rulebook.briefs.table import (
    BY_ACT,
    CIRCULAR,
    STATES,
    TERM_REPORT,
    sections_of,
    states_read,
    title_of,
)
from portal.rulebook.refusals import Unmet
from portal.web import put_errors, to, viewer

blueprint = Blueprint("reports", __name__)
FOLDER: Final = "rooms/reports/"
LOOK_AGAIN: Final = 2  # seconds
OUTDATED: Final = (
    "取数后事项情况有变化，文稿暂不能查看，请先重新取数；已送审的，请退回草稿后重新取数。"
)
Act = Callable[[], object]


@blueprint.before_request
def business_only() -> None:
    """Administrators have no business data: the room is not there for them."""
    try:
        viewer()
    except Forbidden as no_business:
        raise NotFound from no_business


@blueprint.get("/reports/<uuid:brief_id>")
def brief(brief_id: uuid.UUID) -> Response:
    """One brief; it looks again by itself while its figures are counted."""
    found = _brief(brief_id)
    answer = make_response(_page(found))
    counting = queries.counting(viewer(), found)
    if counting is not None and counting.state != "failed":
        answer.headers["Refresh"] = str(LOOK_AGAIN)
    return answer


@blueprint.post("/reports/<uuid:brief_id>/reading")
def read(brief_id: uuid.UUID) -> Response:
    """已阅: whoever was told of a 通报 says that it was read."""
    found = _brief(brief_id)
    commands.note_read(viewer(), found)
    flash("已登记阅知", "toast")
    return to(url_for("reports.brief", brief_id=brief_id))


@blueprint.get("/reports/<uuid:brief_id>/sections/<section>")
def section(brief_id: uuid.UUID, section: str) -> str:
    """One section to be written, with the figures that may stand in it."""
    found = _writable(brief_id, section)
    held = guards.texts_of(viewer(), found).get(section)
    form = SectionForm(formdata=None)
    form.body.data = "" if held is None else held.body
    form.version.data = 0 if held is None else held.version
    return _section(found, section, form)


@blueprint.post("/reports/<uuid:brief_id>/sections/<section>")
def write(brief_id: uuid.UUID, section: str) -> Response:
    """保存 a section; refused with both wordings where somebody else wrote in it meanwhile."""
    found, form, status = _with_section(brief_id, section), SectionForm(), 422
    try:
        refuse_outdated(found)
    except NotOffered as outdated:
        outdated.kept = kept_of(form)
        raise
    if form.validate_on_submit():
        body, seen = form.body.data or "", form.version.data or 0
        try:
            commands.write(viewer(), found, section, body, seen, sent_of(form))
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        except Stale:
            db.session.rollback()
            held = guards.texts_of(viewer(), found).get(section)
            form.version.data = 0 if held is None else held.version
            form.version.raw_data = None
            form.form_errors.append("他人已修改本部分，现行内容见下方，请核对后再保存。")
            status = Stale.status
        except PortalError as error:
            error.kept = kept_of(form)
            raise
        else:
            flash("已保存", "toast")
            return to(url_for("reports.brief", brief_id=brief_id, _anchor=f"section-{section}"))
    found = _brief(brief_id)
    form.renew(None)
    return make_response(_section(found, section, form), status)


@blueprint.post("/reports/<uuid:brief_id>/figures")
def fetch(brief_id: uuid.UUID) -> Response:
    """重新取数."""
    found, form = _brief(brief_id), ActForm()
    return _do(found, form, "figures", lambda: commands.fetch(viewer(), found, sent_of(form)),
               "正在重新取数")  # fmt: skip


@blueprint.post("/reports/<uuid:brief_id>/criticism")
def criticise(brief_id: uuid.UUID) -> Response:
    """确定点名批评单位."""
    found, form = _brief(brief_id), _criticism_form()
    return _do(
        found,
        form,
        "criticism",
        lambda: commands.criticise(viewer(), found, form.units.data or [], sent_of(form)),
        "已确定点名批评单位",
    )


@blueprint.post("/reports/<uuid:brief_id>/<any({}):what>".format(",".join(PANELS)))
def act(brief_id: uuid.UUID, what: str) -> Response:
    """送审, 签批, 退回, 撤回, 作废, 登记上会: the one that this address does now."""
    panel = PANELS[what]
    form = panel.form()
    try:
        found = _brief(brief_id)
    except NotFound:  # the second click of an act that took it out of this person's own sight
        if form.key.data is None or not done_before(viewer(), form.key.data):
            raise
        return to(url_for("reports.page"))
    open_now = offered(viewer(), found)
    name = next((one for one in panel.acts if one in open_now), panel.acts[0])

    def command() -> None:
        sent = sent_of(form)
        if isinstance(form, HandInForm):
            checked = bool(form.names_checked.data)
            commands.hand_in(viewer(), found, sent, names_checked=checked)
        elif isinstance(form, HeadingForm):
            title, number = form.title.data or "", form.number.data or ""
            commands.rename(viewer(), found, title, number, sent)
        elif isinstance(form, MeetingForm):
            minutes, day = form.minutes.data or "", form.day.data
            commands.record_meeting(viewer(), found, form.meeting.data, minutes, day, sent)
        else:
            commands.act(viewer(), name, found, sent)

    return _do(found, form, what, command, panel.said)


def _do(found: Brief, form: ActForm, what: str, command: Act, said: str) -> Response:
    """Validate, call the command, answer: the brief's page, with the form at 422."""
    brief_id, kind = found.public_id, found.kind
    if form.validate_on_submit():
        try:
            command()
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        except PortalError as error:
            error.kept = kept_of(form)
            raise
        else:
            flash(said, "toast")
            return _back(kind, brief_id)
    found = _brief(brief_id)
    form.renew(found.version)
    html = _panel(found, what, form) if request.headers.get("HX-Request") else ""
    return make_response(html or _page(found, {what: form}), 422)


def _panel(found: Brief, what: str, form: ActForm) -> str:
    """The panel alone, as HTMX swaps it; empty if the act is not open any more."""
    reader = viewer()
    given = panels.shown(reader, found, {what: form})
    shown = next((one for one in given if one.name == what), None)
    if shown is None:
        return ""
    named = [] if guards.is_outdated(reader, found) else guards.named_in(reader, found)
    return render_template(FOLDER + "_panel.html", brief=found, shown=shown, named=named)


def _back(kind: str, brief_id: uuid.UUID) -> Response:
    """To the brief; to the list where the act took it out of this person's own sight (退回)."""
    try:
        _brief(brief_id)
    except NotFound:
        return to(url_for("reports.page" if kind == TERM_REPORT else "reports.circulars"))
    return to(url_for("reports.brief", brief_id=brief_id))


def sent_of(form: ActForm) -> Sent:
    """What the form says of the act itself."""
    opinion = form["opinion"].data if "opinion" in form else ""
    return Sent(
        form.seen.data, form.key.data or uuid.uuid4(), (opinion or "").strip(),
        form.acting_as.data or "",
    )  # fmt: skip


def _brief(brief_id: uuid.UUID) -> Brief:
    return queries.brief_or_404(viewer(), brief_id)


def _writable(brief_id: uuid.UUID, section: str) -> Brief:
    found = _with_section(brief_id, section)
    if "write" not in offered(viewer(), found):
        raise NotFound
    refuse_outdated(found)
    return found


def refuse_outdated(found: Brief) -> None:
    """NotOffered if the brief tells of what became sensitive since its figures were taken."""
    if guards.is_outdated(viewer(), found):
        raise NotOffered(OUTDATED)


def _with_section(brief_id: uuid.UUID, section: str) -> Brief:
    """Whether it may be written now, the act says: what was typed meanwhile is handed back."""
    found = _brief(brief_id)
    if not may_draft(viewer()) or section not in {row.name for row in sections_of(found)}:
        raise NotFound
    return found


def _criticism_form() -> CriticismForm:
    form = CriticismForm()
    form.units.choices = queries.units(viewer().moment.day)
    return form


def _section(found: Brief, section: str, form: SectionForm) -> str:
    reader = viewer()
    snapshot = guards.snapshot_of(reader, found)
    return render_template(
        FOLDER + "section.html",
        brief=found,
        title=title_of(found),
        section=next(row for row in sections_of(found) if row.name == section),
        form=form,
        figures=queries.figures_said(snapshot.data) if snapshot and snapshot.data else [],
        versions=queries.versions(reader, found, section),
    )


def _page(found: Brief, sent: dict[str, ActForm] | None = None) -> str:
    reader, given = viewer(), sent or {}
    outdated = guards.is_outdated(reader, found)
    snapshot = None if outdated else guards.snapshot_of(reader, found)
    open_now = offered(reader, found)
    criticism = given.get("criticism")
    if criticism is None and "criticise" in open_now:
        criticism = _criticism_form()
        criticism.units.data = list(found.criticised_ids)
        criticism.renew(found.version)
    fetch = given.get("figures") or ActForm(formdata=None, version=found.version)
    for name, form in (("figures", fetch), ("criticism", criticism)):
        if form is not None:
            form.name_ids(name)
    names = dict(queries.units(reader.moment.day))
    copies = queries.copies(reader, found) if found.kind == CIRCULAR else []
    # Who only reads what was published learns of nothing said on its way (`report.semester`).
    done = history(reader, found)
    inside = bool(states_read(reader.roles, TERM_REPORT))
    return render_template(
        FOLDER + "brief.html",
        brief=found,
        title=title_of(found),
        state=STATES[found.state],
        outdated=OUTDATED if outdated else "",
        parts=[] if outdated else queries.parts(reader, found),
        snapshot=snapshot,
        data=None if snapshot is None else snapshot.data,
        overall=overall(found.kind, snapshot.data) if snapshot and snapshot.data else [],
        said=queries.figures_said(snapshot.data) if snapshot and snapshot.data else [],
        counting=queries.counting(reader, found),
        boxes=queries.signed(reader, found) if inside else [],
        history=done,
        recalled=next((one.words for one in done if one.what == BY_ACT["recall"].label), ""),
        panels=panels.shown(reader, found, given),
        may=open_now,
        office=may_draft(reader),
        fetch=fetch,
        criticism=criticism,
        criticised=[names.get(one, "") for one in found.criticised_ids] if inside else [],
        named=guards.named_in(reader, found) if "hand_in" in open_now and not outdated else [],
        copies=copies,
        unread=queries.unread(reader, found),
        meetings=[
            {**one, "day": date.fromisoformat(one["day"])}
            for one in commands.meetings(reader, found)
        ],
        sheet=None if outdated else queries.sheet_of(reader, found),
        labels=BY_ACT,
        today=reader.moment.day,
    )
