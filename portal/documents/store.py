"""Stored files, addressed by their SHA-256; a name never says what is inside."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path


def put(folder: Path, content: bytes) -> str:
    """Store the bytes and return their SHA-256; the same bytes are stored once."""
    digest = hashlib.sha256(content).hexdigest()
    target = path_of(folder, digest)
    if target.exists():
        return digest
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Written aside and moved: a killed worker leaves no half file under the name.
    descriptor, aside = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, target)
    return digest


def path_of(folder: Path, digest: str) -> Path:
    """Where the bytes of this SHA-256 lie. ValueError if it is none."""
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ValueError("not a SHA-256")
    return folder / digest[:2] / digest
