"""Each import contract is seen failing once: a copy of the code with one wrong import."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BREAKS = {
    "Layers": ("portal/models/item.py", "portal.rulebook.workflow"),
    "Slices of one layer": ("portal/steps/signing/commands.py", "portal.steps.closing.commands"),
    "Rooms do not know": ("portal/rooms/desk/tray.py", "portal.rooms.ledger.queries"),
    "Only the workflow": ("portal/item/facts.py", "portal.rulebook.rules"),
    "Kernel and commands": ("portal/rulebook/guards/form.py", "wtforms"),
    "Dates and policy are pure": ("portal/rulebook/deadlines.py", "sqlalchemy"),
    "What a document says": ("portal/documents/gongwen/content.py", "portal.models"),
    "Channels send what they are given": ("portal/messages/channels/sms.py", "portal.models"),
    "Channels do not know one another": (
        "portal/messages/channels/sms.py",
        "portal.messages.channels.wecom",
    ),
    "The portal enqueues jobs by name": ("portal/queue.py", "jobs.schedule"),
}


def _lint(folder: Path) -> str:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [str(lint), "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code as it is, to be broken."""
    folder = tmp_path_factory.mktemp("contracts")
    only_code = shutil.ignore_patterns("__pycache__", "static", "fonts", "data", "templates")
    for name in ("portal", "jobs"):
        shutil.copytree(ROOT / name, folder / name, ignore=only_code)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.mark.parametrize("contract", BREAKS)
def test_a_broken_contract_is_found(copy: Path, contract: str) -> None:
    """The contract of that name and no other way of looking at it."""
    path, wrong = BREAKS[contract]
    file = copy / path
    before = file.read_text(encoding="utf-8")
    file.write_text(f"{before}\nimport {wrong}\n", encoding="utf-8")
    try:
        said = _lint(copy)
    finally:
        file.write_text(before, encoding="utf-8")
    broken = [line for line in said.splitlines() if " BROKEN" in line]
    assert any(line.startswith(contract) for line in broken), said[-2000:]


def test_every_contract_has_been_broken(copy: Path) -> None:
    """A new contract needs its own proof that it can fail."""
    kept = [line for line in _lint(copy).splitlines() if " KEPT" in line]
    assert len(kept) == len(BREAKS)
    for line in kept:
        assert any(line.startswith(name) for name in BREAKS), line
