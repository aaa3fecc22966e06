"""/items/<id>/attachments: uploading, looking at and removing files, addressed by their rows."""

from __future__ import annotations

import io
import uuid

from flask import Blueprint, Response, render_template, send_file

from portal import store
from portal.attachments import commands
from portal.attachments.forms import UploadForm
from portal.attachments.kinds import KINDS
from portal.attachments.names import extension
from portal.documents import copies
from portal.errors import NotFound, NotOffered
from portal.forms import ActForm
from portal.item.attachments.queries import adding, attachment_of
from portal.models import Attachment, Item
from portal.rulebook import offers
from portal.web import intent_of, item_or_404, run, settings, viewer

blueprint = Blueprint("attachments", __name__)
FOLDER = "item/"
# A file is shown with nothing of the portal around it; it runs nothing and loads nothing.
FILE_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; "
# The browser's own viewer of PDF does not open inside a sandbox.
PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; img-src 'self'; "
EVERY_POLICY = "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"


@blueprint.post("/items/<uuid:public_id>/attachments")
def attach(public_id: uuid.UUID) -> Response:
    """上传附件 or 上传佐证材料, whichever is this person's now."""
    item = item_or_404(public_id)
    offer = adding(offers.offered(viewer(), item))
    if offer is None:
        raise NotOffered("本事项当前不由您上传附件。", article="16(1)")
    form = UploadForm()
    return run(
        item,
        form,
        FOLDER + "_upload.html",
        lambda: commands.attach(
            viewer(),
            item,
            offer,
            form.sound_files,
            intent_of(form),
            declared=bool(form.declared.data),
        ),
        "附件已上传",
        offer=offer,
    )


@blueprint.get("/items/<uuid:public_id>/attachments/<uuid:attachment_id>")
def download(public_id: uuid.UUID, attachment_id: uuid.UUID) -> Response:
    """The file: PDF and pictures in the browser, everything else to be saved. A PDF of a sensitive
    item bears the reader's stamp (SPEC §7.6)."""
    item = item_or_404(public_id)
    row = _kept(item, attachment_id)
    kind = KINDS[row.kind]
    named, stored = _name(item, row), store.path_of(settings().files_dir.absolute(), row.sha256)
    uploaded_at, stamped = row.uploaded_at, None
    if item.classification == "sensitive" and kind.name == "pdf":
        stamped = copies.of_upload(viewer(), row, stored)
    answer = send_file(
        stored if stamped is None else io.BytesIO(stamped),
        mimetype=kind.media_type,
        as_attachment=not kind.inline,
        download_name=named,
        # Every stamped copy is another one: no part of it can be asked for again.
        conditional=stamped is None,
        # Not the stored file's own date: the same bytes may lie there since somebody else's item.
        last_modified=uploaded_at,
        etag=False,
    )
    policy = PDF_POLICY if kind.name == "pdf" else FILE_POLICY
    answer.headers["Content-Security-Policy"] = policy + EVERY_POLICY
    return answer


@blueprint.get("/items/<uuid:public_id>/attachments/<uuid:attachment_id>/page")
def shown(public_id: uuid.UUID, attachment_id: uuid.UUID) -> str:
    """A PDF or a picture under the reader's watermark (SPEC §7.6)."""
    item = item_or_404(public_id)
    row = _kept(item, attachment_id)
    kind = KINDS[row.kind]
    if not kind.inline:
        raise NotFound
    return render_template(FOLDER + "file.html", item=item, file=row, picture=kind.name != "pdf")


@blueprint.post("/items/<uuid:public_id>/attachments/<uuid:attachment_id>/removal")
def detach(public_id: uuid.UUID, attachment_id: uuid.UUID) -> Response:
    """移除附件."""
    item, form = item_or_404(public_id), ActForm()
    row = _row(item, attachment_id)
    return run(
        item,
        form,
        FOLDER + "_removal.html",
        lambda: commands.detach(viewer(), item, row, intent_of(form)),
        "附件已移除",
        file=row,
    )


def _row(item: Item, attachment_id: uuid.UUID) -> Attachment:
    row = attachment_of(viewer(), item, attachment_id)
    if row is None:
        raise NotFound
    return row


def _kept(item: Item, attachment_id: uuid.UUID) -> Attachment:
    row = _row(item, attachment_id)
    if row.state != "kept":
        raise NotFound
    return row


def _name(item: Item, row: Attachment) -> str:
    """SPEC §7.5 (9): in a header and a folder of downloads a sensitive item's files say nothing."""
    if item.classification != "sensitive":
        return row.name
    return f"附件-{row.public_id.hex[:6]}.{extension(row.name)}"
