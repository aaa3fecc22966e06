"""/verify: a number typed by hand or read from a QR code; for 党政办 and archivists a file, too."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    url_for,
)

from portal.documents.control import id_of
from portal.documents.handing import handed_out
from portal.errors import Forbidden
from portal.item.offices import offices_of
from portal.number_form import NumberForm
from portal.rooms.verifying import checking, limits, queries
from portal.rooms.verifying.forms import FileForm
from portal.rooms.verifying.queries import Kept
from portal.rulebook.roles import Role
from portal.rulebook.scope import Viewer
from portal.web import note_opened, to, viewer

blueprint = Blueprint("verifying", __name__)
FOLDER = "rooms/verifying/"
MAY_COMPARE = frozenset({Role.OFFICE_STAFF, Role.OFFICE_HEAD, Role.ARCHIVIST})
TOO_LARGE = "文件超过100 MB，不是本系统提供的文件。"


@blueprint.get("/verify")
def page() -> str:
    """核验文书: the field for a number."""
    return _page(viewer())


@blueprint.post("/verify")
def look_up() -> Response:
    """On to the answer; a slip is said at once."""
    reader, form = viewer(), NumberForm()
    if form.validate_on_submit():
        return to(url_for("verifying.shown", number=form.written))
    return make_response(_page(reader, form=form), 422)


@blueprint.get("/V/<number>")
def scanned(number: str) -> Response:
    """Where a QR code leads: short, in capitals."""
    viewer()
    return make_response(redirect(url_for("verifying.shown", number=number), 303))


@blueprint.get("/verify/<number>")
def shown(number: str) -> Response:
    """What bears the number. One answer for what is not there and what is not this person's."""
    reader = _counted()
    found = queries.of_number(reader, id_of(number))
    told = [found] if found is not None else []
    html = _page(reader, asked=True, found=found, sensitive=_noted(told))
    return make_response(html, 404 if found is None else 200)


@blueprint.get("/verify/<number>/sheet.pdf")
def file(number: str) -> Response:
    """The very version that bears the number, to be laid beside the paper."""
    reader = _counted()
    sheet, item = queries.sheet_of_number(reader, id_of(number))
    if item.classification == "sensitive":
        note_opened(item.id)
    return handed_out(reader, item, sheet, queries.label_of(sheet.kind))


@blueprint.post("/verify/file")
def compare() -> Response:
    """A file held against what is kept; nothing of it is stored."""
    if not _may_compare(viewer()):
        raise Forbidden
    reader, form = _counted(), FileForm()
    verdict = None
    if form.validate_on_submit():
        try:
            verdict = checking.check(reader, form.file.data.stream)
        except checking.TooLarge:
            form.file.errors = [*form.file.errors, TOO_LARGE]
    if verdict is None:
        return make_response(_page(reader, file_form=form), 422)
    sensitive = _noted([*verdict.known, *verdict.bears])
    return make_response(_page(reader, verdict=verdict, sensitive=sensitive))


def _page(reader: Viewer, **shown: Any) -> str:
    return render_template(
        FOLDER + "page.html",
        **{
            "form": NumberForm(formdata=None),
            "file_form": FileForm(formdata=None) if _may_compare(reader) else None,
            "asked": False,
            "found": None,
            "verdict": None,
            "sensitive": False,
            **shown,
        },
    )


def _may_compare(reader: Viewer) -> bool:
    return bool(offices_of(reader) & MAY_COMPARE)


def _counted() -> Viewer:
    reader, secret = viewer(), current_app.secret_key
    if not secret:
        raise RuntimeError("the application has no secret key")
    key = secret if isinstance(secret, bytes) else secret.encode()
    limits.count(reader.person_id, key, datetime.now(UTC))
    return reader


def _noted(found: list[Kept]) -> bool:
    """Note what the answer shows of sensitive items; whether it shows any."""
    items = [one.item for one in found if one.item is not None and one.sensitive]
    for item in items:
        note_opened(item.id)
    return bool(items)
