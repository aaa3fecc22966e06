"""复制: the form of a new item filled from another one (SPEC §8.3).

Texts, units, level and what was chosen come along; number, attachments, signatures and the dates
of the old one do not.
"""

from __future__ import annotations

import re
from calendar import isleap
from datetime import date
from itertools import count
from typing import Any

from portal.clock import shanghai_day
from portal.models import Item
from portal.steps.registration.forms import ItemForm, contents
from portal.web import viewer


def copy_of(item: Item) -> ItemForm:
    """A new form with the contents of `item`; what is not there any more is left out."""
    today = viewer().moment.day
    given: dict[str, Any] = contents(item)
    given["source_date"] = None
    given["title"] = in_year(item.title, shanghai_day(item.created_at).year, today.year)
    if given.get("deadline_date"):
        given["deadline_date"] = moved_on(given["deadline_date"], today)
    form = ItemForm(data=given)
    there = {option.value for option in form.co_units.choices} - {form.lead_unit.data}
    form.co_units.data = [unit for unit in form.co_units.data if unit in there]
    return form


def moved_on(day: date, today: date) -> date:
    """The same day of the first year in which it has not passed; 29 February becomes the 28th."""
    return next(same for year in count(day.year) if (same := _in(day, year)) >= today)


def _in(day: date, year: int) -> date:
    leap = (day.month, day.day) == (2, 29) and not isleap(year)
    return day.replace(year=year, day=28 if leap else day.day)


def in_year(title: str, old: int, new: int) -> str:
    """「2025年征兵工作」 is 「2026年征兵工作」, 「2025—2026学年」 is 「2026—2027学年」.

    Only years counted from the one in which the old item was drafted move; 「2023年巡察」 stays.
    """

    def moved(found: re.Match[str]) -> str:
        if int(found["year"]) != old:
            return found[0]
        return re.sub(r"\d{4}", lambda year: str(int(year[0]) + new - old), found[0])

    return re.sub(r"(?<!\d)(?P<year>\d{4})(?:[—–－-]\d{4}学)?年", moved, title)
