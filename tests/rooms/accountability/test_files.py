"""Files handed in on a sensitive item's case leave stamped, and who took one is kept (SPEC §7.6,
decision 0104)."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Callable
from typing import NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from portal.extensions import db
from portal.models import CaseCopy, CaseFile
from tests.attachments import files
from tests.pages import fill, get
from tests.rulebook import casework as work
from tests.steps.acting import HEAD, OFFICE_HEAD

As = Callable[[str], FlaskClient]
WORDS = {"opinion": work.WORDS, "declared": "y"}


class Secret(NamedTuple):
    """A sensitive item's case of which the unit is heard, and whoever acts on it."""

    actor: work.Casework
    public_id: uuid.UUID


@pytest.fixture
def secret(college: Flask, worker: Flask) -> Secret:
    """No application context is left open: each request is to know its own person."""
    with work.in_secret(college, worker) as actor:
        return Secret(actor, work.bring(actor, "hearing"))


def handed_in(as_: As, secret: Secret, content: bytes, name: str) -> str:
    """The unit states something with a file; the file's address."""
    head, address = as_(HEAD), f"/accountability/{secret.public_id}"
    form = {**WORDS, "files": (io.BytesIO(content), name)}
    assert fill(head, address, "/acts/state_case", form).status == 303
    link = get(head, address).soup.find("a", string=name)
    assert link is not None
    return str(link["href"])


def taken(secret: Secret) -> list[tuple[str, int | None]]:
    """Digests and files of the copies."""
    with work.worker_of(secret.actor):
        rows = db.session.scalars(select(CaseCopy).order_by(CaseCopy.id)).all()
        return [(row.sha256, row.file_id) for row in rows]


def test_a_pdf_leaves_stamped(secret: Secret, as_: As) -> None:
    """For who handles the case and for the unit itself; each copy is a row, shown to the former."""
    address = handed_in(as_, secret, files.pdf(), "说明.pdf")
    with work.worker_of(secret.actor):
        file_id = db.session.scalars(select(CaseFile.id)).one()
    digests = []
    for who in (OFFICE_HEAD, HEAD):
        answer = as_(who).get(address)
        assert answer.status_code == 200
        text = PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
        assert who in "".join(text.split())
        digests.append((hashlib.sha256(answer.data).hexdigest(), file_id))
    assert taken(secret) == digests
    room = f"/accountability/{secret.public_id}"
    shown = get(as_(OFFICE_HEAD), room).text.partition("取用记录")[2]
    assert all(who in shown for who in (OFFICE_HEAD, HEAD))
    assert "取用记录" not in get(as_(HEAD), room).text


@pytest.mark.parametrize(
    ("content", "name"),
    [(files.pdf(), "说明.pdf"), (files.png(), "照片.png")],
    ids=["locked", "picture"],
)
def test_what_is_handed_out_as_it_is(
    secret: Secret,
    as_: As,
    monkeypatch: pytest.MonkeyPatch,
    content: bytes,
    name: str,
) -> None:
    """Pictures, and a PDF that cannot be stamped."""
    monkeypatch.setattr("portal.documents.stamping.LARGEST", 1)
    address = handed_in(as_, secret, content, name)
    with as_(OFFICE_HEAD).get(address) as answer:
        assert answer.status_code == 200
        assert answer.data.startswith(content[:8])
    assert taken(secret) == []
