"""What leaves the portal of a sensitive item is stamped and known again (SPEC §7.6, 0104)."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal import queued_work
from portal.documents import commands, copies
from portal.documents.stamping import NotStamped
from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import Document, Item, StampedCopy
from tests.attachments import files
from tests.attachments.kept import given
from tests.documents.samples import squeezed, text_of
from tests.pages import fill, get
from tests.people import draft, sign_in
from tests.steps.acting import OFFICE, Actor
from tests.steps.knowledge.listing import person_id

As = Callable[[str], FlaskClient]
LETTER = files.pdf("letter")
HEAD, CO_HEAD_OF_HGC, LEADER = "坤建军", "覃燚", "坤清祥"


def _made(app: Flask, worker: Flask, public_id: uuid.UUID, kinds: tuple[str, ...]) -> None:
    handed: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queued_work, "enqueue", lambda _name, row, **_more: handed.append(row))
        with app.app_context():
            for kind in kinds:
                commands.ask(*Actor(app, public_id).item(), kind)
    with worker.app_context():
        for sheet_id in handed:
            commands.make(sheet_id)


@pytest.fixture
def hidden(college: Flask, worker: Flask) -> uuid.UUID:
    """A sensitive item in work with a PDF and a picture; annex 1 and one co-unit's notice made."""
    public_id = draft(college, "A01", classification="sensitive")
    sent = {
        "files": given(("来信.pdf", LETTER), ("现场.png", files.png())),
        "declared": "y",
    }
    assert fill(sign_in(college, OFFICE), f"/items/{public_id}", "/attachments", sent).status == 303
    with college.app_context():
        Actor(college, public_id).to_work()
    _made(college, worker, public_id, ("filing", "notice-HGC"))
    return public_id


def _sheet(client: FlaskClient, public_id: uuid.UUID, kind: str = "filing") -> bytes:
    with client.get(f"/items/{public_id}/documents/{kind}.pdf") as answer:
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.data


def _files(client: FlaskClient, public_id: uuid.UUID) -> list[str]:
    """The addresses of the attachments, the PDF first."""
    links = get(client, f"/items/{public_id}").soup.select("a[href*='/attachments/']")
    found = dict.fromkeys(str(tag["href"]).removesuffix("/page") for tag in links)
    kinds = {}
    for link in found:
        with client.get(link) as answer:
            kinds[link] = answer.mimetype
    return sorted(kinds, key=kinds.__getitem__)


def _copies(app: Flask, who: str) -> list[tuple[str, int, str]]:
    """What this person may read of the copies: of what, by whom, which bytes."""
    with app.app_context():
        Actor(app, uuid.uuid4()).viewer(who)
        rows = db.session.scalars(select(StampedCopy).order_by(StampedCopy.id))
        return [(row.subject, row.person_id, row.sha256) for row in rows]


def test_a_sheet_is_stamped_for_whoever_takes_it(
    college: Flask, as_: As, hidden: uuid.UUID
) -> None:
    """Name, 工号 and time on the copy; its hash kept; the stored file as it was."""
    taken = _sheet(as_(HEAD), hidden)
    with college.app_context():
        Actor(college, hidden).item()
        stored = db.session.scalars(select(Document.sha256).where(Document.kind == "filing")).one()
        head = person_id(HEAD)
    words = squeezed(text_of(taken))
    assert words.count(HEAD + "2") >= 3  # name and 工号
    assert "2026年11月23日" in words
    digest = hashlib.sha256(taken).hexdigest()
    assert digest != stored
    assert _copies(college, OFFICE) == [("document", head, digest)]
    folder = college.extensions["portal.settings"].files_dir
    kept = (folder / str(stored)[:2] / str(stored)).read_bytes()
    assert hashlib.sha256(kept).hexdigest() == stored
    assert HEAD + "2" not in squeezed(text_of(kept))


