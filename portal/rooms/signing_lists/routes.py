"""/signing-lists: choosing what is signed on one sheet, printing it, typing in the signed one."""

from __future__ import annotations

import uuid

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    render_template,
    request,
    send_file,
    url_for,
)

from portal import store
from portal.attachments.checking import Sound
from portal.clock import shanghai_day
from portal.errors import Forbidden, NotFound
from portal.extensions import db
from portal.forms import ActForm
from portal.models import Approval, Item, Person, ScanSheet, SigningList
from portal.rooms.signing_lists import commands, queries
from portal.rooms.signing_lists.commands import MovedOn
from portal.rooms.signing_lists.forms import ListForm, list_form
from portal.rooms.signing_lists.queries import Row
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import visible
from portal.rulebook.signers import Signer, signers_between
from portal.scans import commands as scans
from portal.scans.queries import file_of, sheet_of
from portal.web import intent_of, put_besides, put_errors, settings, to, viewer

blueprint = Blueprint("signing_lists", __name__)
FOLDER = "rooms/signing_lists/"
LOOK_AGAIN = 2  # seconds


@blueprint.before_request
def office_only() -> None:
    """Who types in no papers does not learn that there is such a room; nor do administrators."""
    try:
        reader = viewer()
    except Forbidden as no_business:
        raise NotFound from no_business
    queries.must_enter_papers(reader)


@blueprint.get("/signing-lists")
def page() -> str:
    """What waits for one signer, to be ticked; and the lists that are still to be typed in."""
    return _page(ActForm())


@blueprint.post("/signing-lists")
def make() -> Response:
    """制作签批单 of what is ticked."""
    form = ActForm()
    signer_id = _number(request.form.get("signer", ""))
    slot_ids = [id_ for value in request.form.getlist("slot") if (id_ := _number(value))]
    if form.validate_on_submit() and form.key.data is not None and signer_id is not None:
        try:
            found = commands.make_list(viewer(), signer_id, slot_ids, form.key.data)
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        else:
            return to(url_for("signing_lists.sheet", list_id=found.public_id))
    form.renew(None)
    return make_response(_page(form, slot_ids), 422)


@blueprint.get("/signing-lists/<uuid:list_id>")
def sheet(list_id: uuid.UUID) -> str:
    """The list, its printed sheet, and the form of the signed one."""
    found = _list(list_id)
    rows = queries.rows_of(viewer(), found)
    scanned = _scanned(found)
    form = list_form(rows, scanned=scanned is not None)()
    return _sheet(found, _offered(form, found, rows), scanned)


@blueprint.post("/signing-lists/<uuid:list_id>")
def enter(list_id: uuid.UUID) -> Response:
    """代录 of the signed list."""
    found = _list(list_id)
    rows = queries.rows_of(viewer(), found)
    shown = [row.name for row in rows if f"{row.name}-opinion" in request.form]
    scanned = _scanned(found)
    form = _offered(list_form(rows, shown, scanned=scanned is not None)(), found, rows)
    status = 422
    if form.validate_on_submit() and (scan := _scan(form, scanned)) is not None:
        try:
            if scanned is not None:
                scans.note_entered(viewer(), scanned)
            with scan.stream:
                commands.enter(
                    viewer(),
                    found,
                    form.sheet(),
                    scan,
                    intent_of(form),
                    declared=bool(form.declared.data),
                )
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        except MovedOn as late:
            db.session.rollback()
            form.form_errors += [_late(row) for row in late.rows]
            status = late.status
        else:
            flash("签批单已代录", "toast")
            db.session.commit()  # also where the same form had entered them before
            return to(url_for("signing_lists.page"))
    elif form.errors:
        put_besides(form, lambda: commands.refusal(viewer(), found, form.sheet(), declared=True))
    found = _list(list_id)
    form.renew(None)
    form.rows = queries.rows_of(viewer(), found)
    return make_response(_sheet(found, form, scanned), status)


@blueprint.get("/signing-lists/<uuid:list_id>.pdf")
def pdf(list_id: uuid.UUID) -> Response:
    """The printed sheet; 202 with Retry-After until it is stored."""
    found = _list(list_id)
    rows = queries.rows_of(viewer(), found)  # NotFound to who may not know of all of it
    if found.state != "made" or found.sha256 is None:
        answer = make_response(_sheet(found, _offered(list_form(rows)(), found, rows)), 202)
        if found.state != "failed":
            answer.headers["Retry-After"] = str(LOOK_AGAIN)
            answer.headers["Refresh"] = str(LOOK_AGAIN)
        return answer
    answer = send_file(
        store.path_of(settings().files_dir.absolute(), found.sha256),
        mimetype="application/pdf",
        download_name="督办事项一览签批单.pdf",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _page(form: ActForm, ticked: list[int] | None = None) -> str:
    signer_id = _number(request.values.get("signer", ""))
    step = request.values.get("step", "")
    batch_id = _batch(request.values.get("batch", ""))
    choices = queries.waiting(viewer(), signer_id, step, batch_id)
    return render_template(
        FOLDER + "page.html",
        form=form,
        choices=choices,
        signer_id=signer_id,
        step=step,
        batch_id=batch_id,
        ticked=[row.slot.id for row in choices.rows] if ticked is None else ticked,
        lists=queries.lists_of(viewer()),
        most=queries.MOST,
        today=viewer().moment.day,
    )


def _scanned(found: SigningList) -> ScanSheet | None:
    """The signed list, if it was scanned together with other sheets and waits to be filed."""
    try:
        sheet = sheet_of(viewer(), uuid.UUID(request.values.get("scan", "")))
    except (NotFound, ValueError):
        return None
    waits = sheet.entered_at is None and sheet.aside_at is None
    return sheet if waits and sheet.found_id == found.public_id else None


def _scan(form: ListForm, scanned: ScanSheet | None) -> Sound | None:
    if scanned is None:
        return form.scan
    return file_of(settings().files_dir, scanned, "督办事项一览签批单（扫描件）")


def _sheet(found: SigningList, form: ListForm, scanned: ScanSheet | None = None) -> str:
    return render_template(
        FOLDER + "sheet.html",
        found=found,
        form=form,
        scanned=scanned,
        signer=db.session.get_one(Person, found.signer_id),
        waits=any(not row.moved_on for row in form.rows),
        today=viewer().moment.day,
    )


def _offered(form: ListForm, found: SigningList, rows: tuple[Row, ...]) -> ListForm:
    """Whoever held one of the boxes between the day its run was opened and today."""
    signers: dict[Signer, None] = {}
    today = viewer().moment.day
    for row in rows:
        item = db.session.get_one(Item, row.slot.item_id)
        run = db.session.get_one(Approval, row.slot.approval_id)
        first = min(shanghai_day(run.opened_at), today)
        signers |= dict.fromkeys(signers_between(first, today, item, row.slot))
    form.offer(signers, str(found.signer_id))
    return form


def _late(row: Row) -> str:
    return f"第{row.number}项“{row.line.title}”{row.moved_on}，本次各项均未录入，请核对后再次提交。"


def _list(list_id: uuid.UUID) -> SigningList:
    found = db.session.scalars(
        visible(viewer(), SigningList).where(SigningList.public_id == list_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def _batch(value: str) -> uuid.UUID | None:
    """The batch an address or a form names; None for anything else: all that waits."""
    try:
        return uuid.UUID(value)
    except ValueError:
        return None


def _number(value: str) -> int | None:
    """An id as an address or a form names it; None for anything else."""
    if not value.isascii() or not value.isdecimal() or len(value) > 18:
        return None
    return int(value)
