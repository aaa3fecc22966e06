"""The key that signs the session cookie: given by the environment, else made once and kept."""

from __future__ import annotations

import os
import secrets

from portal.config import Settings


def secret_key(settings: Settings) -> str:
    """`PORTAL_SECRET_KEY`, or the key kept in the data directory (readable by its owner only)."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.data_dir / "secret-key"
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        # O_EXCL: of two processes starting together one makes the key, the other reads it.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    key = secrets.token_hex(32)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key)
    return key
