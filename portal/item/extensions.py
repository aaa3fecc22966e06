"""延期、免于督办 on an item's page: every request, what it asked, how it ended, its files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from portal.extensions import db
from portal.filters import as_day
from portal.item.attachments.queries import Line, belonging_to
from portal.item.people import named
from portal.models import Extension, Item
from portal.models.extension import PENDING
from portal.rulebook.extending import KINDS
from portal.rulebook.machines import state_word
from portal.rulebook.scope import Viewer, visible
from portal.steps.extending.outline import Fact, matter_words


class Request(NamedTuple):
    """One request as the card shows it; `open` while it is undecided, `blue` while the light waits
    for it."""

    title: str
    state: str
    open: bool
    blue: bool
    day: date
    who: str
    facts: list[Fact]
    files: tuple[Line, ...]

    @property
    def notice(self) -> str:
        """「延期督办申请待审」."""
        return f"{self.title.split('　')[-1]}申请{self.state}"


def requests_of(viewer: Viewer, item: Item, files: Iterable[Line]) -> list[Request]:
    """All requests of the item this viewer may know of, latest first."""
    rows = db.session.scalars(
        visible(viewer, Extension)
        .where(Extension.item_id == item.id)
        .order_by(Extension.seq.desc())
    ).all()
    names = named([row.applied_by_id for row in rows], viewer.moment.day)
    lines = tuple(files)
    return [
        Request(
            f"第{row.seq}次申请　{KINDS[row.kind]}",
            state_word("extension", row.state),
            row.state in PENDING,
            row.state in PENDING and row.timely,
            as_day(row.decided_at or row.applied_at),
            names[row.applied_by_id].name,
            matter_words(item, row),
            belonging_to(row, lines),
        )
        for row in rows
    ]
