"""第二十条: what the sample's 党政办 has told the college: last month's 通报, published, and this
term's 学期报告, drafted from its figures. Lived through by the commands, after the items."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select

from portal.demo.history.stage import Stage
from portal.extensions import db
from portal.models import Brief, BriefSheet, BriefSnapshot
from portal.rooms.reports import commands, making, queries
from portal.rulebook.briefs.acting import Sent
from portal.rulebook.scope import Viewer, view_as

STAFF, HEAD, LEADER, READER = "P03", "P01", "L03", "P39"
DAY: Final = timedelta(days=1)
OPINION: Final = "同意印发。"


def tell(stage: Stage) -> None:
    """Both papers, by the people who write and sign such."""
    viewer = _as(stage, STAFF)
    last = viewer.moment.day.replace(day=1) - DAY
    _published(stage, viewer, last.replace(day=1), last)
    viewer = _as(stage, STAFF)
    for term in queries.terms(viewer)[:1]:
        begun = commands.begin_report(viewer, term.name, term.first, term.last, _sent())
        _count(begun)


def _published(stage: Stage, viewer: Viewer, first: date, last: date) -> None:
    brief = commands.begin_circular(
        viewer, _sent(), name=f"{first.month}月", first=first, last=last
    )
    public_id = brief.public_id
    _count(brief)
    viewer = _as(stage, HEAD)
    brief = queries.brief_or_404(viewer, public_id)
    commands.hand_in(viewer, brief, _sent(), names_checked=True)
    viewer = _as(stage, LEADER)
    commands.act(viewer, "review", queries.brief_or_404(viewer, public_id), _sent(OPINION))
    for sheet in db.session.scalars(select(BriefSheet.id)).all():
        making.set_sheet(sheet)
    viewer = _as(stage, READER)
    commands.note_read(viewer, queries.brief_or_404(viewer, public_id))


def _as(stage: Stage, who: str) -> Viewer:
    return view_as(stage.people[who], stage.clock)


def _count(brief: Brief) -> None:
    """What a worker would do, at once: the loader is one."""
    asked = select(BriefSnapshot.id).where(BriefSnapshot.brief_id == brief.id)
    for snapshot_id in db.session.scalars(asked.order_by(BriefSnapshot.id)).all():
        making.count(snapshot_id)


def _sent(opinion: str = "") -> Sent:
    return Sent(None, uuid.uuid4(), opinion)
