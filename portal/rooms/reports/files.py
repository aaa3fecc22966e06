"""The paper of a brief as a file: its PDF, made by a job and kept, and its Word copy."""

from __future__ import annotations

import io
import uuid

from flask import Response, make_response, redirect, render_template, send_file, url_for

from portal import store
from portal.documents.render import GONGWEN, DocumentError
from portal.documents.word.copies import MIMETYPE, write
from portal.errors import NotFound, NotOffered
from portal.rooms.reports import commands, queries
from portal.rooms.reports.composing import paper_of
from portal.rooms.reports.routes import FOLDER, LOOK_AGAIN, blueprint, refuse_outdated
from portal.rulebook.briefs.guards import snapshot_of
from portal.rulebook.briefs.table import title_of
from portal.web import settings, to, viewer

__all__ = ["blueprint"]


@blueprint.post("/reports/<uuid:brief_id>/sheet")
def ask_pdf(brief_id: uuid.UUID) -> Response:
    """生成PDF: of the brief as it stands."""
    found = queries.brief_or_404(viewer(), brief_id)
    _printable(brief_id)
    commands.ask_sheet(viewer(), found)
    return to(url_for("reports.pdf", brief_id=brief_id))


@blueprint.get("/reports/<uuid:brief_id>.pdf")
def pdf(brief_id: uuid.UUID) -> Response:
    """The PDF; 202 with Retry-After until it is stored; back to the brief if nobody asked."""
    found = queries.brief_or_404(viewer(), brief_id)
    refuse_outdated(found)
    sheet = queries.sheet_of(viewer(), found)
    if sheet is None:
        return make_response(redirect(url_for("reports.brief", brief_id=brief_id), 303))
    if sheet.state != "made" or sheet.sha256 is None:
        html = render_template(
            FOLDER + "making.html", brief=found, sheet=sheet, title=title_of(found)
        )
        answer = make_response(html, 202)
        if sheet.state != "failed":
            answer.headers["Retry-After"] = str(LOOK_AGAIN)
            answer.headers["Refresh"] = str(LOOK_AGAIN)
        return answer
    answer = send_file(
        store.path_of(settings().files_dir.absolute(), sheet.sha256),
        mimetype="application/pdf",
        download_name=f"{title_of(found)}.pdf",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/reports/<uuid:brief_id>.docx")
def docx(brief_id: uuid.UUID) -> Response:
    """The Word copy, made when it is fetched (decision 0100)."""
    found = queries.brief_or_404(viewer(), brief_id)
    _printable(brief_id)
    try:
        content = write(GONGWEN, paper_of(viewer(), found, settings().college))
    except DocumentError as error:
        raise NotOffered(str(error)) from error
    answer = send_file(
        io.BytesIO(content),
        mimetype=MIMETYPE,
        as_attachment=True,
        download_name=f"{title_of(found)}.docx",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _printable(brief_id: uuid.UUID) -> None:
    """NotFound of a brief whose figures are not there yet, NotOffered where they are outdated."""
    found = queries.brief_or_404(viewer(), brief_id)
    refuse_outdated(found)
    if found.first is not None and snapshot_of(viewer(), found) is None:
        raise NotFound
