"""run.py on a small project of the same shape, with locks that name nothing: no download."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BASE = sys._base_executable  # type: ignore[attr-defined] # what run.py uses as well

CLI = """
import os, sys
print("handed over", sys.argv[1:], sys.prefix, os.environ.get("TMPDIR"))
def main():
    print("script of", sys.prefix)
if len(sys.argv) > 1:
    main()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with run.py, its locks, and a portal that only says that it was reached."""
    folder = tmp_path / "the project"
    (folder / "portal").mkdir(parents=True)
    shutil.copy(ROOT / "run.py", folder)
    shutil.copy(ROOT / "pyproject.toml", folder)
    for lock in ("requirements.lock", "requirements-dev.lock"):
        (folder / lock).write_text("# nothing\n", encoding="utf-8")
    (folder / "portal" / "__init__.py").touch()
    (folder / "portal" / "cli.py").write_text(CLI, encoding="utf-8")
    return folder


def start(project: Path, *arguments: str, **environ: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [BASE, "run.py", *arguments],
        cwd=project,
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )


def run(project: Path, *arguments: str, **environ: str) -> tuple[int, str]:
    process = start(project, *arguments, **environ)
    said = process.communicate(timeout=120)[0]
    return process.returncode, said


def test_first_start_prepares_and_the_second_is_immediate(project: Path) -> None:
    code, said = run(project, "--port", "9000", HOME="/nonexistent", LC_ALL="C", TZ="UTC")
    assert code == 0, said
    assert "建立 Python 环境 …" in said
    assert "安装本项目 …" in said
    assert f"handed over ['up', '--demo', '--port', '9000'] {project / '.venv'}" in said
    assert str(project / "var" / "tmp") in said

    began = time.monotonic()
    code, said = run(project)
    assert code == 0, said
    assert "建立" not in said
    assert "安装" not in said
    assert time.monotonic() - began < 3

    script = subprocess.run(
        [project / ".venv" / "bin" / "portal"], capture_output=True, text=True, check=True
    )
    assert f"script of {project / '.venv'}" in script.stdout  # the path has a space in it
    assert sorted(path.name for path in project.iterdir()) == [
        *(".venv", "portal", "pyproject.toml", "requirements-dev.lock", "requirements.lock"),
        *("run.py", "var"),
    ]


@pytest.mark.long
def test_changed_lock_installs_and_moved_or_half_made_is_made_anew(
    project: Path, tmp_path: Path
) -> None:
    assert run(project)[0] == 0
    (project / "requirements.lock").write_text("# something else\n", encoding="utf-8")
    said = run(project)[1]
    assert "建立" not in said
    assert "安装 requirements.lock" in said

    moved = tmp_path / "moved"
    project.rename(moved)
    said = run(moved)[1]
    assert "建立 Python 环境" in said
    assert f"{moved / '.venv'}" in said

    (moved / "var" / "venv-making").touch()
    (moved / ".venv" / "portal-stamp.json").unlink()
    assert "建立 Python 环境" in run(moved)[1]


def test_of_two_first_starts_one_waits(project: Path) -> None:
    both = [start(project), start(project)]
    said = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sum("建立 Python 环境" in text for text in said) == 1
    assert all("handed over" in text for text in said)


def test_a_failed_step_says_which_and_why(project: Path) -> None:
    (project / "requirements.lock").write_text("not ? a ! requirement\n", encoding="utf-8")
    code, said = run(project)
    assert code == 1
    assert "安装未完成" in said
    assert "Invalid requirement" in said


def crippled_venv(folder: Path, *, altogether: bool) -> str:
    """A `venv` module as on a system without ensurepip, to be put before the real one."""
    fake = folder / "fake" / "venv"
    fake.mkdir(parents=True)
    (fake / "__init__.py").touch()
    (fake / "__main__.py").write_text(
        "import sys\n"
        f"if {altogether} or '--without-pip' not in sys.argv:\n"
        "    sys.exit('ensurepip is not available')\n"
        f"sys.path.remove({str(folder / 'fake')!r})\n"
        "for name in [n for n in sys.modules if n.split('.')[0] == 'venv']:\n"
        "    del sys.modules[name]\n"
        "import venv\n"
        "venv.main(sys.argv[1:])\n",
        encoding="utf-8",
    )
    return str(folder / "fake")


def test_without_ensurepip_the_systems_pip_does_it(project: Path, tmp_path: Path) -> None:
    """Needs a pip outside the environment, as CI has; without one the line to type is shown."""
    has_pip = subprocess.run([BASE, "-c", "import pip"], check=False).returncode == 0
    code, said = run(project, PYTHONPATH=crippled_venv(tmp_path, altogether=False))
    if has_pip:
        assert code == 0, said
        assert "handed over" in said
    else:
        assert "-venv" in said


def test_with_nothing_at_hand_the_line_to_type_is_printed(project: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    code, said = run(project, PYTHONPATH=crippled_venv(tmp_path, altogether=True), PATH=str(empty))
    assert code == 1
    assert f"apt install python{sys.version_info[0]}.{sys.version_info[1]}-venv" in said
    assert not (project / ".venv").exists()


def test_an_older_python_gets_one_sentence() -> None:
    old = "import sys; sys.version_info = (3, 9, 2); exec(open('run.py').read())"
    done = subprocess.run(
        [BASE, "-X", "utf8", "-c", old],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1
    assert (
        done.stderr == "需要 Python 3.11 或更新，当前是 3.9：请安装后用 python3.11 run.py 启动。\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["help"], 0, "python3 run.py"),
        (["--help"], 0, "test [--long]"),
        (["nonsense"], 2, "没有这个命令：nonsense"),
    ],
)
def test_help(project: Path, arguments: list[str], code: int, words: str) -> None:
    done, said = run(project, *arguments)
    assert done == code
    assert words in said
    assert not (project / ".venv").exists()
