"""`python3 -m tests.documents.pictures DIR`: every form as PDF and as pictures, page by page.

Needs pdftoppm (poppler-utils). Writes `DIR/<form>-<ordinary, full, empty>-<page>.png`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from portal.documents.render import render
from tests.documents.every import EVERY

DOTS = "100"  # an inch


def main(arguments: list[str]) -> None:
    """Write them all."""
    if len(arguments) != 1:
        raise SystemExit(__doc__)
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    for kind, sheets in EVERY.items():
        for content, sheet in sheets.items():
            path = folder / f"{kind}-{content}"
            path.with_suffix(".pdf").write_bytes(render(kind, sheet))
            subprocess.run(["pdftoppm", "-r", DOTS, "-png", f"{path}.pdf", path], check=True)
    print(f"{len(list(folder.glob('*.png')))} pages in {folder}")


if __name__ == "__main__":
    main(sys.argv[1:])
