"""Filing one scanned sheet: its boxes, its scan and that it is filed, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app

from portal.config import Settings
from portal.extensions import db
from portal.models import Item, ScanSheet
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent
from portal.scans.commands import hold
from portal.scans.queries import file_of
from portal.steps.paper import commands as paper
from portal.steps.paper.commands import Entry


def file_sheet(
    viewer: Viewer,
    sheet: ScanSheet,
    item: Item,
    label: str,
    entries: Sequence[Entry],
    intent: Intent,
) -> bool:
    """代录 of the boxes with this sheet as their scan; False if the sheet was filed or set aside
    meanwhile. Raises as `paper.enter`; then nothing is entered and the sheet still waits."""
    held = hold(viewer, sheet)
    if held is None:
        db.session.rollback()
        return False
    settings: Settings = current_app.extensions["portal.settings"]
    held.entered_at = viewer.moment.instant
    scan = file_of(settings.files_dir, held, f"{label}（扫描件）")
    with scan.stream:
        paper.enter(viewer, item, entries, scan, intent, declared=True)
    db.session.commit()  # also where the same form had entered them before
    return True
