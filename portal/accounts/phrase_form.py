"""The form of one 常用语."""

from wtforms import StringField
from wtforms.validators import InputRequired, Length

from portal.accounts.phrases import LONGEST
from portal.forms import clean
from portal.plain_forms import PlainForm
from portal.printed_texts import can_be_printed
from portal.scanned_forms import no_marks


class PhraseForm(PlainForm):
    """One phrase, as it will stand in the box."""

    words = StringField(
        "新常用语",
        [
            InputRequired("请填写常用语。"),
            no_marks,
            can_be_printed,
            Length(max=LONGEST, message=f"不超过{LONGEST}个字。"),
        ],
        filters=[clean],
        description=f"不超过{LONGEST}个字，句号也请写上",
        render_kw={"maxlength": LONGEST},
    )
