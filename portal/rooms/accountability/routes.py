"""/accountability: 问责线索, for those who handle cases and for the unit concerned."""

from __future__ import annotations

import io
import uuid
from typing import Any

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
from portal.attachments.kinds import KINDS
from portal.attachments.names import extension
from portal.errors import NotFound, PortalError
from portal.extensions import db
from portal.forms import ActForm
from portal.item.cases import entering
from portal.kept_forms import kept_of
from portal.models import Item, ItemUnit, Unit
from portal.rooms.accountability import bundles, commands, copies, evaluation, queries
from portal.rooms.accountability.forms import EnteredForm, ReceivedAppealForm
from portal.rooms.accountability.pages import PAGES
from portal.rooms.accountability.queries import Row
from portal.rulebook import cases
from portal.rulebook.refusals import Unmet
from portal.web import item_or_404, note_opened, page_asked, put_errors, settings, to, viewer

blueprint = Blueprint("accountability", __name__)


@blueprint.get("/accountability")
def page() -> str:
    """The cases this person may know of."""
    reader = viewer()
    queries.must_have_a_part(reader)
    group = request.args.get("group", "")
    group = group if group in queries.GROUPS else ""
    return render_template(
        "rooms/accountability/index.html",
        found=queries.find(reader, group, page_asked()),
        tabs=queries.tabs(reader, group),
        group=group,
        evaluates=evaluation.may_take(reader),
        page_size=queries.PAGE,
        today=reader.moment.day,
    )


@blueprint.get("/accountability/items/<uuid:public_id>")
def of_item(public_id: uuid.UUID) -> Response:
    """From 待办 and messages: the item's case that waits for this person; of several the list of
    them. Who knows of none, or of none any more, comes to the item."""
    reader, item = viewer(), item_or_404(public_id)
    rows = queries.of_item(reader, item)
    if not rows:
        return to(url_for("item.page", public_id=public_id))
    mine = [row for row in rows if cases.offered(reader, row.case)]
    chosen = mine or rows
    if len(chosen) == 1:
        return to(_address(chosen[0]))
    html = render_template(
        "rooms/accountability/of_item.html", item=item, rows=chosen, today=reader.moment.day
    )
    return make_response(html)


@blueprint.get("/accountability/items/<uuid:public_id>/new")
def new(public_id: uuid.UUID) -> str:
    """登记线索: what dates do not show, by 党政办主任 or 纪委办."""
    item, _act = _entering(public_id)
    return _entry_page(item, EnteredForm().offer(_units_of(item)))


@blueprint.post("/accountability/items/<uuid:public_id>")
def enter(public_id: uuid.UUID) -> Response:
    """The clue, or the circumstance added to the case that runs against the unit."""
    item, act = _entering(public_id)
    form = EnteredForm().offer(_units_of(item))
    if form.validate_on_submit() and _names_soundly(form, item):
        person = int(form.person.data) if form.person.data else None
        said = commands.said_of(form.key.data, form.opinion.data or "", "", form.values)
        try:
            case = commands.enter(
                viewer(), act, item, form.unit.data, person, form.criterion.data, said,
                form.sound_files,
            )  # fmt: skip
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        except PortalError as error:
            error.kept = kept_of(form)
            raise
        else:
            flash("线索已登记", "toast")
            if case is None:
                return to(url_for("item.page", public_id=public_id))
            return to(url_for("accountability.case", case_id=case.public_id))
    form.renew(None)
    return make_response(_entry_page(item_or_404(public_id), form), 422)


@blueprint.get("/accountability/<uuid:case_id>")
def case(case_id: uuid.UUID) -> str:
    """A case: what is held against whom, what was said, what may be done."""
    return _case_page(_row(case_id))


@blueprint.post("/accountability/<uuid:case_id>/acts/<name>")
def act(case_id: uuid.UUID, name: str) -> Response:
    """One act of a case, by its form."""
    row = _row(case_id)
    if name not in PAGES:
        raise NotFound
    form = _form(name, row)
    if form.validate_on_submit():
        words = form.opinion.data if "opinion" in form else ""
        said = commands.said_of(
            form.key.data, words or "", form.acting_as.data or "", form.values,
            request.form.get("stand", ""),
        )  # fmt: skip
        files = form.sound_files if "files" in form else ()
        try:
            commands.act(viewer(), name, row.case, said, files)
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        except PortalError as error:
            error.kept = kept_of(form)
            raise
        else:
            flash(PAGES[name].done, "toast")
            return to(_afterwards(case_id))
    form.renew(None)
    return make_response(_case_page(_row(case_id), name, form), 422)


