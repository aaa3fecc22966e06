"""Office files of old (doc, wps, xls, et): a small file system of its own, told by its streams.

Only the directory is read; every chain is followed a bounded number of steps.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO

from portal.attachments.refusal import DAMAGED, ENCRYPTED, FileRefused

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEADER = 512
IN_HEADER = 109
LAST_SECTOR = 0xFFFFFFFA
ENTRY, NAME, SIBLINGS, CHILD = 128, 64, 68, 76  # bytes of a directory entry, and places in it
MOST_SECTORS = 4096
STREAMS = {"WordDocument": "doc", "Workbook": "xls", "Book": "xls"}


def kind_of(file: IO[bytes]) -> str | None:
    """「doc」, 「xls」 or None. FileRefused if it is damaged or needs a password to be opened."""
    try:
        names = set(_Compound(file).names())
    except struct.error as error:
        raise FileRefused(DAMAGED) from error
    finally:
        file.seek(0)
    if "EncryptedPackage" in names:
        raise FileRefused(ENCRYPTED)
    found = {kind for name, kind in STREAMS.items() if name in names}
    return found.pop() if len(found) == 1 else None


class _Compound:
    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        file.seek(0)
        head = file.read(HEADER)
        (shift,) = struct.unpack_from("<H", head, 30)
        if shift not in (9, 12):
            raise FileRefused(DAMAGED)
        self.sector_size = 1 << shift
        (self.directory,) = struct.unpack_from("<I", head, 48)
        (self.more_tables,) = struct.unpack_from("<I", head, 68)
        self.tables = list(struct.unpack_from(f"<{IN_HEADER}I", head, 76))

    def names(self) -> Iterator[str]:
        """The streams and storages right in the root: what is embedded below does not count."""
        entries = [
            sector[start : start + ENTRY]
            for sector in map(self._sector, self._chain(self.directory))
            for start in range(0, len(sector), ENTRY)
        ]
        waiting, seen = [_below(entries[0])], set[int]()
        while waiting:
            number = waiting.pop()
            if number in seen or number >= len(entries):
                continue
            seen.add(number)
            waiting.extend(struct.unpack_from("<2I", entries[number], SIBLINGS))
            yield _name(entries[number])

    def _chain(self, number: int) -> Iterator[int]:
        for _ in range(MOST_SECTORS):
            if number >= LAST_SECTOR:
                return
            yield number
            number = self._next(number)
        raise FileRefused(DAMAGED)

    def _next(self, number: int) -> int:
        a_sector = self.sector_size // 4
        table = self._table(number // a_sector)
        found: int = struct.unpack_from("<I", self._sector(table), number % a_sector * 4)[0]
        return found

    def _table(self, place: int) -> int:
        """The sector that holds this part of the allocation table."""
        while place >= len(self.tables) and self.more_tables < LAST_SECTOR:
            count = self.sector_size // 4
            more = struct.unpack_from(f"<{count}I", self._sector(self.more_tables))
            self.tables.extend(more[:-1])
            self.more_tables = more[-1]
            if len(self.tables) > MOST_SECTORS:
                raise FileRefused(DAMAGED)
        if place >= len(self.tables):
            raise FileRefused(DAMAGED)
        found: int = self.tables[place]
        return found

    def _sector(self, number: int) -> bytes:
        if number >= LAST_SECTOR:
            raise FileRefused(DAMAGED)
        self.file.seek((number + 1) * self.sector_size)
        sector = self.file.read(self.sector_size)
        if not sector:
            raise FileRefused(DAMAGED)
        return sector.ljust(self.sector_size, b"\0")


def _below(entry: bytes) -> int:
    found: int = struct.unpack_from("<I", entry, CHILD)[0]
    return found


def _name(entry: bytes) -> str:
    (length,) = struct.unpack_from("<H", entry, NAME)
    name: bytes = entry[: max(0, min(length, NAME) - 2)]
    return name.decode("utf-16-le", errors="replace")
