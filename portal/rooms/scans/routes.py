"""/scans: signed sheets taken in, read by their QR codes, confirmed once, filed to their items."""

from __future__ import annotations

import uuid
from dataclasses import replace

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

from portal.attachments.kinds import KINDS
from portal.errors import Forbidden, NotFound, NotOffered, Stale
from portal.extensions import db
from portal.models import ScanBatch, ScanSheet
from portal.number_form import NumberForm
from portal.rooms.scans import commands as filing
from portal.rooms.scans.forms import (
    AsideForm,
    ConfirmForm,
    SheetForm,
    TakeInForm,
    sheet_form,
    typed_days,
)
from portal.rooms.scans.matching import UNKNOWN, Match, match
from portal.rulebook import policy
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Role
from portal.scans import commands, queries
from portal.steps.paper import commands as paper
from portal.store import path_of
from portal.web import intent_of, note_opened, put_besides, put_errors, settings, to, viewer

blueprint = Blueprint("scans", __name__)
FOLDER = "rooms/scans/"
LOOK_AGAIN = 2  # seconds
ALREADY = "本件已归件或已不归件。"
Pair = tuple[Match, SheetForm | None]


@blueprint.before_request
def office_only() -> None:
    """Who types in no papers does not learn that there is such a room; nor do administrators."""
    try:
        roles = viewer().roles
    except Forbidden as no_business:
        raise NotFound from no_business
    if Role.OFFICE_STAFF.value not in roles:
        raise NotFound


@blueprint.get("/scans")
def page() -> str:
    """扫描件归件: the form, and what this person has taken in."""
    return _page(TakeInForm())


@blueprint.post("/scans")
def take_in() -> Response:
    """Keep the files and have them read."""
    form = TakeInForm()
    if form.validate_on_submit() and form.key.data is not None:
        batch = commands.take_in(viewer(), form.sound_files, form.key.data)
        return to(url_for("scans.batch", batch_id=batch.public_id))
    form.renew(None)
    return make_response(_page(form), 422)


@blueprint.get("/scans/<uuid:batch_id>")
def batch(batch_id: uuid.UUID) -> Response:
    """How far the reading is; then all sheets in one form."""
    found = queries.batch_of(viewer(), batch_id)
    if found.state != "made":
        return _progress(found)
    return _batch(found, ConfirmForm(), _pairs(found), 200)


@blueprint.post("/scans/<uuid:batch_id>")
def confirm(batch_id: uuid.UUID) -> Response:
    """All sheets that are ticked: first what does not hold of any of them, then one after the
    other, each an act of its own."""
    found = queries.batch_of(viewer(), batch_id)
    form, pairs = ConfirmForm(), _pairs(found)
    wanted = [(one, sub) for one, sub in pairs if sub is not None and sub.taken.data]
    whole = [sub.validate() for _one, sub in wanted]  # each says what is wrong with it
    sound = form.validate_on_submit() and all(whole)
    for one, sub in wanted:
        _say_refusal(one, sub)
    if not wanted:
        form.form_errors.append("请至少归入一件。")
    if not sound or not wanted or any(sub.errors or sub.form_errors for _one, sub in wanted):
        form.renew(None)
        return _batch(found, form, pairs, 422)
    troubles = _file(wanted)
    done = len(wanted) - len(troubles)
    if done:
        flash(f"已归件{done}件", "toast")
    if not troubles:
        return to(url_for("scans.batch", batch_id=batch_id))
    found = queries.batch_of(viewer(), batch_id)
    again = ConfirmForm(formdata=None)
    again.form_errors += troubles
    return _batch(found, again, _pairs(found, fresh=True), 409)


@blueprint.post("/scans/<uuid:batch_id>/<uuid:sheet_id>/number")
def number(batch_id: uuid.UUID, sheet_id: uuid.UUID) -> Response:
    """核验码 typed by hand."""
    sheet, form = _sheet(batch_id, sheet_id), NumberForm()
    if form.validate_on_submit() and form.public_id is not None:
        commands.say_number(viewer(), sheet, form.public_id)
        return _back(batch_id, sheet)
    found = queries.batch_of(viewer(), batch_id)
    return _batch(
        found, ConfirmForm(formdata=None), _pairs(found, fresh=True), 422, {sheet.id: form}
    )


@blueprint.post("/scans/<uuid:batch_id>/<uuid:sheet_id>/aside")
def aside(batch_id: uuid.UUID, sheet_id: uuid.UUID) -> Response:
    """不归件, or taken up again."""
    sheet, form = _sheet(batch_id, sheet_id), AsideForm()
    if form.validate_on_submit():
        commands.set_aside(viewer(), sheet, aside=bool(form.aside.data))
    return _back(batch_id, sheet)


@blueprint.get("/scans/<uuid:batch_id>/<uuid:sheet_id>/<int:number>.jpg")
def picture(batch_id: uuid.UUID, sheet_id: uuid.UUID, number: int) -> Response:
    """A page of a sheet as a picture."""
    sheet = _sheet(batch_id, sheet_id)
    if not 1 <= number <= len(sheet.pictures):
        raise NotFound
    return _bytes(sheet.pictures[number - 1], "image/jpeg", f"{sheet.position}-{number}.jpg")


