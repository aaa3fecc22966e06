"""`portal up`: one command that runs everything and leaves nothing behind.

The servers belong to the keeper (portal.embedded); web, worker and scheduler are children of
this process, restarted when they die and ended with it, however it ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from types import FrameType

from portal import embedded
from portal.children import Child, end, start
from portal.config import ANCHOR_DAY, Settings, demo_mark
from portal.embedded.keeper import run_dir, try_lock
from portal.processes import die_with_parent, wait_until
from portal.serving import gunicorn_command

_PORTS_TRIED = 50
_WEB_WITHIN = 60.0
_ROOT = Path(__file__).resolve().parents[1]


class UpError(RuntimeError):
    """`portal up` cannot go on; the message says why and what to do."""


class _StopError(Exception):
    """Raised in the main thread by SIGINT, SIGTERM and SIGHUP."""


def up(settings: Settings, *, demo: bool, allow_remote_demo: bool = False) -> None:
    """Run everything until told to stop. Raises UpError and EmbeddedError."""
    settings = replace(settings, data_dir=settings.data_dir.absolute().resolve())
    if demo:
        settings = replace(settings, demo=True, today=settings.today or ANCHOR_DAY)
    elif not settings.demo and demo_mark(settings).exists() and not settings.database_url:
        raise UpError("此数据目录装有示例学院：请加 --demo 启动，正式使用请另设 PORTAL_DATA_DIR。")
    if settings.demo and not allow_remote_demo and not _is_loopback(settings.host):
        raise UpError(
            f"演示模式的密码是公开的，不监听 {settings.host}："
            "请去掉 --host，确需如此时另加 --allow-remote-demo。"
        )
    embedded.prepare(settings.data_dir)
    with _only_one(settings.data_dir) as announce, contextlib.suppress(_StopError):
        _on_signals(_raise_stop)
        Supervisor(settings, announce).run()


class Supervisor:
    """The stages of a start, the watch, and the end in the opposite order."""

    def __init__(self, settings: Settings, announce: Callable[[str], None]) -> None:
        self.settings = settings
        self.announce = announce
        self.children: list[Child] = []
        self.listener: socket.socket | None = None
        self.environment = _environment(settings)
        self.own_servers = not (settings.database_url and settings.redis_url)

    def run(self) -> None:
        """Start, watch, stop."""
        try:
            self._start()
            self._watch()
        finally:
            _on_signals(signal.SIG_IGN)
            self._stop()

    def _start(self) -> None:
        notices: list[str] = []
        with _step("数据库与队列"):
            embedded.attach(self.settings, notices.append)
        for notice in notices:
            print(notice, flush=True)
        with _step(_tables_of(self.settings)):
            self._set_up()
        # Kept open here: a web process that died is restarted on the very same socket.
        self.listener = listener = _listen(self.settings.host, self.settings.port)
        address = _address(listener, self.settings.host)
        self.children = self._make_children(listener)
        with _step("网站、任务与定时"):
            for child in self.children:
                start(child, self.environment, _ROOT)
            self._wait_for(f"{address}healthz")
        self.announce(address)
        if listener.getsockname()[1] != self.settings.port and self.settings.port:
            print(f"端口 {self.settings.port} 已被占用，改用 {listener.getsockname()[1]}。")
        print(f"打开 {address}", flush=True)

    def _set_up(self) -> None:
        """Migrations and the sample college, in a process of its own."""
        command = [sys.executable, "-m", "portal.cli", "init"]
        if self.settings.demo:
            command.append("--demo")
        done = subprocess.run(  # noqa: S603 - this interpreter and this package
            command,
            cwd=_ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            preexec_fn=partial(die_with_parent, os.getpid(), signal.SIGTERM),
        )
        said = (done.stdout + done.stderr).decode(errors="replace")
        (self._log("setup")).write_text(said, encoding="utf-8")
        if done.returncode != 0:
            lines = [line for line in said.splitlines() if line.strip()]
            raise UpError(
                f"数据表没有就绪（详见 {self._log('setup')}）：\n" + "\n".join(lines[-5:])
            )

    def _make_children(self, listener: socket.socket) -> list[Child]:
        portal = (sys.executable, "-m", "portal.cli")
        bind = f"fd://{listener.fileno()}"
        return [
            Child("web", gunicorn_command(bind, workers=2), self._log("web"), listener.fileno()),
            Child("worker", (*portal, "worker"), self._log("worker")),
            Child("scheduler", (*portal, "scheduler"), self._log("scheduler")),
        ]

    def _log(self, name: str) -> Path:
        return self.settings.data_dir / "log" / f"{name}.log"

    def _wait_for(self, address: str) -> None:
        web = self.children[0]

        def done() -> bool:
            return not web.runs() or _answers(address)

        if not wait_until(done, _WEB_WITHIN, step=0.1) or not web.runs():
            lines = web.log.read_text(encoding="utf-8", errors="replace").splitlines()
            raise UpError(f"网站没有启动（详见 {web.log}）：\n" + "\n".join(lines[-5:]))

    def _watch(self) -> None:
        """Restart what died. A signal ends the sleep by raising."""
        while True:
            time.sleep(0.5)
            if self.own_servers and not embedded.keeper_pid(self.settings.data_dir):
                print("数据库与队列已停止，正在重新启动。", flush=True)
                embedded.attach(self.settings)
            for child in self.children:
                if not child.runs() and child.may_restart():
                    print(f"{child.name} 已停止（{child.ending()}），正在重新启动。", flush=True)
                    start(child, self.environment, _ROOT)

    def _stop(self) -> None:
        """Children first, databases last; under ten seconds."""
        began = time.monotonic()
        end(self.children, patience=5.0)
        if self.own_servers:
            embedded.release(self.settings.data_dir)
            if not wait_until(lambda: not embedded.keeper_runs(self.settings.data_dir), 8.0):
                print("数据库仍有其他命令在用，待其结束后自行停止。")
        print(f"已停止（{time.monotonic() - began:.1f} 秒）。", flush=True)


@contextlib.contextmanager
def _only_one(data_dir: Path) -> Iterator[Callable[[str], None]]:
    """Hold the data directory; yields how to tell others the address. Raises UpError."""
    path = run_dir(data_dir) / "up.lock"
    handle = try_lock(path, fcntl.LOCK_EX)
    if handle is None:
        address = path.read_text(encoding="utf-8").strip()
        raise UpError(
            f"{data_dir} 上已有一个门户在运行：{address or '正在启动'}。"
            "请直接打开，或先停止它，或另设 PORTAL_DATA_DIR。"
        )
    try:
        os.ftruncate(handle, 0)
        yield lambda address: _rewrite(handle, address)
    finally:
        os.close(handle)


def _rewrite(handle: int, text: str) -> None:
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{text}\n".encode(), 0)


def _tables_of(settings: Settings) -> str:
    """What the step that takes longest does; of the first start also how long."""
    if not settings.demo:
        return "数据表"
    first = settings.demo_items and not demo_mark(settings).exists()
    return "数据表与示例学院" + ("（首次装入全部示例事项，约需一分钟）" if first else "")


@contextlib.contextmanager
def _step(name: str) -> Iterator[None]:
    """One line a step, with its seconds."""
    began = time.monotonic()
    print(f"{name} …", end=" ", flush=True)
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    print(f"{time.monotonic() - began:.1f} 秒", flush=True)


def _environment(settings: Settings) -> dict[str, str]:
    """What the children read: the settings as they were resolved here."""
    temporary = settings.data_dir / "tmp"
    temporary.mkdir(mode=0o700, exist_ok=True)
    (settings.data_dir / "log").mkdir(mode=0o700, exist_ok=True)
    environment = {
        **os.environ,
        "PORTAL_DATA_DIR": str(settings.data_dir),
        "PORTAL_DEMO": "1" if settings.demo else "0",
        "PORTAL_TODAY": settings.today.isoformat() if settings.today else "",
        "TMPDIR": str(temporary),
        "PYTHONUTF8": "1",
        "PYTHONUNBUFFERED": "1",
    }
    return environment


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket at `port` or the next free one. Raises UpError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    tries: Sequence[int] = range(port, min(port + _PORTS_TRIED, 65536)) if port else (0,)
    for number in tries:
        try:
            return socket.create_server((host, number), family=family, backlog=512)
        except PermissionError:
            raise UpError(f"无权使用端口 {number}：请把 PORTAL_PORT 设为 1024 以上。") from None
        except socket.gaierror:
            raise UpError(f"{host} 不是本机的地址：请检查 --host。") from None
        except OSError:
            continue
    raise UpError(f"{host} 的端口 {tries[0]} 至 {tries[-1]} 都不能用：请另设 PORTAL_PORT。")


def _address(listener: socket.socket, host: str) -> str:
    port = listener.getsockname()[1]
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"


def _is_loopback(host: str) -> bool:
    try:
        found = socket.getaddrinfo(host, None)
    except socket.gaierror:
        return False
    return all(ip_address(entry[4][0]).is_loopback for entry in found)


def _answers(address: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except (urllib.error.URLError, OSError):
        return False


def _on_signals(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, handler)


def _raise_stop(_signum: int, _frame: FrameType | None) -> None:
    _on_signals(signal.SIG_IGN)
    print("\n正在停止 …", flush=True)
    raise _StopError
