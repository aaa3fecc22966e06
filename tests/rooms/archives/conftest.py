"""An item that was closed with an attachment, and a worker that makes its package."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal import queued_work, store
from portal.attachments.checking import look_into
from portal.extensions import db
from portal.models import ArchivePackage
from portal.rooms.archives import commands, making
from portal.rulebook.scope import everything
from portal.steps.closing import commands as closing
from tests.attachments import files
from tests.people import draft
from tests.steps.acting import HEAD, Actor, intent

Made = Callable[[Actor], ArchivePackage]
EVIDENCE = "整改照片：一号楼.png"


@pytest.fixture
def asked(college: Flask, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What was handed to the queue, in place of a real worker."""
    handed: list[int] = []

    def take(_name: str, row_id: int, **_options: object) -> bool:
        handed.append(row_id)
        return True

    monkeypatch.setattr(queued_work, "enqueue", take)
    return handed


@pytest.fixture
def closed(college: Flask, asked: list[int]) -> Actor:
    """A01 after 销号, with 佐证材料."""
    public_id = draft(college, "A01")
    with college.app_context():
        actor = Actor(college, public_id)
        actor.to_work()
        viewer, item = actor.item(HEAD)
        sound = look_into(EVIDENCE, io.BytesIO(files.png())).sound
        assert sound is not None
        closing.apply_close(
            viewer, item, "隐患17处已全部整改。", intent(item), declared=True,
            without_co_units=True, files=[sound],
        )  # fmt: skip
        actor.to_closing_filing()
        viewer, item = actor.item()
        closing.close(viewer, item, intent(item))
    return actor


@pytest.fixture
def made(closed: Actor, worker: Flask) -> Made:
    """Asks for the package of the item as it stands, and makes it as a worker does."""

    def make(actor: Actor) -> ArchivePackage:
        with actor.app.app_context():
            viewer, item = actor.item()
            commands.enter(item, viewer.person_id or 0)
            db.session.commit()
        last = select(ArchivePackage).order_by(ArchivePackage.id.desc()).limit(1)
        with worker.app_context():
            with everything(because="测试"):
                package_id = db.session.scalars(last).one().id
            making.make(package_id)  # finds nothing to do if it is made
            with everything(because="测试"):
                found = db.session.scalars(last).one()
                db.session.expunge(found)
        assert found.state == "made", found.failure
        return found

    return make


def path_of(app: Flask, package: ArchivePackage) -> Path:
    """Where its bytes lie."""
    return store.path_of(app.extensions["portal.settings"].files_dir, package.sha256 or "")
