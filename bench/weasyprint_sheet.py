"""`python -m bench.weasyprint_sheet HTML TIMES`: WeasyPrint sets the page, as `bench.sheets` does.

Runs in the venv that `bench.sheets` makes: knows nothing of the portal but its fonts. It is warm
when it begins: the fonts are known, one sheet was made.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from bench.children import made_in_children, resident

FOLDER = Path(__file__).resolve().parents[1] / "portal" / "documents" / "fonts"
CONFIG = (
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
    "<fontconfig><dir>{}</dir><cachedir>{}</cachedir></fontconfig>"
)


def main(path: str, times: str) -> None:
    """Print what a sheet takes, as JSON."""
    html = Path(path).read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "fonts.conf"
        config.write_text(CONFIG.format(FOLDER, folder), encoding="utf-8")
        os.environ["FONTCONFIG_FILE"] = str(config)
        from weasyprint import HTML

        def made() -> bytes:
            pdf: bytes = HTML(string=html).write_pdf()
            return pdf

        made()
        found = {"worker_mb": resident()} | made_in_children(made, int(times))
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
