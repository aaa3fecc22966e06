#!/usr/bin/env python3
"""Everything from one file, with nothing but Python: `python3 run.py help`.

Makes `.venv`, installs the locked requirements and the project into it, then hands over. Uses
the standard library only, and writes nothing outside this folder: caches and temporary files lie
under `var/`.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this file is what an older Python meets first
    sys.exit(
        "需要 Python 3.11 或更新，当前是 {}.{}：请安装后用 python3.11 run.py 启动。".format(
            *sys.version_info[:2]
        )
    )

import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
VAR = ROOT / "var"
STAMP = VENV / "portal-stamp.json"
MAKING = VAR / "venv-making"  # there while .venv is being made: half a one is made anew
# The interpreter that environments are made from, also when this one runs inside an environment.
BASE = getattr(sys, "_base_executable", "") or sys.executable

LINT = {
    "ruff": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy"],
    "import-linter": ["lint-imports", "--no-cache"],
    "djlint": ["djlint", "--lint", "portal/templates"],
}

HELP = """用法：python3 run.py [命令]

  （无）        在本机启动门户，装入示例学院；可加 portal up 的选项，如 --port 9000
  test [--long] 全部测试；--long 另加模糊、仿真与故障测试；其余参数交给 pytest
  lint          代码检查
{tools}  help          本说明
"""

# Commands that are modules of the project; listed when they are there.
TOOLS = {
    "bench": ("bench", "测量速度"),
    "shots": ("tests.browser.shots", "每个页面的截图"),
    "docs": ("docs.build", "生成文档中的表"),
    "dist": ("docs.dist", "打包"),
}


class SetUpError(Exception):
    """A step of the set-up went wrong; the message says which and why."""


def main() -> int:
    """Run one command; returns its exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr] # a text file
    command, arguments = split_arguments(sys.argv[1:])
    os.chdir(ROOT)
    try:
        if command in {"help", "-h", "--help"}:
            print(help_text())
            return 0
        if command == "up":
            prepare("requirements.lock")
            return hand_over(["-m", "portal.cli", "up", "--demo", *arguments])
        if command == "test":
            prepare("requirements-dev.lock")
            return hand_over(["-m", "pytest", *test_arguments(arguments)])
        if command == "lint":
            prepare("requirements-dev.lock")
            return lint()
        if command in TOOLS and module_exists(TOOLS[command][0]):
            prepare("requirements-dev.lock")
            return hand_over(["-m", TOOLS[command][0], *arguments])
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\n已中断；下次启动会接着准备。", file=sys.stderr)
        return 130
    print(f"没有这个命令：{command}\n\n{help_text()}", file=sys.stderr)
    return 2


def split_arguments(given: list[str]) -> tuple[str, list[str]]:
    """The command and what is left; options alone belong to `up`."""
    if not given:
        return "up", []
    if given[0].startswith("-") and given[0] not in {"-h", "--help"}:
        return "up", given
    return given[0], given[1:]


def test_arguments(given: list[str]) -> list[str]:
    """Pytest's arguments: files side by side on all cores; without --long no long tests."""
    # One more than there are cores, for each often waits for a database or a browser. In the order
    # of the files: the long walks in the browser come early, not last.
    workers = str(len(os.sched_getaffinity(0)) + 1)
    side_by_side = ["-n", workers, "--dist", "loadfile", "--no-loadscope-reorder"]
    if "--long" in given:
        return [*side_by_side, *(argument for argument in given if argument != "--long")]
    return [*side_by_side, "-m", "not long", *given]


def help_text() -> str:
    """What the commands are."""
    present = [(name, said) for name, (module, said) in TOOLS.items() if module_exists(module)]
    return HELP.format(tools="".join(f"  {name:<13} {said}\n" for name, said in present))


def module_exists(module: str) -> bool:
    """Whether a module or a package's `__main__` lies in the project."""
    path = ROOT.joinpath(*module.split("."))
    return path.with_suffix(".py").exists() or (path / "__main__.py").exists()


def hand_over(arguments: list[str]) -> int:
    """Become the environment's Python; signals then reach it directly."""
    sys.stdout.flush()
    os.execve(PYTHON, [str(PYTHON), *arguments], environment())  # noqa: S606 - the very purpose


