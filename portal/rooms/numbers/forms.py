"""The forms of 编号管理. What is chosen among is worked out anew; the commands check it again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from wtforms import DateField, HiddenField, IntegerField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from portal.forms import OPINION_LENGTH, ActForm, clean
from portal.rooms.numbers.reading import MOST_LINES, Line, filled, read
from portal.rooms.numbers.register import Sequence
from portal.rulebook import numbering
from portal.rulebook.guards import SHORTEST_REASON
from portal.rulebook.numbering import NotANumber, Number
from portal.scanned_forms import ScannedTexts, no_secrets
from portal.web import settings, viewer

MOST_FIRST = 9_999
MOST_GAPS = 100
LONGEST_TEXT = 400_000
DAY = "请填写日期，如2026-11-23。"


def words() -> tuple[str, ...]:
    """The college's 代字, that of the items first."""
    return settings().item_word, settings().urge_word


def _bounded(_form: ActForm, field: TextAreaField) -> None:
    count = len(filled(field.data or ""))
    if count > MOST_LINES:
        raise ValidationError(f"每次不超过{MOST_LINES}行，现有{count}行，请分次导入。")


class OfflineForm(ActForm):
    """线下使用: which number, the next one of a word as shown, and when it was used."""

    number = SelectField("编号", validate_choice=False)
    used_on = DateField("使用日期", validators=[InputRequired(DAY)])
    chosen: Number
    """The number that was chosen, once it is validated."""

    def offer(self, following: Iterable[Number]) -> OfflineForm:
        """The numbers to choose from."""
        self.number.choices = [SelectChoice(str(number), str(number)) for number in following]
        return self

    def validate_number(self, field: SelectField) -> None:
        """A number of the college; whether it is still the next one, the command sees."""
        try:
            self.chosen = numbering.parse(field.data or "", words())
        except NotANumber as error:
            raise ValidationError("请选择编号。") from error


class VoidForm(ScannedTexts, ActForm):
    """空号作废: the gaps, one a line, and why no paper explains them."""

    numbers = TextAreaField(
        "空号", validators=[DataRequired("请填写空号，每行一个。"), no_secrets], filters=[clean]
    )
    opinion = TextAreaField(
        "作废原因",
        validators=[
            no_secrets,
            Length(SHORTEST_REASON, OPINION_LENGTH, f"请写明原因，不少于{SHORTEST_REASON}个字。"),
        ],
        filters=[clean],
    )
    chosen: list[Number]
    """The numbers that were typed, each once, once they are validated."""

    def validate_numbers(self, field: TextAreaField) -> None:
        """Every line a number, none too many."""
        if len(filled(field.data)) > MOST_GAPS:
            raise ValidationError(f"每次不超过{MOST_GAPS}个空号。")
        lines = read(field.data, words(), viewer().moment.day)
        wrong = [f"第{line.place}行：{line.wrong}" for line in lines if line.wrong]
        if wrong:
            raise ValidationError("".join(wrong))
        self.chosen = list(dict.fromkeys(line.number for line in lines if line.number))


class StartForm(ActForm):
    """年度首号: a sequence without a number yet, and its first one."""

    sequence = SelectField("编号序列", validate_choice=False)
    first = IntegerField(
        "首号",
        validators=[
            InputRequired("请填写首号。"),
            NumberRange(1, MOST_FIRST, f"请填写1至{MOST_FIRST}之间的整数。"),
        ],
    )
    chosen: Sequence
    """The sequence that was chosen, once it is validated."""

    def offer(self, sequences: Iterable[Sequence]) -> StartForm:
        """The sequences to choose from."""
        self.sequence.choices = [
            SelectChoice(f"{word}/{year}", f"{word}〔{year}〕") for word, year in sequences
        ]
        return self

    def validate_sequence(self, field: SelectField) -> None:
        """One of the college, of this year or the next; whether untouched, the command sees."""
        found = [
            one for one in startable(viewer().moment.day) if f"{one[0]}/{one[1]}" == field.data
        ]
        if not found:
            raise ValidationError("请选择编号序列。")
        self.chosen = found[0]


def startable(today: date) -> list[Sequence]:
    """The sequences whose start may be set, unless they have begun: this year's and the next's."""
    return [(word, year) for year in (today.year, today.year + 1) for word in words()]


class HistoryForm(ScannedTexts, ActForm):
    """历史编号导入: the pasted lines; `shown` names the plan that was looked at."""

    text = TextAreaField(
        "历史编号",
        validators=[
            DataRequired("请粘贴历史编号，每行一个。"),
            no_secrets,
            Length(max=LONGEST_TEXT, message=f"内容不超过{LONGEST_TEXT}个字，请分次导入。"),
            _bounded,
        ],
        filters=[clean],
    )
    shown = HiddenField()

    @property
    def lines(self) -> list[Line]:
        """What was pasted, read."""
        return read(self.text.data or "", words(), viewer().moment.day)
