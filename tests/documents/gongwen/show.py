"""The samples as files, to be looked at page by page.

    python -m tests.documents.gongwen.show FOLDER
    pdftoppm -r 80 -png FOLDER/feedback.pdf FOLDER/feedback

Writes each document as PDF and for Word, and the notices for Word.
"""

from __future__ import annotations

import sys
from pathlib import Path

from portal.documents.render import GONGWEN, render
from portal.documents.sheets import NoticeBatch
from portal.documents.word import copies
from tests.documents.gongwen.samples import DOCUMENTS
from tests.documents.samples import NOTICE


def main(folder: Path) -> None:
    """Write them all."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in DOCUMENTS.items():
        (folder / f"{name}.pdf").write_bytes(render(GONGWEN, document))
        (folder / f"{name}.docx").write_bytes(copies.write(GONGWEN, document))
    batch = NoticeBatch(college=NOTICE.college, notices=(NOTICE, NOTICE))
    (folder / "notices.docx").write_bytes(copies.write("notices", batch))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
