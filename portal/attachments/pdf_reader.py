"""A process of its own: a PDF on its input, its text on its output, page by page.

Exit status 3 says that the sheet needs a password to be opened. Nothing of the portal is loaded,
and the process takes no more than its share of time and memory.
"""

from __future__ import annotations

import io
import sys

SECONDS, BYTES = 10, 1536 * 1024 * 1024
PAGES, CHARACTERS = 300, 2_000_000
LOCKED = 3


def main() -> int:
    """Write the text; the exit status."""
    _confine()
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(sys.stdin.buffer.read()))
    if reader.is_encrypted and not reader.decrypt(""):
        return LOCKED
    left = CHARACTERS
    for number, page in enumerate(reader.pages):
        if number == PAGES or left <= 0:
            break
        text = page.extract_text()[:left]
        left -= len(text)
        sys.stdout.buffer.write(text.encode("utf-8", errors="replace") + b"\n")
        sys.stdout.buffer.flush()
    return 0


def _confine() -> None:
    try:
        import resource
    except ImportError:  # only Unix has it; elsewhere the caller's timeout holds alone
        return
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
