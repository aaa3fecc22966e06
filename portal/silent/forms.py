"""The second step on a new telephone."""

from wtforms import PasswordField
from wtforms.validators import InputRequired, Length

from portal.accounts.passwords import MAX_LENGTH
from portal.plain_forms import PlainForm


class ConfirmForm(PlainForm):
    """The password, once a telephone."""

    password = PasswordField(
        "登录密码",
        [
            InputRequired("请填写登录密码。"),
            Length(max=MAX_LENGTH, message=f"不超过{MAX_LENGTH}个字符。"),
        ],
        render_kw={"autocomplete": "current-password", "maxlength": MAX_LENGTH},
    )
