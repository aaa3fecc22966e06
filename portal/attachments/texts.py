"""The text layer of an uploaded file, for the scan of SPEC §7.2; bounded in size and time."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.parsers import expat

from portal.attachments import archives
from portal.attachments.kinds import KINDS, Kind, kind_of
from portal.attachments.refusal import DAMAGED, ENCRYPTED, FileRefused

SECONDS = 10.0
LARGEST_PART = 20 * 1024 * 1024
PARTS = re.compile(
    r"word/(?:glossary/)?(?:document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml"
    r"|xl/(?:workbook|sharedStrings|comments\d*|worksheets/[^/]+|drawings/drawing\d*)\.xml"
    r"|(?:word|xl)/(?:charts/chart|diagrams/data)\d*\.xml"
    r"|docProps/(?:core|app|custom)\.xml"
    r"|customXml/item\d*\.xml"
    r"|(?:.*/)?Content\.xml"
)
BREAKS = frozenset({"p", "si", "c", "is", "comment", "TextCode", "title", "subject", "keywords"})
LITTER = (
    (re.compile(r"^__MACOSX/(?:.*/)?\._[^/]+$"), b"\0\x05\x16\x07"),
    (re.compile(r"(?:^|/)\.DS_Store$"), b"\0\0\0\1Bud1"),
    (re.compile(r"(?:^|/)Thumbs\.db$", re.IGNORECASE), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    (re.compile(r"(?:^|/)desktop\.ini$", re.IGNORECASE), b"["),
    (re.compile(r"(?:^|/)desktop\.ini$", re.IGNORECASE), b"\r\n["),
    (re.compile(r"(?:^|/)desktop\.ini$", re.IGNORECASE), b"\xff\xfe"),
)
"""What systems put into an archive by themselves: its name, and how it begins. Anything else of
such a name is held to the rules of every member."""
MOST_LITTER = 1024 * 1024
READER = Path(__file__).with_name("pdf_reader.py")
LOCKED = 3


def texts_of(file: IO[bytes], kind: Kind) -> Iterator[str]:
    """The texts inside, part by part, and the names inside an archive. FileRefused."""
    yield from _texts(file, kind, time.monotonic() + SECONDS)
    file.seek(0)


def _texts(file: IO[bytes], kind: Kind, until: float) -> Iterator[str]:
    if kind.name in ("docx", "xlsx", "ofd"):
        yield from _office(file)
    elif kind.name == "pdf":
        yield _pdf(file, until)
    elif kind.name == "zip":
        yield from _archive(file, until)


def _archive(file: IO[bytes], until: float) -> Iterator[str]:
    with archives.opened(file) as archive:
        for member in archives.members(archive):
            name = archives.name_of(member)
            yield name
            with archives.content(archive, member) as inside:
                if _is_litter(name, inside, member.file_size):
                    yield _plain(inside.read())
                else:
                    yield from _texts(inside, _member_kind(inside, name), until)


def _is_litter(name: str, inside: IO[bytes], size: int) -> bool:
    begins = inside.read(8)
    inside.seek(0)
    return size <= MOST_LITTER and any(
        named.search(name) and begins.startswith(magic) for named, magic in LITTER
    )


def _plain(content: bytes) -> str:
    """What there is of text in bytes of no kind, as the systems write it."""
    return "\n".join(content.decode(code, "ignore") for code in ("utf-8", "utf-16", "gb18030"))


def _member_kind(inside: IO[bytes], name: str) -> Kind:
    try:
        kind = kind_of(inside, name)
    except FileRefused as error:
        raise FileRefused(f"压缩包内有不能接收的文件：{error}") from error
    if kind is KINDS["zip"]:
        raise FileRefused("压缩包内不能再有压缩包，请展开后重新压缩。")
    return kind


def _office(file: IO[bytes]) -> Iterator[str]:
    left = LARGEST_PART
    with archives.opened(file) as archive:
        for member in archives.members(archive):
            if not PARTS.fullmatch(member.filename) or left <= 0:
                continue
            part = _read(archive, member, left)
            left -= len(part)
            # Also a sheet's own: results of formulas, heads and feet stand among its figures.
            if text := text_of_xml(part):
                yield text


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    with archive.open(member) as part:
        return part.read(most) if member.file_size <= most else b""


def text_of_xml(part: bytes) -> str:
    """The characters of an XML part, one line a paragraph or cell, and the names of sheets.
    FileRefused if it is none."""
    pieces: list[str] = []

    def refuse(*_: object) -> None:
        raise FileRefused(DAMAGED)

    def begin(name: str, given: dict[str, str]) -> None:
        if name.rpartition(" ")[2] == "sheet" and "name" in given:
            pieces.append(f"{given['name']}\n")

    def end(name: str) -> None:
        if name.rpartition(" ")[2] in BREAKS:
            pieces.append("\n")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    # Line breaks between runs are layout of the XML, not of the text.
    parser.CharacterDataHandler = lambda text: pieces.append(text.replace("\n", " "))
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    if part:
        try:
            parser.Parse(part, True)
        except FileRefused:
            raise
        except (expat.ExpatError, LookupError, ValueError) as error:  # no XML, no known encoding
            raise FileRefused(DAMAGED) from error
    return "".join(pieces)


def _pdf(file: IO[bytes], until: float) -> str:
    """What a process of its own reads in time: a hostile sheet harms only that process."""
    file.seek(0)
    seconds = until - time.monotonic()
    if seconds <= 0:
        return ""
    command = [sys.executable, "-I", str(READER)]
    try:
        done = subprocess.run(  # noqa: S603 - the portal's own script, no argument from outside
            command,
            input=file.read(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b"").decode("utf-8", errors="replace")
    if done.returncode == LOCKED:
        raise FileRefused(ENCRYPTED)
    return done.stdout.decode("utf-8", errors="replace")
