"""The key that signs the session cookie: given by the environment, else made once and kept."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from portal.config import SettingError, Settings


def secret_key(settings: Settings) -> str:
    """`PORTAL_SECRET_KEY`, or the key kept in the data directory (readable by its owner only)."""
    if settings.secret_key:
        return settings.secret_key
    path = _kept(settings)
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


def renew(settings: Settings) -> None:
    """Make a new key in the data directory, in one step; SettingError if the key is a setting."""
    if settings.secret_key:
        raise SettingError(
            "密钥由 PORTAL_SECRET_KEY 给出：请先在每台机器上换成新值，"
            "再执行 portal rekey（不加 --new）。"
        )
    fresh = _kept(settings).with_suffix(".new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_hex(32), encoding="ascii")
    fresh.replace(_kept(settings))


def _kept(settings: Settings) -> Path:
    return settings.data_dir / "secret-key"
