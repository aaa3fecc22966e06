"""A stored sheet as an answer: as it is, of a sensitive item stamped (SPEC §7.6)."""

from __future__ import annotations

import io

from flask import Response, send_file

from portal import store
from portal.documents import copies
from portal.errors import NotFound
from portal.models import Document, Item
from portal.rulebook.scope import Viewer
from portal.web import settings


def handed_out(viewer: Viewer, item: Item, sheet: Document, label: str) -> Response:
    """The PDF of a sheet that this person may have. NotFound: it is not stored."""
    if sheet.state != "made" or sheet.sha256 is None:
        raise NotFound
    stored = store.path_of(settings().files_dir.absolute(), sheet.sha256)
    stamped = None
    if item.classification == "sensitive":
        stamped = copies.of_sheet(viewer, sheet, stored)
    answer = send_file(
        stored if stamped is None else io.BytesIO(stamped),
        mimetype="application/pdf",
        download_name=f"{label}.pdf",
        # Every stamped copy is another one: no part of it can be asked for again.
        conditional=stamped is None,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
