"""`python3 run.py docs`: writes what in docs/ is made from the code.

docs/rulebook.md and docs/glossary.md whole, and the table of settings in docs/deploy.md between
its two marks. A test compares, so that none of them can fall behind.
"""

from __future__ import annotations

import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

from portal.config import Settings
from portal.rulebook import pages

DOCS = Path(__file__).resolve().parent
DEPLOY = DOCS / "deploy.md"
BEGIN, END = "<!-- settings: made by docs/build.py -->", "<!-- settings: end -->"


def settings_table() -> str:
    """Every environment variable the portal reads, as a Markdown table."""
    rows = ["| variable | default | meaning |", "| --- | --- | --- |"]
    for setting in fields(Settings):
        default = _shown(setting.default)
        says = setting.metadata["says"]
        rows.append(f"| `PORTAL_{setting.name.upper()}` | {default} | {says} |")
    return "\n".join(rows)


def with_settings(page: str) -> str:
    """`page` with the table between the marks. ValueError if a mark is missing."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{DEPLOY.name} lacks the marks of the settings")
    return f"{before}{BEGIN}\n\n{settings_table()}\n\n{END}{after}"


def _shown(default: Any) -> str:
    if default in (None, "", ()):
        return ""
    return f"`{int(default)}`" if isinstance(default, bool) else f"`{default}`"


def main() -> int:
    """Write everything that is made."""
    pages.write(DOCS)
    DEPLOY.write_text(with_settings(DEPLOY.read_text(encoding="utf-8")), encoding="utf-8")
    print("docs/rulebook.md、docs/glossary.md、docs/deploy.md 已更新。")
    return 0


if __name__ == "__main__":
    sys.exit(main())
