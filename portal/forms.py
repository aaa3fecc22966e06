"""The fields every act's form carries: the version seen, the act's own key, an opinion."""

from __future__ import annotations

import base64
import io
import re
import unicodedata
import uuid
from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField, Field, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, StopValidation
from wtforms.widgets import HiddenInput

from portal.errors import NotOffered
from portal.inking import inked
from portal.plain_forms import PlainForm
from portal.printed_texts import can_be_printed
from portal.rulebook.guards import SHORTEST_REASON
from portal.scanned_forms import no_marks

DECLARATION = "本人确认内容及附件不涉及国家秘密"
OPINION_LENGTH = 500
NEXT = "next"
LATEST_VERSION = 2**31 - 1
BROKEN = "表单已失效，请刷新页面后重新填写。"
DRAWN = "data:image/png;base64,"
UNREADABLE_INK = "手写签名无法识别，请清除后重新签名，或不使用手写签名。"
UNSEEN = ("Cc", "Cf", "Cs")
_BREAKS = re.compile("\r\n?|[\v\f\u2028\u2029]")
_BLANKS = re.compile("[\u00a0\u2000-\u200a\u202f\u205f]")
_DOT_IN_A_NAME = re.compile(
    "(?<=[\u4e00-\u9fff])[\u2022\u30fb\u2027\u2219\u22c5\uff65](?=[\u4e00-\u9fff])"
)


def clean(text: str | None) -> str:
    """What people type or paste: normalised, without control characters; line breaks stay.

    Signs nobody sees go too (Cf: zero width, direction): a title may not read as another one. What
    Word brings along becomes what it stands for: its soft breaks, its blanks; • ・ between two
    characters of a name the · by which it is found (SPEC §8.9).
    """
    if not text:
        return ""
    text = _BLANKS.sub(" ", _BREAKS.sub("\n", unicodedata.normalize("NFC", text)))
    text = _DOT_IN_A_NAME.sub("\u00b7", text)
    return "".join(
        sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in UNSEEN
    ).strip()


def choices_of(labels: Mapping[str, str]) -> list[SelectChoice]:
    """The choices of a field from words by their value."""
    return [SelectChoice(value, label) for value, label in labels.items()]


class KeyField(HiddenField):  # type: ignore[misc]  # wtforms ships no types
    """The idempotency key of an act, made with the form."""

    data: uuid.UUID | None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a UUID; anything else counts as a broken form."""
        try:
            self.data = uuid.UUID(valuelist[0]) if valuelist else None
        except ValueError as error:
            self.data = None
            raise ValueError(BROKEN) from error


class VersionField(IntegerField):  # type: ignore[misc]  # wtforms ships no types
    """The version of the item that the person saw."""

    widget = HiddenInput()
    data: int | None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a number that the database holds, or nothing; anything else is a broken form."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(BROKEN) from error
        if self.data is not None and not 0 <= self.data <= LATEST_VERSION:
            self.data = None
            raise ValueError(BROKEN)


class ActForm(PlainForm):
    """The form of one act. `seen` is the item's version the person saw; `key` makes it one act.

    `acting_as` answers 「以何种身份办理？」; it is asked only of who holds several capacities.
    `then` says where to go on from the page of one signature: to the next one that waits (NEXT),
    or to the one that the page announces (`Decision.key`).
    """

    seen = VersionField(validators=[Optional()])
    key = KeyField()
    acting_as = HiddenField(validators=[Length(max=60)])
    then = HiddenField(validators=[Length(max=80)])
    ground = ""
    """The article by which the act was refused; empty if it was not."""

    def __init__(self, *args: Any, version: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_submitted():
            self.renew(version)
        self.name_ids("f")

    def name_ids(self, prefix: str) -> None:
        """Give the fields ids of their own: several panels stand on one page."""
        for field in self:
            field.id = f"{prefix}-{field.name}"

    def renew(self, version: int | None) -> None:
        """A new key for a form that is shown again, and the version that it was shown with: the
        same one, unless the person is told what was done since."""
        self.key.data = uuid.uuid4()
        self.seen.data, self.seen.raw_data = version, None

    def put_back(self, texts: Mapping[str, str]) -> None:
        """What was written into this form before, by the names of its fields."""
        for field in self.texts:
            if field.name in texts and isinstance(field, StringField | TextAreaField):
                field.data = texts[field.name]

    @property
    def texts(self) -> list[Field]:
        """The visible fields, in order."""
        return [field for field in self if not isinstance(field.widget, HiddenInput)]


class InkField(HiddenField):  # type: ignore[misc]  # wtforms ships no types
    """A signature drawn on the screen, a PNG in a data address; `drawn` is what is kept of it."""

    data: str | None
    drawn = b""

    def pre_validate(self, _form: PlainForm) -> None:
        """Read the picture and draw it anew, or say what is wrong with it."""
        if not self.data:
            return
        try:
            picture = base64.b64decode(self.data.removeprefix(DRAWN), validate=True)
            self.drawn = inked(io.BytesIO(picture))
        except ValueError as error:
            raise StopValidation(UNREADABLE_INK) from error
        except NotOffered as refused:
            raise StopValidation(UNREADABLE_INK) from refused


class OpinionForm(ActForm):
    """An act with an opinion of at most 500 characters; empty is allowed. `ink`: signed by hand on
    the screen, if wished, instead of with the stored picture or the typed name."""

    opinion = TextAreaField(
        "您的意见",
        validators=[no_marks, can_be_printed, Length(max=OPINION_LENGTH)],
        filters=[clean],
    )
    ink = InkField()


class ReasonForm(ActForm):
    """An act that needs a reason: 退回, 不予立项 (SPEC §2.3)."""

    opinion = TextAreaField(
        "理由",
        validators=[
            no_marks,
            can_be_printed,
            Length(SHORTEST_REASON, OPINION_LENGTH, f"请写明理由，不少于{SHORTEST_REASON}个字。"),
        ],
        filters=[clean],
    )


class DeclaredForm(ActForm):
    """An act that brings in text: the writer declares that it holds no state secret."""

    declared = BooleanField(DECLARATION, validators=[InputRequired("请勾选确认后再提交。")])