def test_the_copy_of_a_file_that_was_uploaded(
    college: Flask, as_: As, hidden: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A PDF is stamped and is no longer asked for in parts; a picture goes as it is."""
    head = as_(HEAD)
    pdf, picture = _files(head, hidden)
    before = len(_copies(college, OFFICE))
    with head.get(pdf, headers={"Range": "bytes=0-9"}) as answer:
        assert answer.status_code == 200
        assert "letter" in text_of(answer.data)
        assert HEAD in text_of(answer.data)
        digest = hashlib.sha256(answer.data).hexdigest()
    with head.get(picture) as answer:
        assert answer.data == files.png()
    rows = _copies(college, OFFICE)[before:]
    assert [(subject, sha256) for subject, _who, sha256 in rows] == [("attachment", digest)]
    # What cannot be stamped goes with the log of views alone: who works on it must read it.
    monkeypatch.setattr(copies, "stamp_uploaded", _refuse)
    with head.get(pdf) as answer:
        assert answer.data == LETTER
    assert len(_copies(college, OFFICE)) == before + 1


def _refuse(_pdf: bytes, _line: str) -> bytes:
    raise NotStamped


def test_an_open_items_sheet_leaves_as_it_is_stored(college: Flask, worker: Flask, as_: As) -> None:
    """Official sheets carry no watermark."""
    public_id = draft(college, "A01")
    with college.app_context():
        Actor(college, public_id).to_filing()
    _made(college, worker, public_id, ("filing",))
    taken = _sheet(as_(HEAD), public_id)
    with college.app_context():
        Actor(college, public_id).item()
        stored = db.session.scalars(select(Document.sha256)).one()
    assert hashlib.sha256(taken).hexdigest() == stored
    assert _copies(college, OFFICE) == []


def test_no_copy_leaves_without_its_row(
    college: Flask, as_: As, hidden: uuid.UUID, database: Servers
) -> None:
    head = as_(HEAD)
    with connect(database.owner_url) as raw:
        raw.execute("REVOKE INSERT ON stamped_copy FROM portal_web")
    college.config["PROPAGATE_EXCEPTIONS"] = False
    college.testing = False
    answer = head.get(f"/items/{hidden}/documents/filing.pdf")
    assert answer.status_code == 500
    assert b"%PDF" not in answer.data


def test_who_may_read_of_the_copies(
    college: Flask, as_: As, hidden: uuid.UUID, database: Servers
) -> None:
    """Whoever may have what was taken; who leaves the list no longer; nobody under another name."""
    _sheet(as_(CO_HEAD_OF_HGC), hidden, "notice-HGC")
    assert len(_copies(college, OFFICE)) == len(_copies(college, CO_HEAD_OF_HGC)) == 1
    assert _copies(college, "余㛃") == _copies(college, "泽仁旺姆") == []
    with connect(database.owner_url) as raw:
        raw.execute(
            "UPDATE need_to_know SET to_at = now() FROM person p"
            " WHERE p.id = person_id AND p.name = '覃燚'"
        )
        raw.execute(
            "UPDATE item SET readers = array_remove(readers, -p.id::int) FROM person p"
            " WHERE p.name = '覃燚' AND public_id = %s",
            [hidden],
        )
    assert len(_copies(college, OFFICE)) == 1
    assert _copies(college, CO_HEAD_OF_HGC) == []
    forged = (
        "INSERT INTO stamped_copy (item_id, subject, subject_id, person_id, at, address, sha256)"
        " SELECT item_id, 'document', id, :who, now(), '', '' FROM document"
    )
    with college.app_context():
        _viewer, item = Actor(college, hidden).item(HEAD)
        assert isinstance(item, Item)
        other = person_id(LEADER)
        with pytest.raises(DBAPIError, match="row-level security"):
            db.session.execute(text(forged), {"who": other})
        db.session.rollback()
        for statement in ("UPDATE stamped_copy SET sha256 = ''", "DELETE FROM stamped_copy"):
            with pytest.raises(DBAPIError, match="permission denied"):
                db.session.execute(text(statement))
            db.session.rollback()
