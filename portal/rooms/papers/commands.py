"""Taking a paper out as a file: made at once, and kept who took which items (SPEC §7.5 rule 10)."""

from __future__ import annotations

from portal.clock import SHANGHAI
from portal.errors import NotFound
from portal.extensions import db
from portal.filters import full_date
from portal.item.export_rights import AT_ONCE, PAPER
from portal.models import LedgerExport, Person
from portal.queued_work import now
from portal.rooms.papers import files, queries
from portal.rooms.papers.kinds import Paper
from portal.rooms.papers.sections import Asked


def take(paper: Paper, asked: Asked, said: str, form: str, college: str) -> bytes:
    """The file of a paper. NotFound: of more rows than are exported at once; DocumentError."""
    parts = queries.parts_of(paper, asked, most=AT_ONCE + 1)
    rows = [row.line for part in parts for row in part.rows]
    if len(rows) > AT_ONCE:
        raise NotFound
    viewer = asked.viewer
    withheld = {line.item_id for line in rows if line.sensitive}
    exporter = db.session.get_one(Person, viewer.person_id).name
    at = viewer.moment.instant.astimezone(SHANGHAI)
    title = f"{paper.label}（{said}）"
    head = files.Head(title, f"{full_date(at)}{at:%H:%M}", exporter, len(withheld))
    content = files.FORMS[form](head, parts, college)
    taken = {line.item_id for line in rows if not line.sensitive}
    db.session.add(
        LedgerExport(
            query=PAPER + title, form=form, state="given", asked_by_id=viewer.person_id,
            asked_at=now(), made_at=now(), size=len(content), readers=[-(viewer.person_id or 0)],
            total=len(taken), done=len(taken), item_ids=sorted(taken),
            withheld_ids=sorted(withheld),
        )
    )  # fmt: skip
    db.session.commit()
    return content
