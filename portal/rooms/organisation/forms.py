"""The forms of 单位、人员、任职、分管分工. `shown` is what the page showed before: the row as it
stood, or what the change would move."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.accounts import finding
from portal.accounts.pinyin import normalise_name
from portal.codes import SIGNS
from portal.forms import ActForm, ReasonForm, clean
from portal.models import Person, Unit
from portal.printed_texts import can_be_printed
from portal.rooms.organisation.keeping import person_by_id
from portal.rooms.organisation.people import PersonFields
from portal.rooms.organisation.posts import ROLES, Post
from portal.rooms.organisation.units import KINDS, UnitFields
from portal.scanned_forms import no_marks

LONGEST_NAME = 60
LONGEST_ID = 64
NAME_LENGTH = (2, 12)
READING = re.compile(r"[a-z]{1,6}( [a-z]{1,6}){0,11}")
SCREEN = r"[a-z][a-z0-9]{2,19}\Z"
SEPARATORS = re.compile(r"[、，,;；|\n]+")
DAY = "请填写日期。"


def split(text: str | None) -> tuple[str, ...]:
    """Several words of one field, each once, in order."""
    parts = (part.strip() for part in SEPARATORS.split(text or ""))
    return tuple(dict.fromkeys(part for part in parts if part))


def name_of(text: str | None) -> str:
    """A name as it is stored."""
    return normalise_name(clean(text))


def _text(label: str, longest: int, *more: object, needed: bool = True) -> StringField:
    first = InputRequired(f"请填写{label}。") if needed else Optional()
    bound = Length(max=longest, message=f"{label}不超过{longest}个字。")
    return StringField(label, validators=[first, no_marks, *more, bound], filters=[clean])


def _code(label: str, longest: int = 20, *, needed: bool = True) -> StringField:
    first = InputRequired(f"请填写{label}。") if needed else Optional()
    form = Regexp(rf"{SIGNS}\Z", message=f"{label}只能包含字母、数字和 . _ - @。")
    return StringField(label, validators=[first, Length(max=longest), form], filters=[clean])


class UnitForm(ActForm):
    """A unit's own facts."""

    name = _text("全称", LONGEST_NAME, can_be_printed)
    short_name = _text("简称", 20, can_be_printed)
    aliases = _text("别名", 200, needed=False)
    kind = SelectField("类别", choices=[SelectChoice(kind, kind) for kind in KINDS])
    place = IntegerField("排序", validators=[InputRequired("请填写排序。"), NumberRange(1, 999)])
    shown = HiddenField()

    def fields(self) -> UnitFields:
        """What was typed, once validated."""
        return UnitFields(
            self.name.data,
            self.short_name.data,
            split(self.aliases.data),
            self.kind.data,
            self.place.data,
        )

    def fill(self, unit: Unit, shown: str) -> UnitForm:
        """As the row stands."""
        self.name.data, self.short_name.data = unit.name, unit.short_name
        self.aliases.data, self.kind.data = "、".join(unit.aliases), unit.kind
        self.place.data, self.shown.data = unit.sort_no, shown
        return self


class NewUnitForm(UnitForm):
    """A unit that begins."""

    code = _code("代码")
    valid_from = DateField("设立日期", validators=[InputRequired(DAY)])


class EndUnitForm(ReasonForm):
    """A unit that ends, or goes into another."""

    last_day = DateField("最后一天", validators=[InputRequired(DAY)])
    into = SelectField("并入单位")
    shown = HiddenField()

    def offer(self, units: Sequence[Unit], own: Unit) -> EndUnitForm:
        """The units that it may go into."""
        others = [SelectChoice(unit.code, unit.name) for unit in units if unit.id != own.id]
        self.into.choices = [SelectChoice("", "不并入其他单位"), *others]
        return self