def lint() -> int:
    """Every check, all of them even if one finds something."""
    found = []
    for name, (program, *arguments) in LINT.items():
        began = time.monotonic()
        print(f"{name} …", end=" ", flush=True)
        done = run([str(VENV / "bin" / program), *arguments])
        print(
            "✓" if done.returncode == 0 else "✗", f"{time.monotonic() - began:.1f} 秒", flush=True
        )
        if done.returncode != 0:
            found.append(name)
            print(done.stdout)
    print(f"有问题：{'、'.join(found)}" if found else f"{len(LINT)} 项检查均无问题")
    return 1 if found else 0


def environment() -> dict[str, str]:
    """Caches and temporary files stay inside the project; the environment's programs come first."""
    inside = {
        "TMPDIR": str(VAR / "tmp"),
        "XDG_CACHE_HOME": str(VAR / "cache"),
        "PIP_CACHE_DIR": os.environ.get("PIP_CACHE_DIR", str(VAR / "cache" / "pip")),
        "UV_CACHE_DIR": os.environ.get("UV_CACHE_DIR", str(VAR / "cache" / "uv")),
        "VIRTUAL_ENV": str(VENV),
        "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONUTF8": "1",
    }
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONHOME"}
    return {**kept, **inside}


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command, its output kept."""
    try:
        return subprocess.run(
            command,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as error:
        return subprocess.CompletedProcess(command, 127, f"{command[0]}: {error.strerror}\n")


def prepare(lock: str) -> None:
    """Make or mend `.venv` so that it holds what `lock` says. Raises SetUpError."""
    if is_ready(lock):
        return
    make_folders()
    with one_at_a_time():
        if is_ready(lock):
            return
        if not can_be_kept():
            with step("建立 Python 环境"):
                make_venv()
        with step(f"安装 {lock} 所列的 {count(lock)} 个包"):
            install(lock)
        with step("安装本项目"):
            install_project()
        STAMP.write_text(json.dumps(stamp(lock)), encoding="utf-8")
        MAKING.unlink(missing_ok=True)


def make_folders() -> None:
    """`var/` lets other users pass, not list: the embedded database may need it."""
    try:
        if not VAR.exists():
            VAR.mkdir()
            VAR.chmod(0o711)
        for name in ("tmp", "cache"):
            (VAR / name).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise SetUpError(f"{VAR} 不可写（{error.strerror}）：请检查该文件夹的权限。") from None


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Of two first starts one makes the environment and the other waits for it."""
    with (VAR / "venv.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("另一个启动正在准备环境，等待其完成 …", flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """One line a step, with its seconds."""
    began = time.monotonic()
    print(f"{name} …", end=" ", flush=True)
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    print(f"{time.monotonic() - began:.1f} 秒", flush=True)


def stamp(lock: str) -> dict[str, str]:
    """What `.venv` was made from: another path, Python or lock makes it out of date."""
    digest = hashlib.sha256()
    for name in (lock, "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    return {**origin(), "lock": lock, "digest": digest.hexdigest()}


def origin() -> dict[str, str]:
    """Where and with which Python `.venv` is made."""
    return {"path": str(VENV), "python": f"{sys.version} {os.path.realpath(BASE)}"}


def read_stamp() -> dict[str, str]:
    """The stamp of the environment that is there; empty if it has none."""
    try:
        found: dict[str, str] = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def is_ready(lock: str) -> bool:
    """Whether `.venv` holds this lock; the tests' lock contains the other one."""
    found = read_stamp()
    wanted = {lock, "requirements-dev.lock"}
    return any(found == stamp(name) for name in wanted) and PYTHON.exists()


def can_be_kept() -> bool:
    """Whether `.venv` is whole, at its place and of this Python; also one made by hand."""
    if MAKING.exists():
        return False
    found = read_stamp()
    if found:
        return {name: found.get(name, "") for name in origin()} == origin() and PYTHON.exists()
    said = run([str(PYTHON), "-c", "import sys; print(sys.prefix, sys.version)"]).stdout
    return said.strip() == f"{VENV} {sys.version}".strip()


def count(lock: str) -> int:
    """How many packages a lock file names."""
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    return sum("==" in line and not line.startswith((" ", "#")) for line in lines)


def make_venv() -> None:
    """Make `.venv` by the first way that works. Raises SetUpError with the line to type."""
    ways: list[list[str]] = [[BASE, "-m", "venv"]]
    if outside_pip():
        ways.append([BASE, "-m", "venv", "--without-pip"])
    if module_of_base("virtualenv"):
        ways.append([BASE, "-m", "virtualenv", "--quiet"])
    elif shutil.which("virtualenv"):
        ways.append(["virtualenv", "--quiet", "--python", BASE])
    if shutil.which("uv"):
        ways.append(["uv", "venv", "--quiet", "--python", BASE])
    reasons = []
    for way in ways:
        MAKING.write_text("", encoding="utf-8")
        shutil.rmtree(VENV, ignore_errors=True)
        done = run([*way, str(VENV)])
        if done.returncode == 0 and PYTHON.exists():
            return
        reasons.append(f"  {' '.join(way)}：{last_lines(done.stdout, 2)}")
    shutil.rmtree(VENV, ignore_errors=True)
    raise SetUpError(
        "Python 环境无法建立：\n" + "\n".join(reasons) + "\n请先执行（Debian、Ubuntu）：\n"
        f"  apt install python{sys.version_info[0]}.{sys.version_info[1]}-venv\n"
        "其他系统请安装 virtualenv 或 uv，然后重试。"
    )


def module_of_base(name: str) -> bool:
    """Whether the base Python has a module."""
    if sys.executable == BASE:
        return importlib.util.find_spec(name) is not None
    return run([BASE, "-c", f"import {name}"]).returncode == 0


def outside_pip() -> list[str]:
    """A pip outside `.venv` that can install into it; empty if there is none."""
    if module_of_base("pip"):
        return [BASE, "-m", "pip", "--python", str(PYTHON)]
    for name in ("pip3", "pip"):
        if shutil.which(name):
            return [name, "--python", str(PYTHON)]
    return []


def installer() -> list[str]:
    """What installs into `.venv`: its own pip, one outside, or uv. Raises SetUpError."""
    if run([str(PYTHON), "-c", "import pip"]).returncode == 0:
        command = [str(PYTHON), "-m", "pip"]
    else:
        command = outside_pip()
    if command:
        quiet = ["--disable-pip-version-check", "--no-input"]
        return [*command, *quiet, "install", "--progress-bar=off", "--no-warn-script-location"]
    if shutil.which("uv"):
        return ["uv", "pip", "install", "--python", str(PYTHON)]
    raise SetUpError("没有 pip 也没有 uv：请先执行（Debian、Ubuntu）：\n  apt install python3-pip")


def install(lock: str) -> None:
    """Install exactly what the lock names, by its hashes, wheels only. Raises SetUpError."""
    command = [*installer(), "--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", lock]
    done = run(command)
    if done.returncode != 0:
        raise SetUpError(
            f"安装未完成：\n{last_lines(done.stdout, 8)}\n"
            "请检查网络（或 pip 的镜像设置）后重试；已下载的会保留。"
        )


def install_project() -> None:
    """Put the project on the environment's path, with its console scripts.

    What `pip install -e .` does, without building: a build would download its tools unlocked.
    """
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    packages = VENV / "lib" / version / "site-packages"
    (packages / "duban_portal.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for name, target in project["scripts"].items():
        module, _, function = target.partition(":")
        script = VENV / "bin" / name
        script.unlink(missing_ok=True)
        # Through /bin/sh: a "#!" line is limited in length and cannot hold a space.
        script.write_text(
            f"#!/bin/sh\n'''exec' \"{PYTHON}\" \"$0\" \"$@\"\n' '''\n"
            f"import sys\nfrom {module} import {function}\nsys.exit({function}())\n",
            encoding="utf-8",
        )
        script.chmod(0o755)


def last_lines(text: str, number: int) -> str:
    """The end of an output, without empty lines."""
    return "\n".join([line for line in text.splitlines() if line.strip()][-number:])


if __name__ == "__main__":
    sys.exit(main())
