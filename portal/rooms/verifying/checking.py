"""Holding a file against what the portal keeps: by its SHA-256, and by the number it bears."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Final, Literal

from portal.attachments.kinds import KINDS
from portal.attachments.refusal import FileRefused
from portal.attachments.texts import texts_of
from portal.documents.control import printed_in
from portal.rooms.verifying.queries import Copy, Kept, copies_of, of_digest, of_number
from portal.rulebook.scope import Viewer

LARGEST: Final = 110 * 1024 * 1024
"""Bytes; the largest request the portal takes."""
CHUNK: Final = 1024 * 1024
MOST_NUMBERS: Final = 50
"""So many notices or units a file may bind; of more numbers the rest is not looked up."""
MAGIC, MAGIC_WITHIN = b"%PDF-", 1024
NO_PDF = "文件不是PDF，不能读取核验码。"
LOCKED = "文件已加密，不能读取核验码。"
NO_NUMBER = "文件中没有读到核验码：可能不是本系统生成的文书，或为扫描件，或已损坏。"


class TooLarge(ValueError):
    """More bytes than the portal ever hands out."""


@dataclass(frozen=True)
class Verdict:
    """What a file is: one that is kept, a stamped copy, or neither.

    Of neither, `bears` are the sheets whose numbers stand in it: it was made from one of them and
    differs from it. `unread` says why no number could be read; empty if one was.
    """

    digest: str
    kept: Sequence[Kept]
    copies: Sequence[Copy]
    bears: Sequence[Kept] = ()
    unread: str = ""

    @property
    def known(self) -> list[Kept]:
        """What the file is, byte for byte or but for the stamp."""
        return [*self.kept, *(copy.kept for copy in self.copies)]

    @property
    def outcome(self) -> Literal["current", "old", "differs", "unknown"]:
        """In one word; a file that is several things counts by its best."""
        if self.known:
            return "current" if any(one.stand == "current" for one in self.known) else "old"
        return "differs" if self.bears else "unknown"


def check(viewer: Viewer, file: IO[bytes]) -> Verdict:
    """Hold the file against what this person may know of. TooLarge."""
    digest = _digest(file)
    kept, copies = of_digest(viewer, digest), copies_of(viewer, digest)
    if kept or copies:
        return Verdict(digest, kept, copies)
    numbers, unread = _numbers(file)
    found = (of_number(viewer, number) for number in numbers[:MOST_NUMBERS])
    return Verdict(digest, (), (), [one for one in found if one is not None], unread)


def _digest(file: IO[bytes]) -> str:
    hashing, size = hashlib.sha256(), 0
    file.seek(0)
    while chunk := file.read(CHUNK):
        size += len(chunk)
        if size > LARGEST:
            raise TooLarge
        hashing.update(chunk)
    return hashing.hexdigest()


def _numbers(file: IO[bytes]) -> tuple[list[uuid.UUID], str]:
    """The numbers in the file, and why there are none."""
    file.seek(0)
    if MAGIC not in file.read(MAGIC_WITHIN):
        return [], NO_PDF
    try:
        numbers = printed_in("\n".join(texts_of(file, KINDS["pdf"])))
    except FileRefused:
        return [], LOCKED
    return numbers, "" if numbers else NO_NUMBER
