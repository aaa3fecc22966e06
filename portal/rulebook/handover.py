"""第八条: what hangs on a person or a unit, and that nothing open is left without an owner.

The database itself refuses an end that would leave an open item without anybody (decision 0117);
here it is counted beforehand, for who may not know of the items, and the refusal put into words.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from portal.extensions import db
from portal.rulebook.refusals import Unmet

OWNED: Final = "open_item_has_owner"
"""The rule's name in the database."""
LEFT_ALONE: Final = "此项变动会使在办督办事项无人负责，请先办理岗位交接，或先登记继任负责人。"


def in_hand(person_id: int) -> int:
    """How many open items hang on the person: as 承办人, or as the only head of a unit of theirs.

    A number and nothing of the items, so that the administrator may see it (SPEC §1.6).
    """
    return db.session.scalar(select(func.items_in_hand(person_id))) or 0


def led_by(unit_id: int) -> int:
    """How many open items the unit leads: they are given to another before it ends."""
    return db.session.scalar(select(func.items_led(unit_id))) or 0


def not_handed_over(count: int) -> str:
    """「尚有3项督办事项未交接」; empty if nothing is left."""
    return f"尚有{count}项督办事项未交接" if count else ""


def left_alone(error: DBAPIError) -> Unmet | None:
    """What the database refused because an open item would have no owner, in words; None for every
    other error. To be asked of what a commit or a flush raises."""
    said = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    return Unmet(LEFT_ALONE, article="8") if said == OWNED else None
