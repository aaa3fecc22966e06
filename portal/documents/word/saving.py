"""A Word file as bytes: the same document gives the same ones, and names nobody."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Final

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE

OLDEST: Final = (1980, 1, 1, 0, 0, 0)  # the first moment a zip can name


def saved(document: Document, name: str, day: dt.date) -> bytes:
    """The file. Outside of its text it says its kind and its day alone (SPEC §7.5 rule 9)."""
    _described(document, name, day)
    _without_thumbnail(document)
    out = io.BytesIO()
    document.save(out)
    return _timeless(out.getvalue())


def _described(document: Document, name: str, day: dt.date) -> None:
    core = document.core_properties
    core.title, core.language = name, "zh-CN"
    core.author = core.last_modified_by = core.comments = core.keywords = ""
    core.subject = core.category = ""
    core.created = core.modified = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
    core.revision = 1


def _without_thumbnail(document: Document) -> None:
    """The library's empty document brings a picture of itself."""
    rels = document.part.package.rels
    for rel_id in [key for key, rel in rels.items() if rel.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        del rels[rel_id]


def _timeless(content: bytes) -> bytes:
    """The same archive without the time it was written at."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as given,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in given.namelist():
            entry = zipfile.ZipInfo(name, OLDEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(entry, given.read(name))
    return out.getvalue()
