"""What is said of every sort of sheets."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import NamedTuple

from portal.documents.sheets import Sheet
from portal.models import Item
from portal.rulebook.scope import Viewer


class Standing(NamedTuple):
    """What a stored sheet is of: the event it stands as of, and the unit whose part it is.

    A sheet is filled with the eyes of who asks first and kept for all who may have it. So what a
    co-unit's people read less of than others is the lead unit's, and they have no such sheet.
    """

    as_of_id: int
    unit_id: int | None = None


class Listed(NamedTuple):
    """A sheet as an item's list names it, and the last act that changed what it prints."""

    label: str
    as_of_id: int


def _alone(_viewer: Viewer, _item: Item) -> list[str]:
    return []


@dataclass(frozen=True)
class Sort:
    """One sort of sheets. A kind, as addresses and rows name it, is one sheet of its sort."""

    form: str
    """What it is printed on, a key of `form_table.FORMS`."""
    concerns: Callable[[str], bool]
    """Whether the kind is one of this sort, if only in its spelling."""
    labels: Callable[[Collection[str]], dict[str, str]]
    """The names of these kinds of this sort, whatever item they are of; of a unit or a row that
    does not exist none."""
    listed: Callable[[Viewer, Item], dict[str, Listed]]
    """The sheets the item has now for this person, by kind, in their order."""
    standing: Callable[[Viewer, Item, str], Standing]
    """How one of them stands. NotFound: the item has none, or not for this person."""
    fill: Callable[[Viewer, Item, str, int, str], Sheet]
    """viewer, item, kind, event it stands as of, college. NotFound as `standing`."""
    in_hand: Callable[[Viewer, Item, str], Standing] | None = None
    """How it stands for who holds it on paper already, where `standing` keeps it from who is yet to
    open it; None: as `standing`."""
    archived: bool = True
    """Whether an archive package holds it; of what is about the package itself it does not."""
    bound: Callable[[Viewer, Item], list[str]] = _alone
    """Of a file that binds other sheets: their kinds. Each of them bears its own number."""

    @property
    def collects(self) -> bool:
        """Whether it prints again what others print one by one; an archive holds those."""
        return self.bound is not _alone