@blueprint.get("/scans/<uuid:batch_id>/<uuid:sheet_id>/file")
def file(batch_id: uuid.UUID, sheet_id: uuid.UUID) -> Response:
    """A sheet as it will be kept with its item."""
    sheet = _sheet(batch_id, sheet_id)
    kind = KINDS[sheet.kind]
    return _bytes(sheet.sha256, kind.media_type, f"扫描件第{sheet.position}件.{kind.extensions[0]}")


def _pairs(found: ScanBatch, *, fresh: bool = False) -> list[Pair]:
    """Each sheet with its form, where boxes of it wait; of the same sheet scanned twice the first.
    `fresh`: the forms as of a page that is opened anew."""
    reader = viewer()
    pairs: list[Pair] = []
    taken: set[uuid.UUID] = set()
    for sheet in queries.sheets_of(reader, found):
        one = match(reader, sheet, None if fresh else typed_days(sheet))
        if one.item is not None and one.item.classification == "sensitive":
            note_opened(one.item.id)
        if one.waits and sheet.found_id in taken:
            one = one._replace(boxes=(), trouble="同一件已在前面，不能重复归件。")
        if one.waits and one.boxes and sheet.found_id is not None:
            taken.add(sheet.found_id)
            pairs.append((one, sheet_form(one, fresh=fresh)))
        else:
            pairs.append((one, None))
    return pairs


def _say_refusal(one: Match, sub: SheetForm) -> None:
    """What the act would refuse of this sheet, at the fields."""
    item = one.item
    if item is None:
        return
    if sub.errors or sub.form_errors:
        put_besides(sub, lambda: paper.refusal(viewer(), item, sub.entries(), declared=True))
        return
    refused = paper.refusal(viewer(), item, sub.entries(), declared=True)
    if refused is not None:
        put_errors(sub, refused)


def _file(wanted: list[tuple[Match, SheetForm]]) -> list[str]:
    """File them one after the other; a sentence for each that was not."""
    troubles: list[str] = []
    seen: set[int] = set()
    for one, sub in wanted:
        position, item = one.sheet.position, one.item
        if item is None:
            continue
        intent = intent_of(sub)
        if item.id in seen:  # what changed since is this form's own doing
            intent = replace(intent, seen=None)
        try:
            done = filing.file_sheet(viewer(), one.sheet, item, one.label, sub.entries(), intent)
        except Stale as stale:
            db.session.rollback()
            who = "；".join(f"{act.who}{act.what}" for act in stale.done)
            troubles.append(f"第{position}件未归件：{who}，请核对后再次提交。")
        except (Unmet, NotOffered) as refused:
            db.session.rollback()
            troubles.append(f"第{position}件未归件：{refused.reason}")
        except NotFound:
            db.session.rollback()
            troubles.append(f"第{position}件未归件：{UNKNOWN}")
        else:
            seen.add(item.id)
            if not done:
                troubles.append(f"第{position}件：{ALREADY}")
    return troubles


def _page(form: TakeInForm) -> str:
    return render_template(
        FOLDER + "page.html",
        form=form,
        batches=queries.batches(viewer()),
        kept_days=policy.CURRENT.limit("scans_kept"),
        today=viewer().moment.day,
    )


def _batch(
    found: ScanBatch,
    form: ConfirmForm,
    pairs: list[Pair],
    status: int,
    numbers: dict[int, NumberForm] | None = None,
) -> Response:
    html = render_template(
        FOLDER + "batch.html",
        batch=found,
        form=form,
        pairs=pairs,
        numbers={one.sheet.id: _number_form(one.sheet, numbers or {}) for one, _sub in pairs},
        ready=sum(1 for _one, sub in pairs if sub is not None),
        today=viewer().moment.day,
    )
    return _unstored(make_response(html, status))


def _number_form(sheet: ScanSheet, sent: dict[int, NumberForm]) -> NumberForm:
    form = sent.get(sheet.id) or NumberForm(formdata=None)
    form.number.id = f"number-{sheet.position}"
    return form


def _progress(found: ScanBatch) -> Response:
    in_work = found.state in ("asked", "making")
    template = "_progress" if request.headers.get("HX-Request") else "progress"
    answer = make_response(
        render_template(f"{FOLDER}{template}.html", batch=found, in_work=in_work), 200
    )
    if in_work and template == "progress":
        answer.headers["Refresh"] = str(LOOK_AGAIN)
    return _unstored(answer)


def _sheet(batch_id: uuid.UUID, sheet_id: uuid.UUID) -> ScanSheet:
    found = queries.batch_of(viewer(), batch_id)
    sheet = queries.sheet_of(viewer(), sheet_id)
    if sheet.batch_id != found.id:
        raise NotFound
    return sheet


def _back(batch_id: uuid.UUID, sheet: ScanSheet) -> Response:
    return to(url_for("scans.batch", batch_id=batch_id, _anchor=f"sheet-{sheet.position}"))


def _bytes(digest: str, media_type: str, name: str) -> Response:
    path = path_of(settings().files_dir.absolute(), digest)
    return _unstored(send_file(path, mimetype=media_type, download_name=name))


def _unstored(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
