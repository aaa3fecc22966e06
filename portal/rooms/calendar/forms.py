"""The forms of 工作日历. What is pasted or uploaded is read here; commands see tables only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta

from wtforms import BooleanField, FileField, HiddenField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, ValidationError

from portal.forms import ActForm, clean
from portal.rooms.calendar.checking import (
    A_YEAR,
    LONGEST_HOLIDAY,
    apart,
    span_problems,
    year_problems,
)
from portal.rooms.calendar.reading import Line, Read, Unreadable, Wrong, read
from portal.rooms.calendar.tables import SPANS, Own, read_hours
from portal.scanned_forms import no_marks

LONGEST_TEXT = 20_000
LARGEST_FILE = 200_000
MOST_PROBLEMS = 20
UNREADABLE_FILE = "文件无法读取，请使用导出的表格文件或文本文件。"
NO_TEXT = "请粘贴放假安排或选择文件。"


def _text(label: str, *more: object) -> TextAreaField:
    bound = Length(max=LONGEST_TEXT, message=f"内容不超过{LONGEST_TEXT}个字。")
    return TextAreaField(label, validators=[no_marks, *more, bound], filters=[clean])


class YearForm(ActForm):
    """A year's holidays: pasted, or from a file, whose text then stands in the box."""

    year = SelectField("年份", coerce=int)
    file = FileField("文件")
    text = _text("放假安排", DataRequired(NO_TEXT))
    lines: list[Line]
    source: str
    """What was read, once it is validated."""

    def offer(self, today: date) -> YearForm:
        """The years that may be entered, the next one first in mind."""
        years = range(today.year - 2, today.year + 3)
        self.year.choices = [SelectChoice(year, f"{year}年") for year in years]
        return self

    def validate_file(self, field: FileField) -> None:
        """The file's text takes the place of what was typed."""
        if not field.data:
            return
        content = field.data.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise ValidationError("文件过大，请只保留该年的放假安排。")
        text = clean(_decoded(content))
        self.text.data, self.text.raw_data = text, [text]

    def validate_text(self, field: TextAreaField) -> None:
        """Every line read, every day possible, none twice."""
        if self.year.data is None:  # then the year itself is refused
            return
        found = read(field.data, self.year.data)
        wrong = found.wrong or year_problems(found.lines, self.year.data)
        _refuse(wrong)
        self.lines, self.source = found.lines, found.source


class OwnForm(ActForm):
    """The college's own part: local holidays, terms, vacations, 督办期, hours."""

    local_enabled = BooleanField("启用地方节假日")
    local = _text(SPANS["local"])
    terms = _text(SPANS["terms"])
    vacations = _text(SPANS["vacations"])
    report_periods = _text(SPANS["report_periods"])
    office = _text("作息时间", DataRequired("请填写作息时间。"))
    quiet = _text("免打扰时间", DataRequired("请填写免打扰时间。"))
    own: Own
    """What was read, once it is validated."""

    def validate(self, *args: object, **kwargs: object) -> bool:
        """Every field by itself, then the whole."""
        if not super().validate(*args, **kwargs):
            return False
        self.own = Own(
            bool(self.local_enabled.data),
            {name: _spans(self[name].data).lines for name in SPANS},
            [read_hours(row) for row in self.office.data.splitlines() if row.strip()],
            *_quiet(self.quiet.data),
        )
        return True

    def validate_local(self, field: TextAreaField) -> None:
        """By law the local government grants these days."""
        _check_spans(field, longest=LONGEST_HOLIDAY)

    def validate_terms(self, field: TextAreaField) -> None:
        """Terms do not meet."""
        _check_spans(field)

    def validate_vacations(self, field: TextAreaField) -> None:
        """Nor do vacations meet one another or a term."""
        _check_spans(field)
        _refuse(apart(_spans(self.terms.data).lines, _spans(field.data).lines))

    def validate_report_periods(self, field: TextAreaField) -> None:
        """第二十条: they tile the year, so that every item belongs to a report."""
        _check_spans(field, tiled=True)

    def validate_office(self, field: TextAreaField) -> None:
        """Hours of a working day, in order."""
        hours = _hours(field)
        last = time.min
        for place, (start, end) in enumerate(hours, start=1):
            if not last <= start < end:
                _refuse([Wrong(place, "作息时间应从早到晚，互不重叠")])
            last = end

    def validate_quiet(self, field: TextAreaField) -> None:
        """The night, and the noon if there is one."""
        hours = _hours(field)
        if len(hours) > 2:
            _refuse([Wrong(3, "免打扰时间只填夜间和午间两行")])
        if len(hours) == 2 and not hours[1][0] < hours[1][1]:
            _refuse([Wrong(2, "午间的结束时间应晚于开始时间")])


class ConfirmForm(ActForm):
    """确认启用: `seen` is the version in force that was looked at, `shown` what would move."""

    shown = HiddenField()


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValidationError(UNREADABLE_FILE)


def _spans(text: str | None) -> Read:
    return read(text, None) if text and text.strip() else Read()


def _check_spans(field: TextAreaField, *, tiled: bool = False, longest: timedelta = A_YEAR) -> None:
    found = _spans(field.data)
    wrong = found.wrong or span_problems(
        found.lines, field.label.text, tiled=tiled, longest=longest
    )
    _refuse(wrong)


def _hours(field: TextAreaField) -> list[tuple[time, time]]:
    found = []
    for place, row in enumerate(field.data.splitlines(), start=1):
        try:
            found += [read_hours(row)] if row.strip() else []
        except Unreadable as error:
            _refuse([Wrong(place, str(error))])
    return found


def _quiet(text: str) -> tuple[tuple[time, time], tuple[time, time] | None]:
    hours = [read_hours(row) for row in text.splitlines() if row.strip()]
    return hours[0], hours[1] if len(hours) > 1 else None


def _refuse(wrong: Sequence[Wrong]) -> None:
    if wrong:
        said = "；".join(str(one) for one in wrong[:MOST_PROBLEMS])
        more = f"；等，共{len(wrong)}处" if len(wrong) > MOST_PROBLEMS else ""
        raise ValidationError(f"{said}{more}。")
