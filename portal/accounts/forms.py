"""Forms of sign-in, password and 签名图片; the rules for new passwords are in `passwords`."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, StopValidation
from wtforms.widgets import PasswordInput

from portal.accounts.commands import NAME_LENGTH
from portal.accounts.passwords import MAX_LENGTH
from portal.errors import NotOffered
from portal.inking import inked
from portal.plain_forms import PlainForm

_BOUNDED = Length(max=MAX_LENGTH, message=f"不超过{MAX_LENGTH}个字符。")


def _password(label: str, autocomplete: str, *more: EqualTo) -> PasswordField:
    return PasswordField(
        label,
        [InputRequired(f"请填写{label}。"), _BOUNDED, *more],
        render_kw={"autocomplete": autocomplete, "maxlength": MAX_LENGTH},
    )


class SignInForm(PlainForm):
    """工号、密码, and where to go afterwards."""

    username = StringField(
        "工号",
        [InputRequired("请填写工号。"), Length(max=NAME_LENGTH, message="工号过长，请核对。")],
        render_kw={"autocomplete": "username", "maxlength": NAME_LENGTH},
    )
    password = _password("密码", "current-password")
    next = HiddenField()

    def prefill(self, username: str, password: str) -> None:
        """Show a demo account ready to be sent; the only case in which a password is printed."""
        self.username.data = username
        self.password.data = password
        self.password.widget = PasswordInput(hide_value=False)


class PasswordForm(PlainForm):
    """原密码, 新密码 twice."""

    old = _password("原密码", "current-password")
    new = _password("新密码", "new-password")
    again = _password("再次输入新密码", "new-password", EqualTo("new", "两次输入的新密码不一致。"))


class PictureField(FileField):  # type: ignore[misc]  # flask_wtf ships no types
    """A picture of a signature; `drawn` is what will be kept of it."""

    drawn = b""

    def pre_validate(self, _form: PlainForm) -> None:
        """Set `drawn`, or say what is wrong with the picture."""
        if not self.data:
            raise StopValidation("请选择签名图片。")
        try:
            self.drawn = inked(self.data.stream)
        except NotOffered as refused:
            raise StopValidation(refused.reason) from refused


class SignatureForm(PlainForm):
    """签名图片 with the password again: nobody else at this screen stores it."""

    picture = PictureField(
        "签名图片",
        description="PNG或JPG格式，不超过2 MB；深色笔签在白纸上，拍照或扫描均可",
        render_kw={"accept": "image/png,image/jpeg"},
    )
    password = _password("登录密码", "current-password")
