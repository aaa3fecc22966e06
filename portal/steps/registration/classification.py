"""密级标识 of a draft (第二十一条, SPEC §7.1): 公开, 内部 or 敏感, never a state secret's grade."""

from __future__ import annotations

from typing import Any, NamedTuple

from portal.models import Item
from portal.rulebook import knowledge
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Role
from portal.rulebook.scope import Viewer

PUBLISHES = frozenset({Role.OFFICE_STAFF.value, Role.OFFICE_HEAD.value})


class Marking(NamedTuple):
    """What the drafter chose; `reviewed` is the tick 「已进行保密审查」, asked of 公开."""

    classification: str = "internal"
    reviewed: bool = False

    @property
    def facts(self) -> dict[str, Any]:
        """What the event keeps: 公开 never stands there without its review."""
        return {"classification": self.classification}


def may_publish(viewer: Viewer) -> bool:
    """SPEC §7.1: 先审查、后公开; the review is 党政办's."""
    return bool(viewer.roles & PUBLISHES)


def put(viewer: Viewer, item: Item, marking: Marking) -> None:
    """Mark the draft. Raises Unmet: 公开 without its review, or by a unit; 敏感 taken back once
    the form went out as such, which is 取消敏感 by 党政办分管领导."""
    wanted = marking.classification
    if wanted == "public" and not may_publish(viewer):
        raise _refused("公开标识由党政办审查后标注。", "classification")
    if wanted == "public" and not marking.reviewed:
        raise _refused("标注公开前应进行保密审查，请勾选确认。", "reviewed")
    if item.classification == "sensitive" and wanted != "sensitive" and knowledge.begun(item):
        raise _refused("敏感标识由党政办分管领导取消。", "classification")
    item.classification = wanted


def _refused(said: str, field: str) -> Unmet:
    return Unmet(said, article="21", fields={field: said})
