"""Zip files whose bytes follow from their content alone: fixed times, rights and order, nothing
compressed (another version of zlib would give other bytes; sheets and pictures hardly shrink)."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

CHUNK: Final = 1024 * 1024
MOMENT: Final = (1980, 1, 1, 0, 0, 0)
UNIX: Final = 3
MODE: Final = 0o100644
LONGEST: Final = 80
"""Characters of a name in a package: with the folder it is unpacked to, below Windows' 260."""
_UNSAFE: Final = re.compile(
    r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]'
)
"""What leads elsewhere, or turns the name around where it is shown; `checking` takes no such."""


class Altered(ValueError):
    """Stored bytes are not those that their row names."""


class Zipped:
    """A zip file being written, file after file."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def add(self, name: str, content: bytes | Path, sha256: str) -> None:
        """Put one file in, in pieces. Altered: its bytes have another digest."""
        info = zipfile.ZipInfo(name, MOMENT)
        info.create_system, info.external_attr = UNIX, MODE << 16
        info.compress_type = zipfile.ZIP_STORED
        info.file_size = len(content) if isinstance(content, bytes) else content.stat().st_size
        hashing = hashlib.sha256()
        with self._archive.open(info, "w") as packed:
            for piece in _pieces(content):
                hashing.update(piece)
                packed.write(piece)
        if hashing.hexdigest() != sha256:
            raise Altered(name)


@contextmanager
def written(stream: IO[bytes]) -> Iterator[Zipped]:
    """The zip file in `stream`, whole once the block ends."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        yield Zipped(archive)


def _pieces(content: bytes | Path) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with content.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


def safe_name(number: int, title: str, ending: str) -> str:
    """「003-督办事项通知单（保卫处）.pdf」: good on Windows too, in the order of the 目录."""
    stem = _UNSAFE.sub("_", " ".join(title.split()))
    room = LONGEST - len(ending) - 5
    return f"{number:03d}-{stem[:room].strip(' .') or '文件'}.{ending}"
