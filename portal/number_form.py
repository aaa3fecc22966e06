"""核验码 typed by hand: of a sheet that is looked for, or of a scan whose code was not read."""

from __future__ import annotations

import uuid

from wtforms import StringField
from wtforms.validators import InputRequired, Length, ValidationError

from portal.documents.control import id_of, number_of
from portal.plain_forms import PlainForm

WRONG = "核验码有误，请对照纸件逐组核对：共七组，每组四个字符。"


class NumberForm(PlainForm):
    """核验码."""

    number = StringField(
        "核验码",
        validators=[InputRequired("请填写核验码。"), Length(max=400, message=WRONG)],
        description="印在文书左下角，共七组；大小写、空格和连字符不限。",
    )
    public_id: uuid.UUID | None = None

    def validate_number(self, field: StringField) -> None:
        """A slip is found without asking anything."""
        self.public_id = id_of(field.data or "")
        if self.public_id is None:
            raise ValidationError(WRONG)

    @property
    def written(self) -> str:
        """The number as it is printed, once it was found right."""
        return number_of(self.public_id) if self.public_id is not None else ""
