"""From a sheet to a PDF: one A4 page for ordinary content (附件 1, 附件 3; SPEC §5.1)."""

from __future__ import annotations

from portal.documents.sheets import Sheet


class DocumentError(ValueError):
    """A sheet cannot be printed; the message says why, in Chinese, for the person who asked."""


def warm() -> None:
    """Load libraries and fonts (about a second), for a worker before it forks."""


def render(kind: str, sheet: Sheet) -> bytes:
    """PDF of `sheet` as `kind` (`filing` for FilingSheet, `closing` for ClosingSheet).

    The same sheet gives the same bytes. Raises DocumentError if it cannot be printed.
    """
    raise DocumentError(f"{kind}：{type(sheet).__name__}")
