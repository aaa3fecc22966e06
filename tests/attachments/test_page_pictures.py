"""The pages of a PDF as pictures, for browsers without a viewer (decision 0116)."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from portal import store
from portal.attachments import page_pictures
from portal.attachments.page_pictures import MOST, NotDrawn
from portal.extensions import db
from portal.models import Attachment
from portal.rulebook.scope import visible
from tests.attachments import files
from tests.pages import fill, get
from tests.people import draft
from tests.steps.acting import OFFICE, Actor

As = Callable[[str], FlaskClient]


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "a.pdf"
    path.write_bytes(files.pdf("会议纪要"))
    return path


def test_a_page_is_drawn(pdf: Path) -> None:
    """As wide as a telephone shows it sharp, and not blank."""
    assert page_pictures.count(pdf) == 1
    picture = Image.open(io.BytesIO(page_pictures.picture(pdf, 1)))
    assert picture.width == 1000
    assert picture.convert("L").getextrema()[0] < 128


@pytest.mark.parametrize("number", [-1, 0, 2, MOST + 1])
def test_a_page_that_is_none(pdf: Path, number: int) -> None:
    with pytest.raises(NotDrawn):
        page_pictures.picture(pdf, number)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 and no more", files.pdf(password="x")])
def test_what_cannot_be_drawn(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(content)
    with pytest.raises(NotDrawn):
        page_pictures.count(path)


@pytest.mark.parametrize("classification", ["internal", "sensitive"])
def test_who_may_look(college: Flask, as_: As, classification: str) -> None:
    """Who may know of the item; of a sensitive one nobody: it leaves as a stamped copy only."""
    item = draft(college, "A01")
    client = as_(OFFICE)
    sent = {"files": (io.BytesIO(files.pdf()), "纪要.pdf"), "declared": "y"}
    assert fill(client, f"/items/{item}", "/attachments", sent).status == 303
    with college.app_context():
        viewer, row = Actor(college, item).item()
        row.classification = classification
        file = db.session.scalars(visible(viewer, Attachment)).one()
        address = f"/items/{item}/attachments/{file.public_id}/pages"
        stored = store.path_of(college.extensions["portal.settings"].files_dir, file.sha256)
        assert stored.exists()
        db.session.commit()
    seen = 200 if classification == "internal" else 404
    assert get(client, address).status == seen
    assert client.get(f"{address}/1.jpg").status_code == seen
    assert client.get(f"{address}/2.jpg").status_code == 404
    assert as_("黄素芬").get(f"{address}/1.jpg").status_code == 404
