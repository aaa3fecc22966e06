"""How long the list of a zip file is, before all of it is read into memory.

`zipfile` makes an object of every entry at once: a file of 100 MB may list two million.
"""

from __future__ import annotations

import os
import struct
from typing import IO, Final

END: Final = struct.Struct("<4s4H2LH")
END_MARK: Final = b"PK\x05\x06"
LARGE: Final = struct.Struct("<4sQ2H2L4Q")
LARGE_MARK: Final = b"PK\x06\x06"
LOCATOR_SIZE: Final = 20
LONGEST_REMARK: Final = 0xFFFF
SAID_ELSEWHERE: Final = 0xFFFFFFFF
"""In the place of a size: the record for large files says it."""
ENTRY: Final = 1024
"""Bytes that an entry takes at most, one with another: its names and remarks are not longer."""


def longer_than(file: IO[bytes], entries: int) -> bool:
    """Whether the file lists more than so many entries, going by the bytes of its list; the file
    stands at its beginning afterwards. A file that is no zip file lists none."""
    tail = _tail(file)
    ends = {len(tail) - END.size, tail.rfind(END_MARK)}
    return any(_list_size(tail, at) > entries * ENTRY for at in ends if at >= 0)


def _tail(file: IO[bytes]) -> bytes:
    file.seek(0, os.SEEK_END)
    file.seek(max(0, file.tell() - LONGEST_REMARK - END.size - LOCATOR_SIZE - LARGE.size))
    tail = file.read()
    file.seek(0)
    return tail


def _list_size(tail: bytes, at: int) -> int:
    """The bytes of the list as the end record at this place says; 0 if there is none."""
    if tail[at : at + 4] != END_MARK or len(tail) - at < END.size:
        return 0
    size: int = END.unpack_from(tail, at)[5]
    sizes = [0 if size == SAID_ELSEWHERE else size]
    before = at - LOCATOR_SIZE - LARGE.size
    if before >= 0 and tail[before : before + 4] == LARGE_MARK:
        sizes.append(LARGE.unpack_from(tail, before)[8])
    return max(sizes)
