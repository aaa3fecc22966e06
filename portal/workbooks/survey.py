"""Looking over the sheets of a workbook before anything builds them in memory.

Two cells at the far corners of a sheet make a table of seventeen thousand million cells; so the
extent of every sheet is measured as a stream. On the way the cells are noted that look empty to the
reader and are not: formulas that were never worked out, and those whose result is an error.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable
from typing import IO, Final
from xml.parsers import expat

from portal.attachments import archives
from portal.workbooks.refusal import WorkbookRefused

MOST_ROWS: Final = 10_000
"""Rows of data in one file."""
SPARE_ROWS: Final = 50
"""Titles, heads and lines of signature above and below the data."""
MOST_COLUMNS: Final = 100
LARGEST: Final = 20 * 1024 * 1024
"""Bytes of all parts unpacked: as much as is read for marks of secrets (`attachments.texts`)."""
TOO_LARGE: Final = f"表格过大：每次不超过{MOST_ROWS}行、{MOST_COLUMNS}列，请拆分后重新上传。"
BROKEN: Final = "表格内容不完整或已损坏，请用办公软件打开后另存为xlsx格式再上传。"
UNREADABLE: Final = (expat.ExpatError, LookupError, ValueError)
"""What a part raises that is no XML, or whose encoding is unknown or none that expat can do."""
_PLACE: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_NO_SHEET: Final = re.compile(r"xl/(?:sharedStrings|styles|workbook|theme/.*)\.xml")
CHUNK: Final = 64 * 1024

Place = tuple[int, int]
"""Row and column, each from 0."""


Marks = dict[Place, str]
"""The cells of a sheet that hold no readable value, with what is wrong with each."""


def survey(file: IO[bytes]) -> dict[str, Marks]:
    """The marks of each sheet by its path in the file, which stands at its beginning afterwards.

    Raises WorkbookRefused for a file that is too large, has too many rows or columns, or is broken;
    FileRefused for a packed file that is none (`attachments.archives`).
    """
    with archives.opened(file) as archive:
        parts = archives.members(archive)
        if sum(part.file_size for part in parts) > LARGEST:
            raise WorkbookRefused(TOO_LARGE)
        return {
            part.filename: marks
            for part in parts
            if part.filename.endswith(".xml") and not _NO_SHEET.fullmatch(part.filename)
            if (marks := _look_over(archive, part)) is not None
        }


def _look_over(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Marks | None:
    """None of a part that is no sheet."""
    looker = _Looker()
    with archive.open(part) as stream:
        try:
            while looker.is_sheet is not False and (chunk := stream.read(CHUNK)):
                looker.parser.Parse(chunk, False)
            if looker.is_sheet:
                looker.parser.Parse(b"", True)
        except WorkbookRefused:
            raise
        except UNREADABLE as error:
            raise WorkbookRefused(BROKEN) from error
    return looker.marks if looker.is_sheet else None


class _Looker:
    """Follows the elements of one part: worksheet, row, c, f, v."""

    def __init__(self) -> None:
        self.is_sheet: bool | None = None
        self.marks: Marks = {}
        self.place: Place = (-1, -1)
        self.kind, self.has_formula, self.has_value, self.inside = "", False, False, False
        self.stands = False
        self.text: list[str] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = _refuse
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._begin, self._end
        self.parser.CharacterDataHandler = self._hear

    def _begin(self, name: str, given: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        if self.is_sheet is None:
            self.is_sheet = tag == "worksheet"
        elif tag == "row":
            self.place = (_row(given.get("r"), self.place[0]), -1)
        elif tag == "c":
            self.place = _place(given.get("r"), self.place)
            self.kind, self.has_formula, self.has_value = given.get("t", ""), False, False
            self.stands = False
        elif tag == "f":
            self.has_formula = self.stands = True
        elif tag in ("v", "is"):
            # An empty text counts as well: the reader makes a cell of it.
            self.inside, self.text, self.stands = tag == "v", [], True
            self.has_value = tag == "is"

    def _hear(self, text: str) -> None:
        if self.inside:
            self.text.append(text)

    def _end(self, name: str) -> None:
        tag = name.rpartition(" ")[2]
        if tag == "v":
            self.inside = False
            self.has_value = bool("".join(self.text))
        elif tag == "c":
            self._note()

    def _note(self) -> None:
        if not self.stands:
            return
        row, column = self.place
        if row >= MOST_ROWS + SPARE_ROWS or column >= MOST_COLUMNS:
            raise WorkbookRefused(TOO_LARGE)
        if self.kind == "e":
            result = "".join(self.text)
            self.marks[self.place] = f"公式结果有误（{result}），请改为文字或数值。"
        elif self.has_formula and not self.has_value:
            said = "公式没有计算结果，请在办公软件中打开、保存后再上传，或改为文字或数值。"
            self.marks[self.place] = said


def _refuse(*_given: object) -> None:
    raise WorkbookRefused(BROKEN)


def _row(named: str | None, before: int) -> int:
    if named is None:
        return before + 1
    if not named.isdecimal() or len(named) > 7 or int(named) < 1:
        raise WorkbookRefused(BROKEN)
    return int(named) - 1


def _place(named: str | None, before: Place) -> Place:
    if named is None:
        return before[0], before[1] + 1
    found = _PLACE.fullmatch(named)
    if found is None:
        raise WorkbookRefused(BROKEN)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1


def sheet_paths(file: IO[bytes]) -> dict[str, str]:
    """The path of each sheet's part by the sheet's name, as the workbook's own list says."""
    names, paths = dict[str, str](), dict[str, str]()

    def sheet(name: str, given: dict[str, str]) -> None:
        if name.rpartition(" ")[2] == "sheet":
            link = next((text for key, text in given.items() if key.endswith(" id")), "")
            names[given.get("name", "")] = link

    def relation(name: str, given: dict[str, str]) -> None:
        if name.rpartition(" ")[2] == "Relationship":
            target = given.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            paths[given.get("Id", "")] = posixpath.normpath(path)

    with archives.opened(file) as archive:
        there = {part.filename for part in archives.members(archive)}
        for path, heard in (("xl/workbook.xml", sheet), ("xl/_rels/workbook.xml.rels", relation)):
            if path in there:
                _hear_part(archive.read(path), heard)
    return {name: paths[link] for name, link in names.items() if link in paths}


def _hear_part(content: bytes, heard: Callable[[str, dict[str, str]], None]) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = heard
    try:
        parser.Parse(content, True)
    except WorkbookRefused:
        raise
    except UNREADABLE as error:
        raise WorkbookRefused(BROKEN) from error
