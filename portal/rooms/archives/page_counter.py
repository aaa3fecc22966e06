"""A process of its own: a PDF on its input, the number of its pages on its output.

Nothing of the portal is loaded, and the process takes no more than its share of time and memory.
"""

from __future__ import annotations

import io
import sys

SECONDS, BYTES = 10, 1536 * 1024 * 1024


def main() -> None:
    """Write the number; a PDF that is none ends it with an error."""
    _confine()
    from pypdf import PdfReader

    sys.stdout.write(str(len(PdfReader(io.BytesIO(sys.stdin.buffer.read())).pages)))


def _confine() -> None:
    try:
        import resource
    except ImportError:  # only Unix has it; elsewhere the caller's timeout holds alone
        return
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
