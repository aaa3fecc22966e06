"""签名图片: uploaded by oneself with the password, seen by nobody else, ended, never forgotten."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from portal import inking
from portal.accounts.commands import UNCONFIRMED
from portal.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.inking import inked
from portal.models import SignaturePicture
from portal.rulebook.scope import everything
from tests.accounts.pictures import photographed
from tests.attachments.kept import look_as, stored
from tests.pages import Page, fill, get, send
from tests.people import csrf

As = Callable[[str], FlaskClient]
WHO, OTHER, PAGE = "坤清祥", "余茂春", "/account/signature"


def upload(client: FlaskClient, picture: bytes, password: str = DEMO_PASSWORD) -> Page:
    """Send the form as a person does."""
    sent = {"picture": (io.BytesIO(picture), "签名.jpg"), "password": password}
    return fill(client, PAGE, PAGE, sent)


def shown(client: FlaskClient) -> bytes:
    """The bytes of the picture on the person's page; empty without one."""
    picture = get(client, PAGE).soup.select_one("img.db-signature")
    if picture is None:
        return b""
    return base64.b64decode(str(picture["src"]).partition("base64,")[2])


Row = tuple[str, int, datetime, str, datetime | None]


def rows(worker: Flask) -> list[Row]:
    """Everybody's rows, the oldest first: bytes, size, since when, from where, until when."""
    of = SignaturePicture
    told = select(of.sha256, of.size, of.stored_at, of.address, of.ended_at).order_by(of.id)
    with worker.app_context(), everything(because="test"):
        return [tuple(row) for row in db.session.execute(told)]


def test_stored_replaced_and_taken_away(college: Flask, worker: Flask, as_: As) -> None:
    client = as_(WHO)
    assert "您没有签名图片" in get(client, PAGE).text
    first, second = photographed(), photographed(strokes=2)
    for given in (first, second):
        assert upload(client, given).status == 303
        assert shown(client) == inked(io.BytesIO(given))
    assert fill(client, PAGE, PAGE + "/removal").status == 303
    assert shown(client) == b""
    kept = rows(worker)
    assert [row[0] for row in kept] == [_digest(inked(io.BytesIO(one))) for one in (first, second)]
    assert {row[0] for row in kept} == set(stored(college))
    for _sha256, size, stored_at, address, ended_at in kept:
        assert (size > 0, address) == (True, "127.0.0.1")
        assert ended_at is not None
        assert ended_at >= stored_at
    assert fill(client, PAGE, PAGE).status == 422  # nothing was chosen


@pytest.mark.parametrize(
    ("picture", "password", "says"),
    [
        (photographed(), "aba-demo-2025", UNCONFIRMED),
        (photographed(), "", "请填写登录密码。"),
        (b"\x89PNG", DEMO_PASSWORD, inking.UNREADABLE),
        (photographed(strokes=0), DEMO_PASSWORD, inking.NO_INK),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(
    college: Flask, as_: As, picture: bytes, password: str, says: str
) -> None:
    page = upload(as_(WHO), picture, password)
    assert page.status == 422
    assert says in page.text
    assert "请重新选择文件后再提交。" in page.text
    assert stored(college) == []


def test_guesses_at_the_password_lock_the_name(as_: As) -> None:
    client = as_(WHO)
    for _ in range(5):
        assert upload(client, photographed(), "guess").status == 422
    page = upload(client, photographed())
    assert page.status == 422
    assert "尝试次数过多" in page.text


@pytest.mark.parametrize("who", ["sysadmin01", "secadmin01", "auditor01"])
def test_administrators_have_none_and_store_none(as_: As, who: str) -> None:
    client = as_(who)
    assert client.get(PAGE).status_code == 403
    token = csrf(client, "/account/password")
    for address in (PAGE, PAGE + "/removal"):
        assert send(client, address, {"csrf_token": token}).status == 403


def test_only_the_persons_own(college: Flask, as_: As) -> None:
    """The page names nobody, and the database neither shows nor takes anybody else's."""
    assert upload(as_(WHO), photographed()).status == 303
    assert shown(as_(OTHER)) == b""
    with college.app_context():
        me, other = look_as(college, WHO).person_id, look_as(college, OTHER).person_id
        assert db.session.scalars(select(SignaturePicture)).all() == []
        ended = "UPDATE signature_picture SET ended_at = now() RETURNING id"
        assert db.session.execute(text(ended)).all() == []
        refusals = {me: "row-level security", other: "ck_signature_picture_readers"}
        for reader, refusal in refusals.items():
            with pytest.raises(DBAPIError, match=refusal):
                db.session.execute(
                    text(
                        "INSERT INTO signature_picture (person_id, sha256, size, stored_at,"
                        " address, readers) VALUES (:person, '0', 1, now(), '', ARRAY[:reader])"
                    ),
                    {"person": me, "reader": -(reader or 0)},
                )
            db.session.rollback()
        for statement in (
            "UPDATE signature_picture SET sha256 = '0'",
            "DELETE FROM signature_picture",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"):
                db.session.execute(text(statement))
            db.session.rollback()


def test_a_lost_picture_is_told(college: Flask, as_: As) -> None:
    client = as_(WHO)
    assert upload(client, photographed()).status == 303
    for path in _files(college):
        path.write_bytes(b"something else")
    assert "已损坏或丢失" in get(client, PAGE).text
    for path in _files(college):
        path.unlink()
    assert "已损坏或丢失" in get(client, PAGE).text


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _files(app: Flask) -> list[Path]:
    folder: Path = app.extensions["portal.settings"].files_dir
    return [path for path in folder.rglob("*") if path.is_file()]
