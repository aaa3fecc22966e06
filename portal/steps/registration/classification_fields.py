"""密级标识 on the form of 立项."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice

from portal.rulebook import policy
from portal.steps.registration.classification import Marking, may_publish
from portal.web import viewer

REVIEWED = "已进行保密审查"
ORDER = ("internal", "sensitive", "public")
"""The usual one first."""


class ClassifiedFields:
    """Mixed into the form; the template includes `steps/registration/_classification.html`."""

    classification = RadioField("密级标识", default="internal")
    reviewed = BooleanField(REVIEWED)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = ORDER if may_publish(viewer()) else ORDER[:2]
        rows = [policy.CURRENT.classification(id_) for id_ in offered]
        self.classification.choices = [SelectChoice(row.id, row.label) for row in rows]

    @property
    def publishes(self) -> bool:
        """Whether 公开 is offered, and with it the tick."""
        return len(self.classification.choices) == len(ORDER)

    @property
    def marked(self) -> bool:
        """Whether something else than 内部 is chosen, or to be mended."""
        wrong = self.classification.errors or self.reviewed.errors
        return bool(wrong) or self.classification.data not in (None, "internal")

    def marking(self) -> Marking | None:
        """The checked values; None from a form that does not ask."""
        if not self.classification.raw_data:
            return None
        return Marking(self.classification.data, bool(self.reviewed.data))
