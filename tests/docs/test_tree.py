"""The tree stands alone: locks agree, and no tracked file names a machine or a package index."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from portal.doctor import locked

ROOT = Path(__file__).resolve().parents[2]
PERSONAL = ("work", "root", "home", "Users")
HOMES = re.compile(rf"(?<![\w.])/(?:{'|'.join(PERSONAL)})/[\w.-]+")
# Written in parts, so that this file does not find itself.
INDEXES = re.compile(
    "index" + "-url|find" + r"-links|/simple" + r"/|python" + r"hosted|pypi\." + "org"
)
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".lock",
    ".json",
    ".html",
    ".css",
    ".js",
    ".txt",
    ".mako",
    ".ini",
    "",
}


def tracked() -> list[Path]:
    """The project's text files, as git lists them; all of them where there is no git."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False, text=True
    )
    if listed.returncode != 0:
        pytest.fail("the checkout has no git: tracked files cannot be listed")
    names = [name for name in listed.stdout.split("\0") if name]
    return [ROOT / name for name in names if Path(name).suffix in TEXT and (ROOT / name).exists()]


def test_both_locks_hold_the_same_versions() -> None:
    """docs/decisions/0001: what runs is what was tested."""
    runtime = {name: version for name, version, _ in locked(ROOT / "requirements.lock")}
    tested = {name: version for name, version, _ in locked(ROOT / "requirements-dev.lock")}
    assert runtime, "requirements.lock names no package"
    assert {name: tested.get(name) for name in runtime} == runtime


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_name_hashes_and_no_index(lock: str) -> None:
    """Every package has hashes; where it comes from is the installer's business."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    packages = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert [part.split()[0] for part in packages if "--hash=sha256:" not in part] == []
    assert not re.search("index" + "-url|https?://", text)


@pytest.mark.parametrize(
    ("what", "pattern"), [("a folder of one machine", HOMES), ("a package index", INDEXES)]
)
def test_no_file_names(what: str, pattern: re.Pattern[str]) -> None:
    """Tracked files hold no absolute path of a machine and no registry's host."""
    found = []
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        matches = pattern.finditer(path.read_text(encoding="utf-8"))
        found += [f"{name}: {match[0]}" for match in matches]
    assert found == [], what


@pytest.mark.parametrize("folder", PERSONAL)
def test_a_machine_folder_is_recognised(folder: str) -> None:
    """The pattern finds what it is for, and leaves addresses of the portal alone."""
    assert HOMES.search(f"see /{folder}/ci/portal")
    assert not HOMES.search(f"url/{folder}/x")
