"""The sheet that was signed on paper, as 党政办 printed and scanned it (SPEC §8.4)."""

from __future__ import annotations

from portal.config import Settings
from portal.documents.filling import fill
from portal.documents.queries import standing
from portal.documents.render import render
from portal.models import Item
from portal.rulebook.scope import Viewer


def signed_sheet(viewer: Viewer, item: Item, settings: Settings) -> bytes:
    """附件 1 as it stands now, a PDF of one page; the handwriting itself is not drawn."""
    kind = "filing"
    sheet = fill(viewer, item, kind, standing(viewer, item, kind).as_of_id, settings.college)
    return render(kind, sheet)
