"""/ledger/exports: asking for the Excel file or the printed list, its progress, the file;
/ledger.xlsx does all."""

from __future__ import annotations

import uuid

from flask import Response, make_response, render_template, request, send_file, url_for

from portal import store
from portal.errors import NotFound
from portal.extensions import db
from portal.models import LedgerExport
from portal.rooms.ledger import filters
from portal.rooms.ledger.exports import commands
from portal.rooms.ledger.routes import blueprint
from portal.rulebook.scope import visible
from portal.web import settings, to, viewer

__all__ = ["blueprint"]

LOOK_AGAIN = 1  # seconds
ENDINGS = {commands.EXCEL: "xlsx", commands.PDF: "pdf"}
TYPES = {
    commands.EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    commands.PDF: "application/pdf",
}


@blueprint.post("/ledger/exports")
def ask() -> Response:
    """Ask for the ledger under the filters sent with the form; its page shows how far it is."""
    wanted = commands.PDF if request.form.get("form") == commands.PDF else commands.EXCEL
    export = commands.ask(viewer(), _query(), wanted)
    return to(url_for("ledger.export", export_id=export.public_id))


@blueprint.get("/ledger/exports/<uuid:export_id>")
def export(export_id: uuid.UUID) -> Response:
    """How far it is; renews itself until the file is there, with and without a script."""
    found = _export(export_id)
    template = "_progress" if request.headers.get("HX-Request") else "export"
    return _progress(found, f"rooms/ledger/{template}.html", 200)


@blueprint.get("/ledger/exports/<uuid:export_id>.<any(xlsx, pdf):ending>")
def file(export_id: uuid.UUID, ending: str) -> Response:
    """The file; 202 with Retry-After until it is stored, 404 once its rights are gone."""
    found = _export(export_id)
    if ENDINGS[found.form] != ending or not commands.still_known(viewer(), found):
        raise NotFound
    return _file(found)


@blueprint.get("/ledger.xlsx")
def direct() -> Response:
    """The same in one address: asks, and gives the file once it is stored."""
    return _file(commands.ask(viewer(), _query()))


def _query() -> str:
    """The filters in the ledger's own spelling, without a page: what the address may ask for."""
    return filters.read(request.values).href(page=1).partition("?")[2]


def _export(export_id: uuid.UUID) -> LedgerExport:
    found = db.session.scalars(
        visible(viewer(), LedgerExport).where(LedgerExport.public_id == export_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def _file(found: LedgerExport) -> Response:
    if found.state != "made" or found.sha256 is None or commands.expired(found):
        return _progress(found, "rooms/ledger/export.html", 202)
    answer = send_file(
        store.path_of(settings().files_dir.absolute(), found.sha256),
        mimetype=TYPES[found.form],
        as_attachment=found.form == commands.EXCEL,
        download_name=f"督办台账{viewer().moment.day:%Y%m%d}.{ENDINGS[found.form]}",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _progress(found: LedgerExport, template: str, status: int) -> Response:
    in_work = found.state in ("asked", "making")
    html = render_template(
        template,
        export=found,
        printed=found.form == commands.PDF,
        address=url_for("ledger.file", export_id=found.public_id, ending=ENDINGS[found.form]),
        in_work=in_work,
        known=in_work or commands.still_known(viewer(), found),
        expired=commands.expired(found),
        back=f"/ledger?{found.query}" if found.query else "/ledger",
    )
    answer = make_response(html, status)
    answer.headers["Cache-Control"] = "no-store"
    if in_work:
        answer.headers["Retry-After"] = str(LOOK_AGAIN)
        if template.endswith("export.html"):
            answer.headers["Refresh"] = str(LOOK_AGAIN)
    return answer
