"""The form of 申请办结."""

from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from portal.attachments.forms import FilesField, WithFiles
from portal.forms import DeclaredForm, clean
from portal.scanned_forms import no_secrets

RESULT_LENGTH = 400


class ClosingForm(WithFiles, DeclaredForm):
    """办结情况 as annex 3 prints it, and 佐证材料."""

    result_text = TextAreaField(
        "办结情况",
        validators=[
            DataRequired("请填写办结情况。"),
            no_secrets,
            Length(max=RESULT_LENGTH),
        ],
        filters=[clean],
    )
    files = FilesField("佐证材料")
