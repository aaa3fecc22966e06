"""The forms of 问责线索: one an act, made of a few common fields."""

from __future__ import annotations

from typing import Any

from wtforms import (
    DateField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.attachments.forms import FilesField, WithFiles
from portal.forms import ActForm, DeclaredForm, choices_of, clean
from portal.person_field import people_of
from portal.printed_texts import can_be_printed
from portal.rulebook.case_words import (
    APPELLANTS,
    BODIES,
    BY_PEOPLE,
    FINDINGS,
    GRADES,
    MEASURES,
    TARGETS,
)
from portal.rulebook.guards import SHORTEST_REASON, Decided
from portal.scanned_forms import ScannedTexts, no_secrets

LENGTH = 1000
NOBODY = SelectChoice("", "不涉及个人")


def _words(label: str, shortest: int = SHORTEST_REASON) -> TextAreaField:
    return TextAreaField(
        label,
        validators=[
            no_secrets,
            can_be_printed,
            Length(shortest, LENGTH, f"请写明情况，不少于{SHORTEST_REASON}个字。"),
        ],
        filters=[clean],
    )


class CaseForm(ScannedTexts, DeclaredForm):
    """An act with words; `values` is what else the act is told."""

    opinion = _words("情况")

    @property
    def values(self) -> dict[str, Any]:
        """What was filled in beside the words."""
        return {"declared": self.declared.data}


class PlainCaseForm(ActForm):
    """An act without words."""

    @property
    def values(self) -> dict[str, Any]:
        """Nothing."""
        return {}


class CheckedForm(WithFiles, CaseForm):
    """核实情况, with what it rests on."""

    opinion = _words("核实情况和依据")
    files = FilesField("核实材料")


class DroppedForm(CheckedForm):
    """不予移送: why, and whether a 正当理由 was found or the clue does not hold."""

    opinion = _words("不予移送的理由")
    justified = RadioField(
        "核实结论",
        choices=choices_of({key: text for key, (text, _value) in FINDINGS.items()}),
        default="y",
    )

    @property
    def values(self) -> dict[str, Any]:
        """With the finding."""
        return {**super().values, "justified": FINDINGS[self.justified.data][1]}


class StatedForm(CheckedForm):
    """陈述申辩 of the unit."""

    opinion = _words("陈述申辩内容")
    files = FilesField("佐证材料")


class ReceivedForm(CheckedForm):
    """代录陈述申辩: when the paper came, what it says, its scan."""

    opinion = _words("陈述申辩内容")
    received_on = DateField("收到日期", validators=[Optional()])
    files = FilesField("扫描件")

    @property
    def values(self) -> dict[str, Any]:
        """With the day."""
        return {**super().values, "received_on": self.received_on.data}


class ReferredForm(CaseForm):
    """提请移送: to whom, and why."""

    opinion = _words("移送理由")
    referred_to = RadioField(
        "移送单位", choices=choices_of(TARGETS), validators=[InputRequired("请选择移送单位。")]
    )

    @property
    def values(self) -> dict[str, Any]:
        """With the offices."""
        return {**super().values, "referred_to": self.referred_to.data}


class ReturnedForm(ScannedTexts, ActForm):
    """退回补充核实."""

    opinion = _words("理由")

    @property
    def values(self) -> dict[str, Any]:
        """Nothing."""
        return {}


class SuggestedForm(CaseForm):
    """处理建议: words of the rule-book or of 事业单位, and the text."""

    opinion = _words("处理建议")
    measures = SelectMultipleField("建议的处理方式", choices=choices_of(MEASURES))
    grade = SelectField("年度考核等次", choices=choices_of(GRADES), default="")

    @property
    def values(self) -> dict[str, Any]:
        """With what is suggested."""
        return {
            **super().values,
            "measures": self.measures.data or [],
            "grade": self.grade.data or "",
        }


class DecidedForm(CaseForm):
    """登记处理决定: by whom, by which minutes, what."""

    opinion = _words("登记说明", shortest=0)
    body = RadioField("作出决定的会议或机关", choices=choices_of(BODIES), default="committee")
    minutes_no = StringField(
        "会议纪要（决定文号）",
        validators=[no_secrets, can_be_printed, Length(max=60)],
        filters=[clean],
    )
    decided_on = DateField("决定日期", validators=[Optional()])
    measures = SelectMultipleField("处理方式", choices=choices_of(MEASURES))
    grade = SelectField("年度考核等次", choices=choices_of(GRADES), default="")
    decision = TextAreaField(
        "处理决定",
        validators=[no_secrets, can_be_printed, Length(max=LENGTH)],
        filters=[clean],
    )

    @property
    def values(self) -> dict[str, Any]:
        """With the decision."""
        decided = Decided(
            self.body.data or "",
            self.minutes_no.data or "",
            self.decided_on.data,
            self.measures.data or [],
            self.grade.data or "",
            self.decision.data or "",
        )
        return {**super().values, "decided": decided}


class ResolvedForm(DecidedForm):
    """申诉复核: what was found, and the decision as it stands now."""

    opinion = _words("复核情况")


class ExecutedForm(CheckedForm):
    """登记执行情况."""

    opinion = _words("执行情况")
    files = FilesField("执行材料")


class AppealedForm(CheckedForm):
    """提出申诉."""

    opinion = _words("申诉理由")
    files = FilesField("佐证材料")


class ReceivedAppealForm(ReceivedForm):
    """代录申诉: whose paper came when, what it says, its scan."""

    opinion = _words("申诉理由")
    appellant = RadioField("申诉人", validate_choice=False)

    def offer(self, *, names_person: bool) -> None:
        """The unit, and whom the case names, if anybody."""
        whose = {key: text for key, text in APPELLANTS.items() if names_person or key == "unit"}
        self.appellant.choices = choices_of(whose)
        if len(whose) == 1:
            self.appellant.data = self.appellant.data or "unit"

    @property
    def values(self) -> dict[str, Any]:
        """With whose it is."""
        return {**super().values, "appellant": self.appellant.data}


class EnteredForm(CheckedForm):
    """登记线索: which unit, whom, which circumstance."""

    opinion = _words("线索内容")
    unit = RadioField("涉及单位", validate_choice=False, coerce=int)
    person = SelectField("涉及人员", validate_choice=False)
    criterion = RadioField(
        "情形", choices=choices_of(BY_PEOPLE), validators=[InputRequired("请选择所依据的情形。")]
    )
    files = FilesField("线索材料")

    def offer(self, units: list[tuple[int, str]]) -> EnteredForm:
        """The units of the item, and the people of the one that is chosen."""
        self.unit.choices = [SelectChoice(id_, name) for id_, name in units]
        known = {id_ for id_, _name in units}
        if self.unit.data not in known:
            self.unit.data = units[0][0] if len(units) == 1 else None
        people = [person for id_ in sorted(known) for person in people_of(id_)]
        self.person.choices = [NOBODY, *people]
        return self

    def people_offered(self) -> set[str]:
        """The ids a person may be named by, of the chosen unit."""
        return {str(choice.value) for choice in people_of(self.unit.data or 0)}
