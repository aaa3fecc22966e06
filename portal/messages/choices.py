"""What a person wants: which kinds go over which channel outside the portal, quiet hours or none,
and whether 办理动态 counts as unread in the inbox."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from portal.extensions import db
from portal.messages.channels import PARTED, WAYS
from portal.models import MessageChoice
from portal.rulebook.posting import Kind, kinds


class Choice(NamedTuple):
    """A person's choice: channels by kind (None: never chosen), whether quiet hours hold, and
    whether 办理动态 counts as unread."""

    channels: Mapping[str, list[str]] | None
    quiet: bool
    noted: bool = False

    def wanted(self, kind: Kind, open_: Collection[str]) -> list[str]:
        """The channels over which this kind goes, of those that are `open_` to it.

        Who never chose, or not since a kind came, gets the first one, and 短信 where it is meant.
        """
        if self.channels is not None and kind.id in self.channels:
            return [name for name in open_ if name in self.channels[kind.id]]
        messengers = [name for name in open_ if name != PARTED]
        return [*messengers[:1], *(name for name in open_ if name == PARTED)]


UNCHOSEN = Choice(None, quiet=True)


def open_to(kind: Kind, configured: Collection[str], level: int | None = None) -> list[str]:
    """The channels that this kind may take of those that are switched on: `notifications.json`
    says. `level`: of the item; None: of any (「sms(level 1)」 is meant as possible)."""
    allowed = set(kind.channels)
    if "sms(level 1)" in allowed and level in (1, None):
        allowed.add("sms")
    return [way.name for way in WAYS.values() if way.name in configured and way.needs in allowed]


def offered(configured: Collection[str]) -> dict[str, list[str]]:
    """What a person may choose: by kind the channels it may take."""
    found = {kind.id: open_to(kind, configured) for kind in kinds().values()}
    return {kind: names for kind, names in found.items() if names}


def of_persons(person_ids: Collection[int]) -> dict[int, Choice]:
    """The choices of these persons; who never chose is left out."""
    rows = db.session.scalars(select(MessageChoice).where(MessageChoice.person_id.in_(person_ids)))
    return {row.person_id: Choice(row.channels, row.quiet, row.noted) for row in rows}


def of(person_id: int) -> Choice:
    """One person's choice."""
    return of_persons([person_id]).get(person_id, UNCHOSEN)


def choose(person_id: int, channels: Mapping[str, Collection[str]], *, quiet: bool) -> None:
    """Keep a person's choice, whole; kinds that were not offered stay unchosen."""
    _keep(
        person_id, channels={kind: sorted(names) for kind, names in channels.items()}, quiet=quiet
    )


def count_noted(person_id: int, *, noted: bool) -> None:
    """Whether 办理动态 counts as unread from now on, also what came before."""
    _keep(person_id, noted=noted)


def _keep(person_id: int, **chosen: Any) -> None:
    """What was chosen; of who had not chosen anything the rest stays as the portal does it."""
    unchosen = {"channels": {}, "quiet": UNCHOSEN.quiet, "noted": UNCHOSEN.noted}
    statement = insert(MessageChoice).values(person_id=person_id, **{**unchosen, **chosen})
    db.session.execute(
        statement.on_conflict_do_update(index_elements=[MessageChoice.person_id], set_=chosen)
    )
    db.session.commit()
