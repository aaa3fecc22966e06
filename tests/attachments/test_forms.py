"""A form that takes files, by itself: what is asked for, how many, in which time."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import IntegerField, TextAreaField
from wtforms.validators import Optional

from portal.attachments import forms
from portal.attachments.forms import FilesField, WithFiles
from portal.forms import DeclaredForm
from portal.scanned_forms import no_secrets
from tests.attachments import files
from tests.attachments.kept import given


class Several(WithFiles, DeclaredForm):
    """Text and as many files as a form takes."""

    text = TextAreaField("文字", validators=[no_secrets])
    number = IntegerField("数", validators=[Optional()])
    files = FilesField("材料")


class Scan(WithFiles, DeclaredForm):
    """One file that must be there, as the scan of a paper signature."""

    files = FilesField("扫描件", needed="请上传扫描件。", most=1)


@pytest.fixture
def request_of(college: Flask) -> Iterator[None]:
    """A request that sends a form."""
    with college.test_request_context("/", method="POST"):
        yield


def filled(kind: type[WithFiles], *sent: tuple[str, bytes], **typed: str) -> WithFiles:
    """The form with these files, validated."""
    pairs = [("files", FileStorage(stream, name)) for stream, name in given(*sent)]
    data = MultiDict([*pairs, ("declared", "y"), *typed.items()])
    form: WithFiles = kind(formdata=data, meta={"csrf": False})
    form.validate()
    return form


@pytest.mark.usefixtures("request_of")
def test_sound_files_come_in_the_order_given() -> None:
    """Cleaned names, kinds by content; the streams hold the bytes from their beginning."""
    form = filled(Several, ("/乙/二.pdf", files.pdf()), ("一.JPEG", files.jpg()))
    assert not form.errors
    assert [(one.name, one.kind.name) for one in form.sound_files] == [
        ("二.pdf", "pdf"), ("一.JPEG", "jpg"),
    ]  # fmt: skip
    assert form.sound_files[1].stream.read() == files.jpg()


@pytest.mark.usefixtures("request_of")
@pytest.mark.parametrize(
    ("kind", "count", "errors"),
    [
        (Several, 0, []),
        (Several, 10, []),
        (Several, 11, ["每次最多上传10份文件，请分次提交。"]),
        (Scan, 0, ["请上传扫描件。"]),
        (Scan, 1, []),
        (Scan, 2, ["每次最多上传1份文件。"]),
    ],
)
def test_how_many(kind: type[WithFiles], count: int, errors: list[str]) -> None:
    """Optional or needed, one or several."""
    form = filled(kind, *((f"{number}.png", files.png()) for number in range(count)))
    assert list(form.files.errors) == errors
    assert len(form.sound_files) == (0 if errors else count)
    assert form.files().count("multiple") == (kind is Several)


@pytest.mark.usefixtures("request_of")
def test_every_wrong_file_is_named_with_its_reason() -> None:
    """And none of the sound ones is handed on."""
    form = filled(Several, ("a.png", files.png()), ("b.png", b""), ("c.exe", b"MZ"))
    assert [error.split("：")[0] for error in form.files.errors] == ["“b.png”", "“c.exe”"]
    assert form.sound_files == ()
    alone = filled(Several, ("b.png", b""))
    assert alone.files.errors == ["文件是空的，请核对后重新选择。"]


@pytest.mark.usefixtures("request_of")
def test_what_cannot_be_read_in_time_is_not_kept_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """第二十一条: no file slips through because the others took long."""
    monkeypatch.setattr(forms, "SECONDS", -1.0)
    form = filled(Several, ("a.png", files.png()))
    assert form.files.errors == ["文件较多，未能逐份核对，请减少份数，分次提交。"]
    assert form.sound_files == ()


@pytest.mark.usefixtures("request_of")
def test_a_marked_file_empties_the_texts_and_nothing_else() -> None:
    """Numbers tell nothing, the act's own key stays; of the files only this one thing is said."""
    key = uuid.uuid4()
    sent = {"text": "写明", "number": "7", "key": str(key)}
    form = filled(Several, ("绝密.pdf", files.pdf()), ("空.png", b""), **sent)
    assert form.files_stopped
    assert form["text"].data == ""
    assert form["number"].data == 7
    assert form["key"].data == key
    assert len(form.files.errors) == 1
    assert "绝密" not in form.files.errors[0]


@pytest.mark.usefixtures("request_of")
def test_a_marked_text_leaves_the_other_texts() -> None:
    """As in every form; files are not handed on by a form that is refused."""
    form = filled(Several, ("a.png", files.png()), text="绝密")
    assert not form.files_stopped
    assert form["text"].data == ""
    assert form.errors.keys() == {"text"}
