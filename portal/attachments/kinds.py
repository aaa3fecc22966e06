"""SPEC §8.14: which files may be handed in, decided by what is inside, never by the name alone."""

from __future__ import annotations

import os
import zipfile
from typing import IO, NamedTuple

from portal.attachments import archives, compound
from portal.attachments.names import extension
from portal.attachments.refusal import DAMAGED, FileRefused

LARGEST = 50 * 1024 * 1024
TAIL = 64 * 1024


class Kind(NamedTuple):
    """A type by content: the extensions it may carry, its media type, shown in the page or not."""

    name: str
    extensions: tuple[str, ...]
    media_type: str
    inline: bool = False


_OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("pdf", ("pdf",), "application/pdf", inline=True),
        Kind("png", ("png",), "image/png", inline=True),
        Kind("jpg", ("jpg", "jpeg"), "image/jpeg", inline=True),
        Kind("doc", ("doc", "wps"), "application/msword"),
        Kind("xls", ("xls", "et"), "application/vnd.ms-excel"),
        Kind("docx", ("docx",), _OFFICE + "wordprocessingml.document"),
        Kind("xlsx", ("xlsx",), _OFFICE + "spreadsheetml.sheet"),
        Kind("ofd", ("ofd",), "application/ofd"),
        Kind("zip", ("zip",), "application/zip"),
    )
}
ALLOWED = tuple(ending for kind in KINDS.values() for ending in kind.extensions)
LISTED = "doc、docx、wps、xls、xlsx、et、pdf、ofd、jpg、png、zip"


def kind_of(file: IO[bytes], name: str) -> Kind:
    """The kind of a file by its content; FileRefused with a sentence for the person if it is none
    of the allowed ones, too large, empty, damaged, encrypted, or not what its name says."""
    size = size_of(file)
    if size == 0:
        raise FileRefused("文件是空的，请核对后重新选择。")
    if size > LARGEST:
        raise FileRefused("每份文件不超过50 MB，请压缩或拆分后重新上传。")
    ending = extension(name)
    if ending not in ALLOWED:
        raise FileRefused(f"不支持这种文件，请上传{LISTED}格式的文件。")
    found = _by_content(file)
    file.seek(0)
    if found is None or ending not in KINDS[found].extensions:
        raise FileRefused(f"文件内容与扩展名“{ending}”不符，请用办公软件另存后重新上传。")
    return KINDS[found]


def size_of(file: IO[bytes]) -> int:
    """Its bytes; the file stands at its beginning afterwards."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return size


def _by_content(file: IO[bytes]) -> str | None:
    head, tail = _ends(file)
    if head.startswith(b"PK\x03\x04"):
        return _packed(file)
    if head.startswith(compound.SIGNATURE):
        return compound.kind_of(file)
    found = _plain(head, tail)
    # A picture or sheet that is an archive as well is two files in one.
    return None if found and zipfile.is_zipfile(file) else found


def _ends(file: IO[bytes]) -> tuple[bytes, bytes]:
    head = file.read(32)
    file.seek(max(0, size_of(file) - TAIL))
    tail = file.read(TAIL)
    file.seek(0)
    return head, tail


def _plain(head: bytes, tail: bytes) -> str | None:
    if head.startswith(b"%PDF-1.") or head.startswith(b"%PDF-2."):
        if b"%%EOF" not in tail:
            raise FileRefused(DAMAGED)
        return "pdf"
    if head.startswith(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"):
        if not tail.endswith(b"\x00\x00\x00\x00IEND\xaeB`\x82"):
            raise FileRefused(DAMAGED)
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    return None


def _packed(file: IO[bytes]) -> str | None:
    with archives.opened(file) as archive:
        names = {member.filename for member in archives.members(archive)}
    if any(name.rpartition("/")[2].lower() == "vbaproject.bin" for name in names):
        return None
    if "[Content_Types].xml" in names:
        parts = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
        return next((kind for kind, part in parts.items() if part in names), None)
    return "ofd" if "OFD.xml" in names else "zip"
