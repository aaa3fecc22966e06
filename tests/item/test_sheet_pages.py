"""The sheet that is signed, as pictures of its pages (SPEC §8.5, decision 0116)."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from portal.documents import commands
from portal.documents.queries import SheetLine, signed_on
from portal.extensions import db
from portal.models import Document, UrgeNotice
from portal.rulebook.scope import everything, visible
from tests.pages import get
from tests.rooms.test_sign_off import address, submitted
from tests.steps.acting import LEADER, OFFICE_LEADER, Actor, at_work
from tests.steps.extending.asking import ask
from tests.steps.urging.acts import overdue, urge

As = Callable[[str], FlaskClient]
PART = {"HX-Request": "true"}


def make(worker: Flask) -> list[str]:
    """What a worker does with the sheets that were asked for; their kinds."""
    with worker.app_context():
        with everything(because="测试"):
            asked = db.session.scalars(select(Document).filter_by(state="asked")).all()
            ids, kinds = [row.id for row in asked], [row.kind for row in asked]
        for sheet_id in ids:
            commands.make(sheet_id)
    return kinds


def test_it_is_set_when_it_is_looked_at_and_drawn(college: Flask, worker: Flask, as_: As) -> None:
    """The version of now: the next signature makes another one, which is set anew."""
    item = submitted(college)
    client = as_(LEADER)
    pages = f"/items/{item}/documents/filing/pages"
    page = get(client, address(item))
    assert page.soup.select_one(f'[hx-get="{pages}"] a[href="{pages}"]') is not None
    making = client.get(pages)
    assert making.headers["Refresh"] == "2"
    assert "正在生成" in making.get_data(as_text=True)
    assert client.get(f"{pages}/1.jpg").status_code == 404
    assert make(worker) == ["filing"]
    drawn = client.get(pages, headers=PART)
    shown = re.search(r'src="(.+?/1\.jpg\?of=.+?)"', drawn.get_data(as_text=True))
    assert shown is not None
    for path in (shown[1], f"{pages}/1.jpg"):
        assert Image.open(io.BytesIO(client.get(path).data)).width == 1000
    assert client.get(f"{pages}/9.jpg").status_code == 404
    with college.app_context():
        Actor(college, item).sign(LEADER, "sign")
    assert "正在生成" in as_(OFFICE_LEADER).get(pages, headers=PART).get_data(as_text=True)
    # a picture that is fetched while the signature is given is still of what was signed
    assert client.get(shown[1]).status_code == 200
    for path in (f"{pages}/1.jpg", f"{pages}/1.jpg?of={uuid.uuid4()}"):
        assert client.get(path).status_code == 404


def test_a_version_is_of_its_own_sheet(college: Flask, worker: Flask, as_: As) -> None:
    """Another item's, or another sheet's, is none of this one's."""
    item, other = submitted(college, co_units=[]), submitted(college)
    client = as_(LEADER)
    client.get(f"/items/{item}/documents/filing/pages")
    assert make(worker) == ["filing"]
    with worker.app_context(), everything(because="测试"):
        of = db.session.scalars(select(Document.public_id).filter_by(state="made")).one()
    own = f"/items/{item}/documents/filing/pages/1.jpg?of={of}"
    assert client.get(own).status_code == 200
    for path in (own.replace(str(item), str(other)), own.replace("filing", "loan-1")):
        assert client.get(path).status_code == 404
    assert as_("覃燚").get(own).status_code == 404


@pytest.mark.parametrize("why", ["a stranger", "a sensitive item", "no such sheet"])
def test_who_sees_none(college: Flask, as_: As, why: str) -> None:
    """Of a sensitive item the page of the signature has no such part either."""
    item = submitted(college, co_units=[])
    kind = "loan-1" if why == "no such sheet" else "filing"
    if why == "a sensitive item":
        with college.app_context():
            _viewer, row = Actor(college, item).item()
            row.classification = "sensitive"
            db.session.commit()
        assert "hx-get" not in str(get(as_(LEADER), address(item)).soup.select_one("article"))
    client = as_("覃燚" if why == "a stranger" else LEADER)
    pages = f"/items/{item}/documents/{kind}/pages"
    for path in (pages, f"{pages}/1.jpg"):
        assert client.get(path).status_code == 404


def test_which_sheet_a_part_is_signed_on(college: Flask) -> None:
    """Of a notice that notice; none where the act prints on none."""
    with at_work(college, title="另一件") as actor:
        ask(actor, days=5)
        viewer, item = actor.item(LEADER)
        assert _kind(signed_on(viewer, item, "extension")) == "extension-1"
    with at_work(college) as actor:
        overdue(actor)
        urge(actor)
        viewer, item = actor.item(OFFICE_LEADER)
        notice = db.session.scalars(visible(viewer, UrgeNotice)).one()
        assert _kind(signed_on(viewer, item, "urge", notice)) == f"urge-{notice.public_id.hex}"
        assert signed_on(viewer, item, "extension") is None
        assert signed_on(viewer, item, "") is None
        assert signed_on(viewer, item, "loan") is None


def _kind(line: SheetLine | None) -> str:
    assert line is not None
    return line.kind
