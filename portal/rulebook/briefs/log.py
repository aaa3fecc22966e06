"""The log of a brief (第二十条): its acts chained one behind the other, each with a digest of what
the paper said when it was done (decision 0171)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import distinct_on

from portal.extensions import db
from portal.models import Brief, BriefAct, BriefSnapshot, BriefText
from portal.rulebook import chained

CHAINED: Final = (
    "brief_id", "key", "act", "version", "at", "day", "actor_id", "acting_as", "on_behalf_of_id",
    "from_state", "to_state", "opinion", "facts", "content",
)  # fmt: skip
OUT: Final = ("released", "recalled")
"""States in which nothing of the paper may change any more."""


def append(row: BriefAct, brief: Brief) -> None:
    """Write the act behind the last one of its brief, which is held."""
    last = select(BriefAct.link).where(BriefAct.brief_id == brief.id).order_by(BriefAct.id.desc())
    row.previous = db.session.scalar(last.limit(1)) or chained.BEGINNING
    row.content = content_of(brief)
    row.link = chained.link_of(row, CHAINED)
    db.session.add(row)
    db.session.flush()


def content_of(brief: Brief) -> str:
    """SHA-256 over everything that the paper is set from, hexadecimal: its name, days and number,
    whom it criticises, the wording that holds of each section, its figures."""
    texts = db.session.execute(
        select(BriefText.section, BriefText.body)
        .where(BriefText.brief_id == brief.id)
        .order_by(BriefText.section, BriefText.version.desc())
        .ext(distinct_on(BriefText.section))
    )
    figures = db.session.scalar(
        select(BriefSnapshot.sha256)
        .where(BriefSnapshot.brief_id == brief.id, BriefSnapshot.state == "made")
        .order_by(BriefSnapshot.id.desc())
        .limit(1)
    )
    said = {
        "kind": brief.kind,
        "name": brief.name,
        "title": brief.title,
        "number": brief.number,
        "days": [brief.first, brief.last],
        "criticised": list(brief.criticised_ids),
        "texts": {row.section: row.body for row in texts},
        "figures": figures,
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def broken(batch: int) -> Iterator[int]:
    """The ids of the briefs whose acts are not as they were written, of those without any, and of
    those that went out and say something else now. Needs the worker's role."""
    rows = (
        select(BriefAct)
        .order_by(BriefAct.brief_id, BriefAct.id)
        .execution_options(yield_per=batch, populate_existing=True)
    )
    for brief_id, acts in groupby(db.session.scalars(rows), key=attrgetter("brief_id")):
        previous = chained.BEGINNING
        for row in acts:
            if row.previous != previous or row.link != chained.link_of(row, CHAINED):
                yield brief_id
                break
            previous = row.link
        else:
            if not _says_what_it_said(brief_id, row):
                yield brief_id
    silent = select(Brief.id).where(~exists().where(BriefAct.brief_id == Brief.id))
    yield from db.session.scalars(silent.order_by(Brief.id))


def _says_what_it_said(brief_id: int, last: BriefAct) -> bool:
    brief = db.session.get_one(Brief, brief_id, populate_existing=True)
    if brief.state != last.to_state:
        return False
    # Figures of a draft are put in between acts, and make a version of it.
    stands = (brief.version, content_of(brief)) == (last.version, last.content)
    return brief.state not in OUT or stands
