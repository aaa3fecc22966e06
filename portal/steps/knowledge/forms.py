"""The form of 增加知悉人."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from portal.extensions import db
from portal.forms import ReasonForm
from portal.models import Item, ItemUnit, Unit
from portal.person_field import PersonField, everybody

WHOLE = SelectChoice(0, "全部内容")


class PersonForm(ReasonForm):
    """Who, and why."""

    person = PersonField("知悉人")


class GrantForm(PersonForm):
    """Who, of what, and why."""

    part = SelectField("知悉内容", coerce=int, default=0)

    def __init__(self, *args: Any, item: Item, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        co_units = db.session.execute(
            select(Unit.id, Unit.short_name)
            .join(ItemUnit, ItemUnit.unit_id == Unit.id)
            .where(ItemUnit.item_id == item.id, ItemUnit.role == "co")
            .order_by(Unit.sort_no)
        )
        own = (SelectChoice(row.id, f"仅{row.short_name}承办部分") for row in co_units)
        self.part.choices = [WHOLE, *own]

    @property
    def everybody(self) -> list[Any]:
        """The persons to choose from."""
        return everybody()


def grant_form(item: Item, _part: Any) -> GrantForm:
    """The form for this item."""
    return GrantForm(item=item, version=item.version)
