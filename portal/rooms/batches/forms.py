"""The forms of a paper: its words, and the drafts it is made into."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from wtforms import BooleanField, DateField, Field, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from portal.attachments.checking import Sound
from portal.attachments.forms import FilesField, WithFiles
from portal.attachments.refusal import FileRefused
from portal.extensions import db
from portal.forms import ActForm, DeclaredForm, clean
from portal.printed_texts import can_be_printed
from portal.rooms.batches.commands import Wanted
from portal.rooms.batches.minutes.proposing import Proposal, units_named
from portal.rooms.batches.minutes.titles import REQUIREMENT_LENGTH, TITLE_LENGTH
from portal.rooms.batches.minutes.units import Directory
from portal.rooms.batches.minutes.word_files import text_of
from portal.rooms.batches.warnings import Planned
from portal.rulebook import offers, periods, policy
from portal.rulebook.date_phrases import NotADeadline, Phrase, read
from portal.rulebook.periods import Period
from portal.scanned_forms import ScannedTexts, no_secrets
from portal.steps.registration.commands import ItemFields
from portal.web import viewer

WORDS_LENGTH = 50_000
"""Characters of one paper."""
REF_LENGTH = 200
NO_WORDS = "请粘贴纪要全文，或上传docx文件。"


class PaperForm(WithFiles, DeclaredForm):
    """会议纪要: its words, or its docx."""

    secret = StringField(widget=HiddenInput(), default="no")
    words = TextAreaField(
        "纪要全文", validators=[no_secrets, Length(max=WORDS_LENGTH)], filters=[clean]
    )
    files = FilesField("纪要文件", most=1)

    text = ""
    """What is to be read, once the form is validated."""

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """One of both: words, or a file whose words can be read."""
        if not super().validate(*args, **kwargs):
            return False
        if self.words.data and self.file:
            self.files.errors = ["纪要全文和纪要文件只提供一项。"]
        elif self.file:
            self._read(self.file)
        elif self.words.data:
            self.text = self.words.data
        else:
            self.words.errors = [NO_WORDS]
        return not self.errors

    @property
    def file(self) -> Sound | None:
        """The uploaded file, looked into."""
        return next(iter(self.sound_files), None)

    def _read(self, file: Sound) -> None:
        if file.kind.name != "docx":
            self.files.errors = ["只能读取docx文件；其他格式请另存为docx，或粘贴纪要全文。"]
            return
        try:
            self.text = clean(text_of(file.stream))
        except FileRefused as refused:
            self.files.errors = [str(refused)]
            return
        if not self.text:
            self.files.errors = ["文件中没有可以读取的文字，请粘贴纪要全文。"]
        elif len(self.text) > WORDS_LENGTH:
            self.files.errors = [f"纪要超过{WORDS_LENGTH}字，请分次立项。"]


class RowFields(NamedTuple):
    """The fields of one matter, for the template."""

    seq: int
    proposal: Proposal
    taken: Field
    title: Field
    requirement: Field
    lead_unit: Field
    co_units: Field
    level: Field
    term: Field

    @property
    def texts(self) -> tuple[Field, ...]:
        """Those that a person types or chooses."""
        return self[3:]


class DraftsForm(ScannedTexts, ActForm):
    """All matters of a paper. Made for them by `drafts_form`."""

    proposals: tuple[Proposal, ...] = ()
    directory: Directory
    source_type = SelectField("事项来源", validators=[InputRequired("请选择事项来源。")])
    source_ref = StringField(
        "立项依据",
        validators=[no_secrets, can_be_printed, Length(max=REF_LENGTH)],
        filters=[lambda text: clean(text)],
    )
    source_date = DateField("依据日期", validators=[Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = policy.CURRENT.source_types
        self.source_type.choices = [
            SelectChoice("", "请选择"),
            *(SelectChoice(row.id, row.label) for row in rows),
        ]
        mine = db.session.scalars(offers.units_to_draft_for(viewer()))
        units = [SelectChoice(0, "请选择"), *(SelectChoice(one.id, one.short_name) for one in mine)]
        for line in self.lines:
            line.lead_unit.choices = units

    @property
    def lines(self) -> list[RowFields]:
        """The matters in their order."""
        names = RowFields._fields[2:]
        return [
            RowFields(seq, proposal, *(self[f"row{seq}-{name}"] for name in names))
            for seq, proposal in enumerate(self.proposals, start=1)
        ]

    @property
    def taken(self) -> list[RowFields]:
        """Those that are ticked."""
        return [line for line in self.lines if line.taken.data]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """What is not ticked is not looked at, but for marks of state secrets."""
        super().validate(*args, **kwargs)
        for line in self.lines:
            if line.taken.data:
                self._check(line)
            elif not self.text_stopped:
                for field in line.texts:
                    field.errors = []
        day = self.source_date.data
        if day and day > viewer().moment.day:
            self.source_date.errors = ["依据日期不晚于今天。"]
        return not self.errors

    def _check(self, line: RowFields) -> None:
        if not line.title.data and not line.title.errors:
            line.title.errors = ["请填写事项。"]
        if not line.lead_unit.data:
            line.lead_unit.errors = ["请选择牵头单位。"]
        ids, unknown = units_named(line.co_units.data or "", self.directory)
        if unknown:
            line.co_units.errors = [f"“{'、'.join(unknown)}”不是本校现有单位，请核对。"]
        elif line.lead_unit.data in ids:
            line.co_units.errors = ["协办单位中不应包括牵头单位。"]
        if not line.term.errors:
            self._check_term(line)

    def _check_term(self, line: RowFields) -> None:
        today = viewer().moment.day
        try:
            found = self._phrase(line)
        except NotADeadline as none:
            line.term.errors = [none.reason]
            return
        if found is None:
            return
        if found.doubt:
            line.term.errors = [found.doubt]
            return
        period = found.period._replace(basis=self.source_ref.data or "")
        wrong = periods.problem(policy.CURRENT.level(line.level.data), period, today)
        if wrong is not None and wrong.field == "deadline_basis":
            self.source_ref.errors = ["有明确日期的事项，请写明立项依据。"]
        elif wrong is not None:
            line.term.errors = [wrong.reason]

    def _phrase(self, line: RowFields) -> Phrase | None:
        typed = line.term.data or ""
        return read(typed, viewer().moment.day) if typed else None

    def _period(self, line: RowFields) -> Period:
        try:
            found = self._phrase(line)
        except NotADeadline:
            found = None
        return found.period if found else Period("", None, None)

    def wanted(self) -> list[Wanted]:
        """The checked values of what is ticked."""
        return [Wanted(line.seq, line.proposal.words, self._fields_of(line)) for line in self.taken]

    def _fields_of(self, line: RowFields) -> ItemFields:
        period = self._period(line)
        co_units, _ = units_named(line.co_units.data or "", self.directory)
        return ItemFields(
            title=line.title.data,
            requirement=line.requirement.data,
            lead_unit_id=line.lead_unit.data,
            co_unit_ids=co_units,
            level=line.level.data,
            deadline_kind=period.kind,
            deadline_days=period.days,
            deadline_date=period.date,
            deadline_basis=self.source_ref.data or "" if period.date else "",
        )

    def planned(self) -> list[Planned]:
        """What the warnings are about, of every matter as it stands in the form."""
        return [self._planned(line) for line in self.lines]

    def _planned(self, line: RowFields) -> Planned:
        ids, _ = units_named(line.co_units.data or "", self.directory)
        lead = line.lead_unit.data or None
        units = frozenset({*ids, *([lead] if lead else [])})
        return Planned(line.seq, line.title.data or "", lead, units, self._period(line).date)


def drafts_form(proposals: Sequence[Proposal], directory: Directory) -> type[DraftsForm]:
    """The form's class for the matters of one paper."""
    levels = [SelectChoice(row.number, row.label) for row in policy.CURRENT.levels]
    fields: dict[str, Any] = {"proposals": tuple(proposals), "directory": directory}
    for seq in range(1, len(proposals) + 1):
        fields |= {
            f"row{seq}-taken": BooleanField(f"列入第{seq}项"),
            f"row{seq}-title": _text(f"事项（第{seq}项）", TITLE_LENGTH),
            f"row{seq}-requirement": TextAreaField(
                f"办理要求（第{seq}项）",
                validators=[no_secrets, can_be_printed, Length(max=REQUIREMENT_LENGTH)],
                filters=[clean],
            ),
            f"row{seq}-lead_unit": SelectField(f"牵头单位（第{seq}项）", coerce=int),
            f"row{seq}-co_units": _text(f"协办单位（第{seq}项）", REF_LENGTH),
            f"row{seq}-level": SelectField(f"等级（第{seq}项）", coerce=int, choices=levels),
            f"row{seq}-term": _text(f"完成时限（第{seq}项）", REF_LENGTH),
        }
    return type("DraftsForm", (DraftsForm,), fields)


def _text(label: str, most: int) -> StringField:
    return StringField(
        label,
        validators=[no_secrets, can_be_printed, Length(max=most)],
        filters=[lambda text: " ".join(clean(text).split())],
    )


def proposed(
    proposals: Sequence[Proposal], directory: Directory, mine: Collection[int]
) -> Mapping[str, Any]:
    """What the form shows at first: everything ticked that has a lead unit for which the person
    may draft."""
    found: dict[str, Any] = {}
    for seq, one in enumerate(proposals, start=1):
        co_units = "、".join(directory.units[unit_id].short_name for unit_id in one.co)
        found |= {
            f"row{seq}-taken": one.lead in mine,
            f"row{seq}-title": one.title,
            f"row{seq}-requirement": one.requirement,
            f"row{seq}-lead_unit": one.lead or 0,
            f"row{seq}-co_units": co_units,
            f"row{seq}-level": one.level,
            f"row{seq}-term": one.term.typed,
        }
    return found
