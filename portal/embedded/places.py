"""Where the embedded servers keep their data, sockets and programs, and as whom they run.

PostgreSQL refuses to run as root. Started by root it runs under an unprivileged user id of its
own; where that id cannot enter the data directory (a home of mode 0700), the servers' data live
under /var/lib and one line says so.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import socket
import stat
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from portal.embedded.programs import Programs, ProgramsMissingError

# sun_path holds 108 bytes on Linux and 104 elsewhere; PostgreSQL appends /.s.PGSQL.5432.lock
_LONGEST_SOCKET_FOLDER = 80
_FIRST_ID, _IDS = 52_000, 6_000  # below 65536: containers seldom map more


class PlaceError(RuntimeError):
    """No place or no user for the servers; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Places:
    """Folders of one pair of servers. `uid` is None when they run as the user who starts them."""

    base: Path
    sockets: Path
    programs: Programs
    uid: int | None
    notice: str

    @property
    def cluster(self) -> Path:
        """PostgreSQL's data."""
        return self.base / "postgres"

    @property
    def valkey(self) -> Path:
        """Valkey's data."""
        return self.base / "valkey"


def find_places(data_dir: Path, programs: Programs) -> Places:
    """Decide and create the folders. Raises PlaceError."""
    if os.geteuid() != 0:
        sockets = _socket_folder(data_dir, data_dir, None)
        return Places(data_dir, sockets, programs, None, "")
    uid = _server_uid(data_dir)
    base, notice = _remembered(data_dir) or data_dir, ""
    if base == data_dir and not _can(uid, partial(os.chdir, data_dir)):
        base = _elsewhere(data_dir, uid)
    if base != data_dir:
        notice = f"数据库的专用用户进不了 {data_dir}，数据库存放在 {base}。"
    sockets = _socket_folder(base, data_dir, uid)
    return Places(base, sockets, _readable(programs, base, uid), uid, notice)


def own_folder(path: Path, uid: int | None) -> Path:
    """Create `path` with mode 0700 for the servers' user, or check that it is theirs."""
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise PlaceError(f"{path} 不是文件夹，请移走后重试。")
    if uid is not None and found.st_uid != uid:
        if found.st_uid != os.geteuid():
            raise PlaceError(f"{path} 属于其他用户，请移走后重试。")
        os.chown(path, uid, uid)
    path.chmod(0o700)
    return path


def _server_uid(data_dir: Path) -> int:
    """An id no account has, the same for the same folder, which the servers may take."""
    start = int.from_bytes(hashlib.sha256(bytes(data_dir)).digest()[:4])
    own = _FIRST_ID + start % _IDS
    while _has_account(own):
        own = _FIRST_ID + (own + 1 - _FIRST_ID) % _IDS
    for uid in (own, account_uid()):
        if _can(uid, lambda: None):
            return uid
    raise PlaceError(
        "数据库不能以 root 身份运行，而此处又不允许切换用户：请改用普通用户启动，"
        "或设置 PORTAL_DATABASE_URL、PORTAL_DATABASE_OWNER_URL 与 PORTAL_REDIS_URL，"
        "使用已有的服务器。"
    )


def _has_account(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def account_uid() -> int:
    """An unprivileged id that has an account: initdb insists on one, the server does not."""
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        others = [entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid != 0]
    if not others:
        raise PlaceError("系统里没有普通用户，数据库无法初始化：请先建一个普通用户并以其启动。")
    return max(others)


def _can(uid: int, act: Callable[[], None]) -> bool:
    """Whether a process of that user id can do `act`; tried out, not computed."""
    child = os.fork()
    if child == 0:
        try:
            os.chdir("/")
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            act()
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _remembered(data_dir: Path) -> Path | None:
    """The place outside the data directory that an earlier start chose.

    The data directory remembers the place and the place its data directory, so that a project
    that was moved keeps its data, a copied one gets its own, and one whose `var` was removed
    starts afresh beside the old data.
    """
    memory = data_dir / "servers-at"
    if not memory.exists():
        return None
    place = Path(memory.read_text(encoding="utf-8").strip())
    owner = place / "belongs-to"
    if not owner.exists():
        return None
    belongs = Path(owner.read_text(encoding="utf-8").strip())
    if belongs != data_dir and (belongs / "servers-at").exists():
        return None
    owner.write_text(f"{data_dir}\n", encoding="utf-8")
    return place


def _elsewhere(data_dir: Path, uid: int) -> Path:
    """A new place outside the data directory; data it held so far moves along."""
    place = _new_place(data_dir, uid)
    (place / "belongs-to").write_text(f"{data_dir}\n", encoding="utf-8")
    (data_dir / "servers-at").write_text(f"{place}\n", encoding="utf-8")
    for name in ("postgres", "valkey"):
        if (data_dir / name).exists():
            shutil.move(data_dir / name, place / name)
    return place


def _new_place(data_dir: Path, uid: int) -> Path:
    name = f"portal-{hashlib.sha256(bytes(data_dir)).hexdigest()[:12]}"
    for parent in (Path("/var/lib"), Path("/var/tmp")):  # noqa: S108 - a folder of root's own, 0711
        place = parent / name
        try:
            if place.exists():
                aside = f"{name}-set-aside-{datetime.now(UTC):%Y%m%dT%H%M%S}"
                place.rename(parent / aside)
            place.mkdir(mode=0o711)
        except OSError:
            continue
        place.chmod(0o711)
        if _can(uid, partial(os.chdir, place)):
            return place
    raise PlaceError(
        f"数据库的专用用户进不了 {data_dir}，/var/lib 也不可写："
        "请把项目放到其他用户可以进入的文件夹。"
    )


def _socket_folder(base: Path, data_dir: Path, uid: int | None) -> Path:
    """A folder of mode 0700 whose path is short enough for a socket."""
    near = base / "sockets"
    if len(bytes(near)) <= _LONGEST_SOCKET_FOLDER and _takes_sockets(own_folder(near, uid)):
        return near
    name = f"portal-{hashlib.sha256(bytes(data_dir)).hexdigest()[:12]}-{os.geteuid()}"
    for parent in (Path("/run"), Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 - 0700 below
        far = parent / name
        if len(bytes(far)) > _LONGEST_SOCKET_FOLDER or not os.access(parent, os.W_OK | os.X_OK):
            continue
        if _takes_sockets(own_folder(far, uid)):
            return far
    raise PlaceError(f"{base} 的路径太长，数据库的连接文件放不下：请把项目移到路径较短的文件夹。")


def _takes_sockets(folder: Path) -> bool:
    """Whether the file system under `folder` knows sockets (some shared folders do not)."""
    probe = folder / ".probe"
    probe.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as attempt:
        try:
            attempt.bind(str(probe))
        except OSError:
            return False
    probe.unlink()
    return True


def _readable(programs: Programs, base: Path, uid: int) -> Programs:
    """The programs, copied once below `base` when the servers' user cannot read them in place."""
    if _can(uid, programs.check_readable):
        return programs
    target = base / f"programs-{programs.fingerprint()}"
    if not target.exists():
        making = Path(tempfile.mkdtemp(prefix=".programs-", dir=base))
        try:
            programs.copy_to(making)
            making.chmod(0o755)
            making.rename(target)
        finally:
            shutil.rmtree(making, ignore_errors=True)
    copied = programs.moved_to(target)
    if not _can(uid, copied.check_readable):
        raise ProgramsMissingError(f"数据库的专用用户读不了 {target}：请检查该文件夹的权限。")
    return copied
