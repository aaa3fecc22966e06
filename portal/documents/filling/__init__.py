"""Filling the sheets from the item, as the person who asked may read it."""

from __future__ import annotations

from portal.documents.filling import annexes, notice, request, urge
from portal.documents.kinds import NOTICES, code_of, request_of, urge_of
from portal.documents.sheets import Sheet
from portal.models import Item
from portal.rulebook.scope import Viewer


def fill(viewer: Viewer, item: Item, kind: str, as_of_id: int, college: str) -> Sheet:
    """The sheet of `kind`: filing, closing, notice-<unit code>, notices, urge-<id>, extension-<n> …

    ValueError for a kind that is not one; NotFound for a notice this person has not.
    """
    if kind == "filing":
        return annexes.filing(viewer, item, as_of_id, college)
    if kind == "closing":
        return annexes.closing(viewer, item, as_of_id, college)
    if kind == NOTICES:
        return notice.batch(viewer, item, as_of_id, college)
    if request_of(kind) is not None:
        return request.fill(viewer, item, kind, as_of_id, college)
    if urge_of(kind) is not None:
        return urge.notice(viewer, item, kind, as_of_id, college)
    if code_of(kind) is not None:
        return notice.single(viewer, item, kind, as_of_id, college)
    raise ValueError(kind)
