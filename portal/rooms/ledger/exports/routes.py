"""/ledger/exports: the Excel file at once or as a job, the printed list, what was exported;
/ledger.xlsx does all."""

from __future__ import annotations

import io
import uuid
from dataclasses import replace
from pathlib import Path

from flask import Response, make_response, render_template, request, send_file, url_for

from portal import store
from portal.errors import NotFound
from portal.extensions import db
from portal.models import LedgerExport
from portal.rooms.ledger import filters, queries
from portal.rooms.ledger.columns import ALL
from portal.rooms.ledger.exports import commands, log, releases
from portal.rooms.ledger.exports.making import EXCEL, PDF
from portal.rooms.ledger.exports.rights import AT_ONCE, must_export
from portal.rooms.ledger.routes import blueprint
from portal.rulebook.scope import visible
from portal.web import note_opened, settings, to, viewer

__all__ = ["blueprint"]

LOOK_AGAIN = 1  # seconds
ENDINGS = {EXCEL: "xlsx", PDF: "pdf"}
TYPES = {
    EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    PDF: "application/pdf",
}


@blueprint.post("/ledger/exports")
def ask() -> Response:
    """Ask for the ledger under the filters sent with the form: Excel at once, if it is short; else
    its page shows how far it is, or asks for the reason."""
    form = PDF if request.form.get("form") == PDF else EXCEL
    return _ask(_query(every=bool(request.form.get("every"))), form)


@blueprint.get("/ledger.xlsx")
def direct() -> Response:
    """The same in one address; without columns named it has all of SPEC §6.5."""
    return _ask(_query(every="columns" not in request.args), EXCEL)


@blueprint.get("/ledger/exports")
def exports() -> str:
    """导出记录: what this person took out, and the requests."""
    reach = must_export(viewer())
    return render_template(
        "rooms/ledger/exports.html",
        reach=reach,
        exports=log.own(viewer()),
        requests=releases.shown(viewer()),
        may_decide=releases.may_decide(viewer()),
        today=viewer().moment.day,
    )


@blueprint.get("/ledger/exports/<uuid:export_id>")
def export(export_id: uuid.UUID) -> Response:
    """How far it is; renews itself until the file is there, with and without a script."""
    found = _export(export_id)
    template = "_progress" if request.headers.get("HX-Request") else "export"
    return _progress(found, f"rooms/ledger/{template}.html", 200)


@blueprint.get("/ledger/exports/<uuid:export_id>.<any(xlsx, pdf):ending>")
def file(export_id: uuid.UUID, ending: str) -> Response:
    """The file; 202 with Retry-After until it is stored, 404 once its rights are gone."""
    must_export(viewer())  # a file does not outlive the right to it
    found = _export(export_id)
    if ENDINGS[found.form] != ending or not commands.still_known(viewer(), found):
        raise NotFound
    if found.state != "made" or found.sha256 is None or commands.expired(found):
        return _progress(found, "rooms/ledger/export.html", 202)
    for item_id in found.granted_ids:
        note_opened(item_id)
    path = store.path_of(settings().files_dir.absolute(), found.sha256)
    return _file(path, found.form)


def _ask(query: str, form: str) -> Response:
    reader = viewer()
    reach = must_export(reader)
    words = {settings().item_word}
    rows = queries.how_many(reader, commands.wanted_of(query), words, reach.within)
    if rows > AT_ONCE:
        return to(url_for("ledger.new_release", query=query, form=form))
    if form == EXCEL:
        content = commands.give(reader, query, settings())
        return _file(io.BytesIO(content), form)
    return to(url_for("ledger.export", export_id=commands.ask(reader, query, form).public_id))


def _file(content: Path | io.BytesIO, form: str) -> Response:
    return _sent(
        send_file(
            content,
            mimetype=TYPES[form],
            as_attachment=form == EXCEL,
            download_name=f"督办台账{viewer().moment.day:%Y%m%d}.{ENDINGS[form]}",
        )
    )


def _sent(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _query(*, every: bool) -> str:
    """The filters in the ledger's own spelling, without a page: what the address may ask for."""
    wanted = filters.read(request.values)
    return (replace(wanted, columns=ALL) if every else wanted).query


def _export(export_id: uuid.UUID) -> LedgerExport:
    found = db.session.scalars(
        visible(viewer(), LedgerExport).where(LedgerExport.public_id == export_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def _progress(found: LedgerExport, template: str, status: int) -> Response:
    in_work = found.state in ("asked", "making")
    html = render_template(
        template,
        export=found,
        printed=found.form == PDF,
        address=url_for("ledger.file", export_id=found.public_id, ending=ENDINGS[found.form]),
        in_work=in_work,
        known=in_work or commands.still_known(viewer(), found),
        expired=commands.expired(found),
        back=f"/ledger?{found.query or filters.UNASKED}",
    )
    answer = _sent(make_response(html, status))
    if in_work:
        answer.headers["Retry-After"] = str(LOOK_AGAIN)
        if template.endswith("export.html"):
            answer.headers["Refresh"] = str(LOOK_AGAIN)
    return answer
