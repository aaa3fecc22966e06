"""A field that names one person: typed or chosen from a list, by name, pinyin or 工号."""

from __future__ import annotations

from typing import Any

from wtforms import Form, StringField
from wtforms.validators import StopValidation

from portal.accounts import finding
from portal.accounts.finding import Somebody
from portal.forms import clean
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


def everybody() -> list[Any]:
    """The choices of every such field."""
    return list(finding.everybody(viewer().moment.day))
