"""Files of a case: what they are called; a sensitive item's leave stamped, and who took one is kept
(SPEC §7.6, decision 0104)."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from portal.extensions import db
from portal.models import CaseBundle, CaseCopy, CaseFile
from portal.rooms.accountability import bundles
from tests.attachments import files
from tests.pages import fill, get
from tests.rulebook import casework as work
from tests.steps.acting import CO_UNIT, HEAD, LEAD, OFFICE_HEAD

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


def called(client: FlaskClient, address: str) -> str:
    """What a download is called."""
    with client.get(address) as answer:
        assert answer.status_code == 200
        return unquote(answer.headers["Content-Disposition"].partition("UTF-8''")[2])


def test_downloads_are_called_by_their_place_in_the_case(
    college: Flask, worker: Flask, draft_item: Callable[..., uuid.UUID], as_: As
) -> None:
    """Not by ids of the database, which count what others have; to the unit not by what it does not
    see: the clue came with a file."""
    with work.in_work(college, worker, draft_item()) as actor:
        other, unit = work.bring(actor, "checking", CO_UNIT), str(work.unit_id())
    boss, head, entry = as_(OFFICE_HEAD), as_(HEAD), f"/accountability/items/{actor.public_id}"
    checked = {**WORDS, "files": (io.BytesIO(files.pdf()), "核实.PDF")}
    assert fill(boss, f"/accountability/{other}", "/acts/hear_unit", checked).status == 303
    clue = {**WORDS, "unit": unit, "criterion": "A25-2", "person": ""}
    entered = fill(
        as_(work.DISCIPLINE),
        f"{entry}/new",
        f"/items/{actor.public_id}",
        {**clue, "files": (io.BytesIO(files.png()), "照片.png")},
    )
    lead = str(entered.location)
    checked = {**WORDS, "files": (io.BytesIO(files.pdf()), "核实.PDF")}
    assert fill(boss, lead, "/acts/check_clue").status == 303
    assert fill(boss, lead, "/acts/hear_unit", checked).status == 303
    for client, names in (
        (boss, ["问责材料1.png", "问责材料2.pdf"]),
        (head, ["问责材料1.pdf"]),
    ):
        links = get(client, lead).soup.select(".db-files a[href*='/files/']")
        assert [called(client, str(link["href"])) for link in links] == names


def test_a_bundle_is_called_by_its_place(
    college: Flask, worker: Flask, draft_item: Callable[..., uuid.UUID], as_: As
) -> None:
    """Among those that the person asked for of the case."""
    with work.in_work(college, worker, draft_item()) as actor:
        public_ids = [work.bring(actor, "checking", code) for code in (CO_UNIT, LEAD)]
    boss = as_(OFFICE_HEAD)
    asked = [fill(boss, f"/accountability/{one}", "/bundles").location for one in public_ids]
    with worker.app_context():
        with work.everything(because="问责材料的测试"):
            ids = db.session.scalars(select(CaseBundle.id)).all()
        for bundle_id in ids:
            bundles.make(bundle_id)
    assert {called(boss, f"{one}.pdf") for one in asked} == {"问责材料汇编1.pdf"}


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
