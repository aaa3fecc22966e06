"""The forms of a report, of 合并计入本期."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from typing import Any

from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, Optional, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from portal.attachments.forms import FilesField, WithFiles
from portal.extensions import db
from portal.filters import full_date
from portal.forms import ActForm, DeclaredForm, OpinionForm, clean
from portal.models import Feedback, FeedbackPoint, Item
from portal.printed_texts import can_be_printed
from portal.rulebook import reporting
from portal.rulebook.guards import co_units_waited_for
from portal.scanned_forms import no_secrets
from portal.steps.execution import queries
from portal.steps.execution.commands import HandIn, ReportFields, draft_of
from portal.web import viewer

REPORT_LENGTH, RESULT_LENGTH = 2000, 400
EXTRA = SelectChoice(0, "不对应期次")
NEEDED = ("measures", "progress", "next_steps")
"""第十六条（五）: what a report says in any case; with 本期无新进展 only the reason."""


def _needed(form: ReportTexts, field: Any) -> None:
    """Asked unless the draft is only kept, or the report says 本期无新进展."""
    if (field.data or "").strip() or form.loose:
        return
    if form.no_progress.data and field.short_name != "progress":
        return
    label = "原因" if form.no_progress.data else field.label.text
    raise StopValidation(f"请填写{label}。")


def _text(label: str, *, needed: bool = False) -> TextAreaField:
    checks = [no_secrets, can_be_printed, Length(max=REPORT_LENGTH)]
    return TextAreaField(
        label, validators=[_needed, *checks] if needed else checks, filters=[clean]
    )


class ReportTexts(WithFiles, DeclaredForm):
    """The five fields of 第十六条（五）, the progress, the instalment it answers."""

    # What the choices are the command judges: of a form sent twice the first has taken them.
    point = SelectField("对应期次", coerce=int, default=0, validate_choice=False)
    no_progress = BooleanField("本期无新进展")
    measures = _text("办理举措", needed=True)
    progress = _text("进展情况", needed=True)
    effect = _text("取得成效")
    problems = _text("存在问题")
    next_steps = _text("下一步工作思路", needed=True)
    percent = IntegerField(
        "办理进度",
        validators=[Optional(), NumberRange(0, 100, "请填写0至100之间的整数。")],
    )
    loose = False

    def __init__(self, *args: Any, item: Item, unit_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item, self.unit_id = item, unit_id
        self.lead = unit_id == item.lead_unit_id
        self.point.choices = _points(item, unit_id) if self.lead else [EXTRA]

    def validate(self, extra_validators: Any = None) -> bool:
        """办理进度 is given unless the draft is only kept."""
        sound: bool = super().validate(extra_validators)
        if not self.loose and self.percent.data is None and not self.percent.errors:
            self.percent.errors = ["请填写办理进度。"]
            sound = False
        return sound

    def fields(self) -> ReportFields:
        """The checked values; what the form does not ask is not so."""
        given = {field.name: self[field.name].data for field in fields(ReportFields)
                 if field.name in self}  # fmt: skip
        return ReportFields(**{**given, "percent": given["percent"] or 0})


def _points(item: Item, unit_id: int) -> list[SelectChoice]:
    """The instalments to choose from; a report that came back keeps its own."""
    back = queries.returned(item, unit_id)
    if back is not None:
        own = db.session.get(FeedbackPoint, back.point_id) if back.point_id else None
        return [_choice(own) if own else EXTRA]
    return [*(_choice(row) for row in reporting.open_points(item)), EXTRA]


def _choice(point: FeedbackPoint) -> SelectChoice:
    return SelectChoice(point.id, f"{point.title}（{full_date(point.due)}前）")


class ReportForm(ReportTexts):
    """书面报告 on screen: what goes with the report besides."""

    merged = SelectMultipleField(
        "汇总协办单位反馈",
        coerce=int,
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    final = BooleanField("本单位协办任务已完成")
    closing = BooleanField("本次反馈即申请办结")
    result_text = TextAreaField(
        "办结情况",
        validators=[no_secrets, can_be_printed, Length(max=RESULT_LENGTH)],
        filters=[clean],
    )
    without_co_units = BooleanField("协办单位未按时提供")
    files = FilesField("佐证材料")

    def __init__(self, *args: Any, item: Item, unit_id: int, **kwargs: Any) -> None:
        super().__init__(*args, item=item, unit_id=unit_id, **kwargs)
        self.merged.choices = [
            SelectChoice(part.id, f"{unit}：{part.progress}")
            for part, unit in (queries.waiting_for_lead(viewer(), item) if self.lead else ())
        ]
        self.co_units = co_units_waited_for(item)

    @classmethod
    def begun(cls, item: Item, unit_id: int, prefix: str = "") -> ReportForm:
        """The form for an empty report, or for what the unit is writing on; `prefix` keeps it apart
        from others of the same page."""
        draft = draft_of(item, unit_id)
        back, proposed = queries.returned(item, unit_id), reporting.proposed_point(item, viewer())
        point_id = back.point_id if back else proposed and proposed.id
        waiting = queries.waiting_for_lead(viewer(), item)
        filled: dict[str, Any] = {
            "point": point_id or 0,
            "merged": [part.id for part, _unit in waiting],
        }
        return cls(
            item=item, unit_id=unit_id, version=item.version, obj=draft, prefix=prefix, **filled
        )

    def loosen(self) -> None:
        """A draft is kept as it is; the declaration and what is missing come when it is sent."""
        self.loose = True
        self.declared.validators = []

    def validate(self, extra_validators: Any = None) -> bool:
        """A closing has its result."""
        sound: bool = super().validate(extra_validators)
        if self.loose:
            return sound
        if self.closing.data and not (self.result_text.data or "").strip():
            self.result_text.errors = [*self.result_text.errors, "请填写办结情况。"]
            sound = False
        return sound

    def with_it(self) -> HandIn:
        """What goes with the report."""
        return HandIn(
            point_id=self.point.data or None,
            merged_ids=tuple(self.merged.data or ()),
            result_text=self.result_text.data if self.closing.data else "",
            without_co_units=bool(self.without_co_units.data),
            files=self.sound_files,
        )


class ReplyForm(OpinionForm):
    """落实批示: what the unit did about a leader's words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.opinion.label.text = "落实情况"


class CoverForm(ActForm):
    """合并计入本期: the missed instalments before this report's own."""

    points = SelectMultipleField(
        "合并的期次",
        coerce=int,
        validators=[DataRequired("请选择期次。")],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def __init__(
        self, *args: Any, points: Collection[FeedbackPoint], before: Feedback, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        # A report beside the plan covers none.
        own = db.session.get_one(FeedbackPoint, before.point_id) if before.point_id else None
        self.points.choices = [
            SelectChoice(row.id, f"{row.title}（{full_date(row.due)}）")
            for row in points
            if own is not None and row.due < own.due
        ]
