"""Stored files, addressed by their SHA-256; a name never says what is inside.

Whoever stores bytes enters the row that names them in the same transaction of the database. Until
it ends nobody removes these bytes as unused: storing holds their digest, removing needs it alone.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from sqlalchemy import func, select

from portal.extensions import db

CHUNK = 1024 * 1024
ASIDE = "aside-"


def put(folder: Path, content: bytes) -> str:
    """Store the bytes and return their SHA-256; the same bytes are stored once."""
    digest, _size = put_stream(folder, io.BytesIO(content))
    return digest


def put_stream(folder: Path, stream: IO[bytes]) -> tuple[str, int]:
    """Store what the stream holds, from its beginning; its SHA-256 and its size in bytes.

    The digest is held until the present transaction ends.
    """
    hashing, size = hashlib.sha256(), 0
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        hashing.update(chunk)
        size += len(chunk)
    target = path_of(folder, hashing.hexdigest())
    db.session.execute(select(func.pg_advisory_xact_lock_shared(_key(target.name))))
    if not _touch(target):
        stream.seek(0)
        _write(target, stream)
    return hashing.hexdigest(), size


def _touch(target: Path) -> bool:
    """Whether the bytes are there; they count as stored now."""
    try:
        # A write, so that a file server on another machine answers, not this one's memory of it.
        os.utime(target)
    except FileNotFoundError:
        return False
    return True


def _write(target: Path, stream: IO[bytes]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Written aside and moved: a killed worker leaves no half file under the name.
    descriptor, aside = tempfile.mkstemp(prefix=ASIDE, dir=target.parent)
    with os.fdopen(descriptor, "wb") as file:
        shutil.copyfileobj(stream, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, target)


def path_of(folder: Path, digest: str) -> Path:
    """Where the bytes of this SHA-256 lie. ValueError if it is none."""
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ValueError("not a SHA-256")
    return folder / digest[:2] / digest


def written_before(folder: Path, moment: float) -> Iterator[set[str]]:
    """The digests of what was stored before `moment` (seconds since 1970), some at a time.

    What a killed process left half written until then is removed on the way.
    """
    for part in sorted(folder.glob("[0-9a-f][0-9a-f]")):
        old = [path for path in part.iterdir() if path.stat().st_mtime < moment]
        for path in old:
            if path.name.startswith(ASIDE):
                path.unlink(missing_ok=True)
        yield {path.name for path in old if len(path.name) == 64}


def alone_with(digest: str) -> bool:
    """Hold the digest alone until the transaction ends; False if somebody is storing it now."""
    return bool(db.session.scalar(select(func.pg_try_advisory_xact_lock(_key(digest)))))


def remove(folder: Path, digest: str) -> None:
    """Remove the bytes. To be called while alone with the digest, and sure that no row needs it."""
    path_of(folder, digest).unlink(missing_ok=True)


def destroy(folder: Path, digest: str) -> bool:
    """Overwrite the bytes in place, then remove them; whether there were any. For what must not be
    found on the disk again: `remove` only frees its place."""
    path = path_of(folder, digest)
    try:
        with path.open("r+b") as file:
            left = os.fstat(file.fileno()).st_size
            while left > 0:
                left -= file.write(bytes(min(left, CHUNK)))
            file.flush()
            os.fsync(file.fileno())
    except FileNotFoundError:
        return False
    path.unlink(missing_ok=True)
    return True


def _key(digest: str) -> int:
    return int(digest[:15], 16)  # 60 bits: fits the database's bigint
