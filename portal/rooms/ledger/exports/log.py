"""导出记录: what a person took out of the ledger, newest first (SPEC §7.5 rule 10)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final, NamedTuple

from portal.extensions import db
from portal.item.export_rights import EVALUATION, PAPER
from portal.models import LedgerExport
from portal.rooms.ledger.exports import commands
from portal.rooms.ledger.exports.making import PDF
from portal.rooms.ledger.exports.wording import said_filters
from portal.rulebook.scope import Viewer, visible

MOST: Final = 50
STATES: Final = {
    "asked": "排队中", "making": "正在导出", "made": "已完成", "failed": "未完成",
    "given": "已导出",
}  # fmt: skip


class Taken(NamedTuple):
    """One export: when, what, how many items, how many sensitive ones in it and left out; `open`:
    its page still tells something."""

    public_id: uuid.UUID
    at: datetime
    form: str
    filters: str
    rows: int
    sensitive: int
    withheld: int
    query: str
    state: str
    open: bool


FIGURES: Final = "figures"


def own(viewer: Viewer) -> list[Taken]:
    """This person's."""
    rows = db.session.scalars(
        visible(viewer, LedgerExport)
        .where(LedgerExport.asked_by_id == viewer.person_id)
        .order_by(LedgerExport.id.desc())
        .limit(MOST)
    )
    return [
        Taken(
            row.public_id,
            row.asked_at,
            "PDF" if row.form == PDF else "Excel",
            _said(row),
            len(row.item_ids),
            len(row.granted_ids),
            # What is left out of a paper stands in the ledger, where its export is asked for.
            0 if row.query.startswith(PAPER) else len(row.withheld_ids),
            row.query,
            STATES[row.state],
            row.state != "given" and not commands.expired(row),
        )
        for row in rows
    ]


def _said(row: LedgerExport) -> str:
    """The paper's title, what figures are called, or the filters in words."""
    if row.query.startswith(EVALUATION):
        return f"年度评价表（{row.query.removeprefix(EVALUATION)}年）"
    if row.form == FIGURES:
        return "督办指标"
    if row.query.startswith(PAPER):
        return row.query.removeprefix(PAPER)
    return "；".join(said_filters(commands.wanted_of(row.query))) or "不限"
