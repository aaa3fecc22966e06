"""The forms of 涉密误录处置. None asks for words about what was seen: they would hold it again."""

from __future__ import annotations

import uuid

from wtforms import BooleanField, RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.forms import ActForm, choices_of, clean
from portal.printed_texts import can_be_printed
from portal.rulebook.guards import SHORTEST_REASON
from portal.rulebook.spills import ABOUT, OUTCOMES, RELEASED
from portal.scanned_forms import ScannedTexts, no_secrets

LENGTH = 200


class ReportForm(ActForm):
    """报告疑似涉密: where it was seen."""

    about = RadioField(
        "发现的位置", choices=choices_of(ABOUT), validators=[InputRequired("请选择发现的位置。")]
    )
    sure = BooleanField(
        "本人知悉报告后本事项立即对所有人员隔离",
        validators=[InputRequired("请勾选确认后再报告。")],
    )


class DecisionForm(ScannedTexts, ActForm):
    """处置: what is to become of it, of which files, why it is no secret."""

    outcome = RadioField(
        "处置方式", choices=choices_of(OUTCOMES), validators=[InputRequired("请选择处置方式。")]
    )
    files = SelectMultipleField("附件", validate_choice=False, coerce=str)
    opinion = TextAreaField(
        "说明",
        validators=[no_secrets, can_be_printed, Length(max=LENGTH)],
        filters=[clean],
    )
    sure = BooleanField(
        "本人已与报告人线下核对；清除后不能恢复",
        validators=[InputRequired("请勾选确认后再处置。")],
    )

    def wrong(self) -> dict[str, str]:
        """What the fields say together: who lets it go says why."""
        said = (self.opinion.data or "").strip()
        if self.outcome.data == RELEASED and len(said) < SHORTEST_REASON:
            return {"opinion": f"解除隔离的，请写明核实情况，不少于{SHORTEST_REASON}个字。"}
        return {}

    @property
    def chosen(self) -> list[uuid.UUID]:
        """The files that were ticked; what is no address of one is none."""
        found = []
        for given in self.files.data or []:
            try:
                found.append(uuid.UUID(given))
            except ValueError:
                continue
        return found
