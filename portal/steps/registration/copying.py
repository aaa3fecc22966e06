"""复制, 复制上年: the form of a new item filled from another one (SPEC §8.3).

Texts, units, level and what was chosen come along; number, attachments, signatures and the dates
of the old one do not.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Mapping
from datetime import date
from itertools import count
from typing import Any, NamedTuple

from portal.clock import shanghai_day
from portal.models import Item
from portal.rulebook import offers, working_calendar
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.scope import Viewer
from portal.steps.registration.forms import ItemForm, contents
from portal.steps.registration.years import in_year
from portal.web import viewer


class Copy(NamedTuple):
    """The form, and what the drafter should know of it, in sentences."""

    form: ItemForm
    notes: tuple[str, ...] = ()


def copy_of(item: Item) -> Copy:
    """A new form with the contents of `item`; what is not there any more is left out. Dates move on
    by as many years as the title's, a rest day to the next working day (第十八条)."""
    today = viewer().moment.day
    given: dict[str, Any] = contents(item)
    given["source_date"] = None
    drafted = shanghai_day(item.created_at).year
    given["title"] = in_year(item.title, drafted, today.year)
    notes: tuple[str, ...] = ()
    if given.get("deadline_date"):
        same = moved_on(given["deadline_date"], today, years=today.year - drafted)
        given["deadline_date"] = working_calendar.current().roll_forward(same)
        notes = _moved(same, given["deadline_date"])
    return Copy(filled(given), notes)


def filled(given: Mapping[str, Any]) -> ItemForm:
    """A new form with these contents; co-units that are not there any more are left out."""
    form = ItemForm(data=dict(given))
    there = {option.value for option in form.co_units.choices} - {form.lead_unit.data}
    form.co_units.data = [unit for unit in form.co_units.data if unit in there]
    return form


def may_copy(viewer: Viewer, item: Item) -> bool:
    """Whether this person may begin a new form with the contents of this item (第二十一条: never of
    a sensitive one)."""
    return offers.may_draft(viewer) and item.classification != "sensitive"


def of_last_year(item: Item, today: date) -> bool:
    """Whether its copy is 「复制上年」."""
    return shanghai_day(item.created_at).year < today.year


def _moved(same: date, day: date) -> tuple[str, ...]:
    if same == day:
        return ()
    return (f"{long_date(same)}为休息日，完成时限顺延至{long_date(day)}，请核对。",)


def moved_on(day: date, today: date, years: int = 0) -> date:
    """The same day some years on, or of the first year after in which it has not passed; 29
    February becomes the 28th."""
    return next(same for year in count(day.year + years) if (same := _in(day, year)) >= today)


def _in(day: date, year: int) -> date:
    leap = (day.month, day.day) == (2, 29) and not isleap(year)
    return day.replace(year=year, day=28 if leap else day.day)