@blueprint.get("/accountability/<uuid:case_id>/files/<uuid:file_id>")
def file(case_id: uuid.UUID, file_id: uuid.UUID) -> Response:
    """A file of the case, addressed by its row; a PDF of a sensitive item's bears the reader's
    stamp (SPEC §7.6)."""
    held = _row(case_id)
    row = queries.file_of(viewer(), held.case, file_id)
    kind, stamped = KINDS[row.kind], None
    stored = store.path_of(settings().files_dir.absolute(), row.sha256)
    place = queries.place_of(viewer(), held.case, row)
    named, uploaded_at = f"问责材料{place}.{extension(row.name)}", row.uploaded_at
    if held.item.classification == "sensitive" and kind.name == "pdf":
        stamped = copies.of_file(viewer(), row, stored)
    answer = send_file(
        stored if stamped is None else io.BytesIO(stamped),
        mimetype=kind.media_type,
        as_attachment=not kind.inline,
        download_name=named,
        # Every stamped copy is another one: no part of it can be asked for again.
        conditional=stamped is None,
        last_modified=uploaded_at,
        etag=False,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _row(case_id: uuid.UUID) -> Row:
    row = queries.case_of(viewer(), case_id)
    if row.item.classification == "sensitive":
        note_opened(row.item.id)
    return row


def _address(row: Row) -> str:
    return url_for("accountability.case", case_id=row.case.public_id)


def _afterwards(case_id: uuid.UUID) -> str:
    """The case's page; the list where the act took it out of this person's sight."""
    db.session.expire_all()
    try:
        return _address(queries.case_of(viewer(), case_id))
    except NotFound:
        return url_for("desk.home")


def _case_page(row: Row, name: str = "", refused: ActForm | None = None) -> str:
    reader = viewer()
    panels = []
    for rule in cases.offered(reader, row.case):
        if rule.act in PAGES:
            form = refused if rule.act == name and refused else _form(rule.act, row, formdata=None)
            form.name_ids(rule.act)
            panels.append((rule, PAGES[rule.act], form))
    return render_template(
        "rooms/accountability/case.html",
        row=row,
        facts=queries.facts_of(reader, row),
        log=queries.log_of(reader, row.case),
        files=queries.files_of(reader, row.case),
        panels=panels,
        handles=bundles.binds(reader, row.case),
        bundles=bundles.own(reader, row.case),
        copies=copies.of_case(reader, row.case),
        asking=ActForm(formdata=None),
        stand=request.form.get("stand") or cases.stand_of(row.case),
        today=reader.moment.day,
    )


def _form(name: str, row: Row, **given: Any) -> ActForm:
    form = PAGES[name].form(**given)
    if isinstance(form, ReceivedAppealForm):
        form.offer(names_person=row.case.person_id is not None)
    return form


def _entering(public_id: uuid.UUID) -> tuple[Item, str]:
    """The item and by which act this person enters a clue on it. NotFound for everybody else."""
    item, act = item_or_404(public_id), entering(viewer())
    # Before 交办 nobody was asked for anything yet.
    if not act or item.issued_on is None:
        raise NotFound
    return item, act


def _units_of(item: Item) -> list[tuple[int, str]]:
    rows = db.session.execute(
        db.select(Unit.id, Unit.short_name)
        .join(ItemUnit, ItemUnit.unit_id == Unit.id)
        .where(ItemUnit.item_id == item.id)
        .order_by(ItemUnit.role.desc(), Unit.sort_no)
    )
    return [(row.id, row.short_name) for row in rows]


def _names_soundly(form: EnteredForm, item: Item) -> bool:
    if form.unit.data not in {id_ for id_, _name in _units_of(item)}:
        form.unit.errors = ["请选择涉及单位。"]
        return False
    if form.person.data and form.person.data not in form.people_offered():
        form.person.errors = ["请在所选单位的人员中选择。"]
        return False
    return True


def _entry_page(item: Item, form: EnteredForm) -> str:
    return render_template("rooms/accountability/new.html", item=item, form=form)
