"""Which items are counted, and by which day (SPEC §6.2): one definition for the ledger's rows, for
the pictures made of them, and for whatever counts over periods.

A number is the count of `listed(viewer)` under clauses; nobody counts what he may not know of.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, or_

from portal.clock import shanghai_instant
from portal.item.lights import DONE
from portal.models import Item
from portal.rulebook.readers import DRAFTING
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.workdays import DAY

DUE: Final[ColumnElement[date]] = func.coalesce(Item.due_reset, Item.due_effective)
"""现行时限."""


def listed(viewer: Viewer) -> Select[Any]:
    """The ledger's items. A form still with its drafters is listed for its own drafter only."""
    return visible(viewer, Item).where(
        or_(Item.state.not_in(DRAFTING), Item.drafter_id == viewer.person_id)
    )


def within(day: Any, first: date | None, last: date | None) -> ColumnElement[bool]:
    """The day lies between two, both included; None: no bound. What has no day lies nowhere."""
    clauses = [day >= first] if first else []
    clauses += [day <= last] if last else []
    return and_(day.is_not(None), *clauses)


def of_term(first: date | None, last: date | None) -> ColumnElement[bool]:
    """The items that belong to a term: by the day of 立项备案, before it by that of their form.

    Two spans, each of which an index finds, and not one over the day that counts.
    """
    unfiled: list[ColumnElement[bool]] = [Item.filed_on.is_(None)]
    unfiled += [Item.created_at >= shanghai_instant(first)] if first else []
    unfiled += [Item.created_at < shanghai_instant(last + DAY)] if last else []
    return or_(within(Item.filed_on, first, last), and_(*unfiled))


def filed(first: date | None, last: date | None) -> ColumnElement[bool]:
    """立项数: a number was given in the period, and not voided since."""
    return and_(within(Item.filed_on, first, last), Item.state != "void")


def closed(first: date | None, last: date | None) -> ColumnElement[bool]:
    """销号数: struck off in the period, and not taken up again since (恢复督办)."""
    return and_(within(Item.closed_on, first, last), Item.state.in_(DONE))