class PersonForm(ActForm):
    """A person's own facts."""

    name = _text("姓名", LONGEST_NAME, can_be_printed)
    readings = _text("读音", 100, needed=False)
    rank = IntegerField("校领导排名", validators=[Optional(), NumberRange(1, 99)])
    sort_no = IntegerField("排序", validators=[Optional(), NumberRange(1, 99999)])
    phone = StringField(
        "手机号",
        validators=[Optional(), Regexp(r"\+?[0-9-]{5,20}\Z", message="手机号只能包含数字。")],
        filters=[clean],
    )
    email = StringField(
        "邮箱",
        validators=[
            Optional(),
            Length(max=LONGEST_ID),
            Regexp(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z", message="邮箱格式不正确。"),
        ],
        filters=[clean],
    )
    wecom_userid = _code("企业微信账号", LONGEST_ID, needed=False)
    dingtalk_userid = _code("钉钉账号", LONGEST_ID, needed=False)
    shown = HiddenField()

    def validate_name(self, field: Field) -> None:
        """Signs are counted, not bytes (SPEC §8.9)."""
        least, most = NAME_LENGTH
        if not least <= len(name_of(field.data)) <= most:
            raise ValidationError(f"姓名为{least}至{most}个字。")

    def validate_readings(self, field: Field) -> None:
        """Syllables without tones."""
        for reading in split(field.data):
            if not READING.fullmatch(reading):
                raise ValidationError("读音用小写拼音，音节之间空一格，多个读音用“、”分隔。")

    def fields(self) -> PersonFields:
        """What was typed, once validated."""
        return PersonFields(
            name_of(self.name.data),
            split(self.readings.data),
            self.rank.data,
            self.sort_no.data or 9999,
            self.phone.data or "",
            self.email.data or "",
            self.wecom_userid.data or "",
            self.dingtalk_userid.data or "",
        )

    def fill(self, person: Person, shown: str) -> PersonForm:
        """As the row stands."""
        for name in ("name", "sort_no", "phone", "email", "wecom_userid", "dingtalk_userid"):
            self[name].data = getattr(person, name)
        self.readings.data = person.pinyin.replace("|", "、")
        self.rank.data, self.shown.data = person.rank_no, shown
        return self


class NewPersonForm(PersonForm):
    """Somebody who comes."""

    emp_no = _code("工号")


class DisplayForm(ActForm):
    """The sign-in name of a screen on a wall."""

    username = StringField(
        "登录名",
        validators=[
            InputRequired("请填写登录名。"),
            Regexp(SCREEN, message="请用小写字母和数字，以字母开头，3至20个字符。"),
        ],
        filters=[clean],
    )


class PostForm(ActForm):
    """One appointment."""

    unit = SelectField("单位")
    role = SelectField("角色", choices=[SelectChoice(*role) for role in ROLES.items()])
    post = _text("职务", 40, can_be_printed)
    is_primary = BooleanField("主要任职")
    acting_head = BooleanField("主持工作")
    valid_from = DateField("起始日期", validators=[InputRequired(DAY)])
    valid_to = DateField("截止日期", validators=[Optional()])
    shown = HiddenField()

    def offer(self, units: Sequence[Unit]) -> PostForm:
        """The units somebody can hold a post in."""
        choices = [SelectChoice(unit.code, unit.name) for unit in units]
        self.unit.choices = [SelectChoice("", "学校"), *choices]
        return self

    def asked(self, person: Person, units: Iterable[Unit]) -> Post:
        """What was typed, once validated."""
        by_code = {unit.code: unit for unit in units}
        return Post(
            person,
            by_code.get(self.unit.data),
            self.post.data,
            self.role.data,
            bool(self.is_primary.data),
            bool(self.acting_head.data),
            self.valid_from.data,
            self.valid_to.data,
        )


class EndPostForm(ReasonForm):
    """The last day of a post."""

    last_day = DateField("最后一天", validators=[InputRequired(DAY)])
    shown = HiddenField()


class CancelPostForm(ReasonForm):
    """Why a post that has not begun is taken back."""

    shown = HiddenField()


class PortfolioForm(ReasonForm):
    """Who is in charge of which units, from when on."""

    leader = SelectField("校领导")
    units = SelectMultipleField(
        "分管、联系的单位",
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[InputRequired("请选择单位。")],
    )
    valid_from = DateField("生效日期", validators=[InputRequired(DAY)])
    shown = HiddenField()

    def offer(self, leaders: Sequence[Person], units: Sequence[Unit], day: date) -> PortfolioForm:
        """The leaders by rank, the units in order."""
        self.leader.choices = [SelectChoice(one.emp_no, one.name) for one in leaders]
        self.units.choices = [SelectChoice(unit.code, unit.name) for unit in units]
        if self.valid_from.data is None and not self.is_submitted():
            self.valid_from.data = day
        return self


class GrantForm(ReasonForm):
    """A role of the whole college, for one person."""

    person = StringField("人员", validators=[InputRequired("请填写工号。")], filters=[clean])
    role = SelectField("角色")
    unit = SelectField("单位")
    post = _text("职务", 40, can_be_printed)
    valid_from = DateField("起始日期", validators=[InputRequired(DAY)])
    valid_to = DateField("截止日期", validators=[Optional()])
    day: date
    found: Person
    """Who is meant, once it is validated."""

    def offer(self, roles: dict[str, str], units: Sequence[Unit], day: date) -> GrantForm:
        """The roles, the units; from today on."""
        self.role.choices = [SelectChoice(*role) for role in roles.items()]
        choices = [SelectChoice(unit.code, unit.name) for unit in units]
        self.unit.choices = [SelectChoice("", "学校"), *choices]
        self.day = day
        if not self.is_submitted():
            self.valid_from.data = day
        return self

    def validate_person(self, field: Field) -> None:
        """Exactly one person of the college, by 工号, name or pinyin."""
        found = finding.find(field.data or "", self.day)
        if len(found) != 1:
            raise ValidationError("没有找到此人，或有多人符合，请填写工号。")
        self.found = person_by_id(found[0].person_id)
