"""Stored files, addressed by their SHA-256; a name never says what is inside."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO

CHUNK = 1024 * 1024


def put(folder: Path, content: bytes) -> str:
    """Store the bytes and return their SHA-256; the same bytes are stored once."""
    digest, _size = put_stream(folder, io.BytesIO(content))
    return digest


def put_stream(folder: Path, stream: IO[bytes]) -> tuple[str, int]:
    """Store what the stream holds, from its beginning; its SHA-256 and its size in bytes."""
    hashing, size = hashlib.sha256(), 0
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        hashing.update(chunk)
        size += len(chunk)
    target = path_of(folder, hashing.hexdigest())
    if not target.exists():
        stream.seek(0)
        _write(target, stream)
    return hashing.hexdigest(), size


def _write(target: Path, stream: IO[bytes]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Written aside and moved: a killed worker leaves no half file under the name.
    descriptor, aside = tempfile.mkstemp(dir=target.parent)
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
