"""Packed files, read without writing anything out: no bombs, no tricks with paths, no passwords.

Office files of today and OFD are archives too and are held to the same limits.
"""

from __future__ import annotations

import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from portal.attachments.refusal import DAMAGED, ENCRYPTED, FileRefused
from portal.attachments.zip_lists import longer_than

MOST_MEMBERS = 2000
TOO_MANY = f"压缩包内的文件超过{MOST_MEMBERS}个，请拆分后重新上传。"
LARGEST_TOTAL = 200 * 1024 * 1024
LARGEST_RATIO = 100
RATIO_FROM = 10 * 1024 * 1024  # a small table of zeros may well shrink a thousandfold
IN_MEMORY = 2 * 1024 * 1024
READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
UTF8, LOCKED = 0x800, 0x1
BROKEN = (
    zipfile.BadZipFile,
    # What zipfile lets through of streams, names and headers that lie.
    zlib.error,
    EOFError,
    OverflowError,
    NotImplementedError,
    UnicodeDecodeError,
)
TRICK = re.compile(r"^/|\\|^[A-Za-z]:|(?:^|/)\.\.?(?:/|$)|//|[\x00-\x1f]")


@contextmanager
def opened(file: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """The archive, its list checked; the file stands at its beginning afterwards.

    FileRefused, also for what turns out broken while it is read.
    """
    if longer_than(file, MOST_MEMBERS):
        raise FileRefused(TOO_MANY)
    try:
        with zipfile.ZipFile(file) as archive:
            _check(archive)
            yield archive
    except BROKEN as error:
        raise FileRefused(DAMAGED) from error
    finally:
        file.seek(0)


def members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Its files, without folders."""
    return [member for member in archive.infolist() if not member.is_dir()]


def name_of(member: zipfile.ZipInfo) -> str:
    """The member's path as its author saw it: archives of Chinese Windows say GBK by silence."""
    if member.flag_bits & UTF8:
        return member.orig_filename
    try:
        return member.orig_filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.orig_filename


@contextmanager
def content(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
    """A member's bytes as a file of their own; large ones in an unnamed temporary file."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as unpacked:
        with archive.open(member) as packed:
            shutil.copyfileobj(packed, unpacked)
        unpacked.seek(0)
        yield unpacked


def _check(archive: zipfile.ZipFile) -> None:
    every = archive.infolist()
    if not members(archive):
        raise FileRefused("压缩包是空的，请核对后重新选择。")
    if len(every) > MOST_MEMBERS:
        raise FileRefused(TOO_MANY)
    if any(member.flag_bits & LOCKED for member in every):
        raise FileRefused(ENCRYPTED)
    if any(member.compress_type not in READABLE for member in every):
        raise FileRefused("压缩包的压缩方式不能识别，请用常用方式重新压缩后上传。")
    total = sum(member.file_size for member in every)
    packed = sum(member.compress_size for member in every)
    if total > LARGEST_TOTAL or (total > RATIO_FROM and total > LARGEST_RATIO * packed):
        raise FileRefused("压缩包展开后过大，请拆分后重新上传。")
    names = [name_of(member) for member in every]
    if len(set(names)) < len(names) or any(map(_tricky, every, names)):
        raise FileRefused("压缩包内的文件路径不规范，请重新压缩后上传。")


def _tricky(member: zipfile.ZipInfo, name: str) -> bool:
    # The high half of the attributes is the Unix mode: a link leads out of the archive.
    return bool(TRICK.search(name)) or stat.S_ISLNK(member.external_attr >> 16)
