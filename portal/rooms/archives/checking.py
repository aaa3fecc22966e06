"""Whether an archive package is still what it was: every file against the 目录, the events against
their seals. Needs no database; nothing is unpacked to the disk but the packages within a year's.

What comes in is somebody's file: nothing of it is believed before it is checked.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from portal.attachments.zip_lists import longer_than
from portal.rooms.archives import events, listing, pages, year_listing

CHUNK: Final = 1024 * 1024
MOST_FILES: Final = 20_000
TOO_MANY: Final = f"文件数超过{MOST_FILES}个，不是本系统的档案包。"
FORMATS: Final = (listing.FORMAT, year_listing.FORMAT)
"""Of packages that are handed over. Within a year's there are items' alone: a year's within a
year's, and so on, would be written out as often as it is deep."""
LARGEST_INDEX: Final = 64 * 1024 * 1024
LOCKED: Final = 0x1
BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, EOFError, OverflowError, NotImplementedError,
    UnicodeDecodeError, OSError,
)  # fmt: skip
TRICK: Final = re.compile(
    r"^/|[\\/]|^[A-Za-z]:|^\.\.?$|[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Names that lead elsewhere or are shown otherwise than they are; a package of the portal has no
folders."""
FULL: Final = (
    "临时目录不能写入或空间不足，未能核对，请腾出空间或以环境变量TMPDIR另行指定目录后重试。"
)


class NoPackage(ValueError):
    """The file is no package that could be checked; the message says why, in Chinese."""


@dataclass
class Report:
    """What was checked, and all that is not as it should be, in sentences. `seals`: position and
    digest of the seals, for the server's chain to confirm."""

    sha256: str
    files: int = 0
    events: int = 0
    wrong: list[str] = field(default_factory=list)
    seals: list[tuple[int, str]] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.wrong


def check(path: Path, progress: Callable[[int], object] = lambda _bytes: None) -> Report:
    """Check a package of an item or of a year. NoPackage."""
    with _opened(path) as file:
        report = Report(_digest(file, progress))
        _check(file, report, "")
    return report


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise NoPackage("文件不能打开，请核对路径和权限。") from error


def _digest(file: IO[bytes], progress: Callable[[int], object]) -> str:
    hashing = hashlib.sha256()
    while piece := file.read(CHUNK):
        hashing.update(piece)
        progress(len(piece))
    file.seek(0)
    return hashing.hexdigest()


def _check(file: IO[bytes], report: Report, within: str) -> None:
    if longer_than(file, MOST_FILES):
        raise NoPackage(f"{within}{TOO_MANY}")
    try:
        with zipfile.ZipFile(file) as archive:
            names = _names(archive, os.fstat(file.fileno()).st_size)
            index = _index(archive, names, (listing.FORMAT,) if within else FORMATS)
            _check_files(archive, names, index, report, within)
    except BROKEN as error:
        raise NoPackage(f"{within}不是完整的ZIP文件，可能已损坏。") from error


def _names(archive: zipfile.ZipFile, size: int) -> dict[str, zipfile.ZipInfo]:
    """The members, by their names. NoPackage: something that no package of the portal has."""
    members = archive.infolist()
    if len(members) > MOST_FILES:
        raise NoPackage(TOO_MANY)
    for member in members:
        if TRICK.search(member.filename):
            raise NoPackage("文件名中含有路径或控制字符，不是本系统的档案包，请勿解压。")
        if member.flag_bits & LOCKED:
            raise NoPackage("文件设有密码，不是本系统的档案包。")
        if member.compress_type != zipfile.ZIP_STORED or member.compress_size != member.file_size:
            raise NoPackage("文件经过压缩，不是本系统的档案包，请勿解压。")
    # Stored only, so that more than the file holds is a lie: members that lie over one another.
    if sum(member.file_size for member in members) > size:
        raise NoPackage("文件所述的大小与实际不符，不是本系统的档案包，请勿解压。")
    found = {member.filename: member for member in members}
    if len(found) != len(members):
        raise NoPackage("有重名的文件，不是本系统的档案包。")
    return found


def _index(
    archive: zipfile.ZipFile, names: dict[str, zipfile.ZipInfo], known: Collection[str]
) -> dict[str, Any]:
    member = names.get(listing.INDEX)
    if member is None or member.file_size > LARGEST_INDEX:
        raise NoPackage(f"没有目录文件{listing.INDEX}，不是本系统的档案包。")
    try:
        found = json.loads(archive.read(member))
    except (ValueError, RecursionError) as error:
        raise NoPackage(f"目录文件{listing.INDEX}不能读取，可能已损坏。") from error
    if not isinstance(found, dict) or found.get("format") not in known or not _rows_sound(found):
        raise NoPackage(f"目录文件{listing.INDEX}的格式不符，不是本系统的档案包。")
    return found


def _rows_sound(index: dict[str, Any]) -> bool:
    shape = {"name": str, "sha256": str, "size": int}
    rows = index.get("files")
    return (
        isinstance(rows, list)
        and len(rows) <= MOST_FILES
        and all(
            isinstance(row, dict)
            and all(isinstance(row.get(key), of) for key, of in shape.items())
            and not TRICK.search(row["name"])
            for row in rows
        )
    )


def _check_files(
    archive: zipfile.ZipFile,
    names: dict[str, zipfile.ZipInfo],
    index: dict[str, Any],
    report: Report,
    within: str,
) -> None:
    listed = {row["name"]: row for row in index["files"]}
    for name in sorted(names.keys() - listed.keys() - {listing.INDEX}):
        report.wrong.append(f"{within}{name}：目录中没有该文件。")
    for name, row in listed.items():
        if name not in names:
            report.wrong.append(f"{within}{name}：文件缺失。")
            continue
        report.files += 1
        with tempfile.NamedTemporaryFile() as file:
            wrong = _against(archive, names[name], row, file)
            report.wrong += [f"{within}{name}：{said}" for said in wrong]
            if not wrong:
                _look_inside(index["format"], row, file, report, within)


def _against(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, row: dict[str, Any], file: Any
) -> list[str]:
    """What of a file is not as the 目录 says; its bytes are in `file` afterwards."""
    hashing = hashlib.sha256()
    try:
        with archive.open(member) as packed:
            while piece := packed.read(CHUNK):
                hashing.update(piece)
                _put(file, piece)
    except zipfile.BadZipFile:  # its own check sum
        return ["内容已损坏。"]
    if member.file_size != row["size"]:
        return [f"大小为{member.file_size}字节，目录为{row['size']}字节。"]
    if hashing.hexdigest() != row["sha256"]:
        return ["SHA-256与目录不符，内容已改动。"]
    told = row.get("pages")
    if told is not None and row["name"].lower().endswith(".pdf"):
        counted = pages.of_foreign(Path(file.name))
        if counted != told:
            return [f"页数为{counted or '无法读取'}，目录为{told}。"]
    return []


def _put(file: Any, piece: bytes) -> None:
    """Write to a temporary file. NoPackage: that its disk is full says nothing of the package."""
    try:
        file.write(piece)
        file.flush()
    except OSError as error:
        raise NoPackage(FULL) from error


def _look_inside(
    form: str, row: dict[str, Any], file: IO[bytes], report: Report, within: str
) -> None:
    """The packages within a year's, and the events of an item."""
    file.seek(0)
    if form == year_listing.FORMAT and row["name"].lower().endswith(".zip"):
        _check(file, report, f"{within}{row['name']} › ")
    elif form == listing.FORMAT and row.get("kind") == events.KIND and _is_json(row["name"]):
        found = events.checked(file.read(LARGEST_INDEX))
        report.events += found.count
        report.seals += found.seals
        report.wrong += [f"{within}{row['name']}：{said}" for said in found.wrong]


def _is_json(name: str) -> bool:
    return name.lower().endswith(".json")
