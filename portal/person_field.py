"""Fields that name one person: typed or chosen from a list, by name, pinyin or 工号; or chosen from
the people of one unit."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from wtforms import Form, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation

from portal.accounts import finding
from portal.accounts.finding import Somebody
from portal.extensions import db
from portal.forms import clean
from portal.models import Appointment, Person
from portal.rulebook.roles import in_force
from portal.web import viewer

SHOWN = 5


class PersonField(StringField):  # type: ignore[misc]  # wtforms ships no types
    """The text stays as typed; `person_id` is who is meant, once the form is validated.

    The template gives the browser its choices with `macros/people.html`; without them the text
    alone is enough.
    """

    person_id: int | None = None

    def pre_validate(self, _form: Form) -> None:
        """Exactly one person is meant; of several the message names some."""
        typed = clean(self.data)
        if not typed:
            raise StopValidation("请选择人员。")
        found = finding.find(typed, viewer().moment.day)
        if not found:
            raise StopValidation("没有找到此人，请从列表中选择，或填写工号。")
        if len(found) > 1:
            raise StopValidation(f"有多人符合，请填写工号：{_named(found)}。")
        self.person_id = found[0].person_id


def _named(found: list[Somebody]) -> str:
    names = "、".join(f"{one.name}（{one.post}）{one.emp_no}" for one in found[:SHOWN])
    return f"{names}等" if len(found) > SHOWN else names


def people_of(unit_id: int) -> list[SelectChoice]:
    """The unit's persons today, in official order, for a choice."""
    rows = db.session.execute(
        select(Person.id, Person.name)
        .where(Person.active)
        .where(
            Person.id.in_(
                select(Appointment.person_id).where(
                    Appointment.unit_id == unit_id, in_force(Appointment, viewer().moment.day)
                )
            )
        )
        .order_by(Person.sort_no)
    )
    return [SelectChoice(row.id, row.name) for row in rows]


def everybody() -> list[Any]:
    """The choices of every such field."""
    return list(finding.everybody(viewer().moment.day))
