"""Items that wait for 编号备案, and filing them from processes of their own.

Each process builds the portal on the test's database and files its items from several threads.
"""

from __future__ import annotations

import os
import signal
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask
from sqlalchemy import select

from portal import create_app
from portal.clock import Clock
from portal.config import Settings
from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import Item, ItemUnit, Person
from portal.rulebook import workflow
from portal.rulebook.scope import Viewer, view_as, visible
from portal.rulebook.workflow import Intent
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from tests.people import draft

WORD = "阿职督办"
CHAIN = (("坤清祥", "sign"), ("余茂春", "review"), ("三郎泽里", "approve"))
AT_A_TIME = 4
PATIENCE = 90  # seconds, on a busy machine


class Standing(Clock):
    """A clock that stands at one instant."""

    def __init__(self, instant: datetime) -> None:
        super().__init__()
        self.instant = instant

    def now(self) -> datetime:
        """Always the same."""
        return self.instant


def as_person(app: Flask, name: str) -> Viewer:
    """Read as this person from now on (an app context is open)."""
    person = db.session.scalars(select(Person.id).where(Person.name == name)).one()
    return view_as(person, app.extensions["portal.clock"])


def item_of(viewer: Viewer, public_id: uuid.UUID) -> Item:
    """The item as this viewer may know it."""
    return db.session.scalars(visible(viewer, Item).where(Item.public_id == public_id)).one()


def submitted(app: Flask) -> uuid.UUID:
    """A01, handed in: it waits for 审签."""
    public_id = draft(app, "A01")
    with app.app_context():
        viewer = as_person(app, "何玉萍")
        item = item_of(viewer, public_id)
        registration.submit(viewer, item, Intent(item.version, uuid.uuid4()), declared=True)
    return public_id


def waiting(app: Flask, servers: Servers, count: int) -> list[uuid.UUID]:
    """Items that wait for 编号备案: one that went through the chain, and copies of its row."""
    first = submitted(app)
    with app.app_context():
        for name, act in CHAIN:
            viewer = as_person(app, name)
            item = item_of(viewer, first)
            signing.sign(viewer, item, act, Intent(item.version, uuid.uuid4()))
    return [first, *_copies(servers, first, count - 1)]


def _copies(servers: Servers, public_id: uuid.UUID, count: int) -> Iterator[uuid.UUID]:
    columns = _columns(Item, "id", "public_id")
    shares = _columns(ItemUnit, "id", "item_id", "readers")
    with connect(servers.owner_url) as raw, raw.transaction():
        rows = raw.execute(
            f"INSERT INTO item (public_id, {columns}) SELECT gen_random_uuid(), {columns}"  # noqa: S608
            " FROM item, generate_series(1, %s) WHERE public_id = %s RETURNING id, public_id",
            [count, public_id],
        ).fetchall()
        for item_id, copy in rows:
            raw.execute(
                f"INSERT INTO item_unit (item_id, {shares}) SELECT %s, {shares} FROM item_unit"  # noqa: S608
                " WHERE item_id = (SELECT id FROM item WHERE public_id = %s)",
                [item_id, public_id],
            )
            yield copy


def _columns(model: Any, *without: str) -> str:
    names = [column.name for column in model.__table__.columns if column.name not in without]
    return ", ".join(names)


def file(app: Flask, public_id: uuid.UUID, who: str = "何玉萍") -> str:
    """编号备案; the number as the event keeps it."""
    with app.app_context():
        viewer = as_person(app, who)
        item = item_of(viewer, public_id)
        registration.file(viewer, item, Intent(item.version, uuid.uuid4()), word=WORD)
        item = item_of(as_person(app, who), public_id)
        return f"{item.doc_word}〔{item.doc_year}〕{item.doc_seq}号"


class Job(NamedTuple):
    """What one process files, at which instant, and what happens after a number is taken."""

    items: Sequence[uuid.UUID]
    moment: datetime
    then: str = "done"


def file_at_once(servers: Servers, folder: Path, jobs: Sequence[Job]) -> list[list[str] | None]:
    """One process a job, all let go together; their numbers (an error's name), None if it died."""
    # The processes are forked from one that has the portal imported and nothing else.
    processes = get_context("forkserver")
    processes.set_forkserver_preload([__name__])
    together = processes.Barrier(len(jobs))
    started, answers = [], []
    for job in jobs:
        answer, saying = processes.Pipe(duplex=False)
        told = (servers.database_url, folder, job, together, saying)
        process = processes.Process(target=_work, args=told, daemon=True)
        process.start()
        saying.close()
        started.append(process)
        answers.append(answer)
    said = [_answer(answer) for answer in answers]
    for process in started:
        process.join(PATIENCE)
    return said


def _answer(answer: Connection) -> list[str] | None:
    with answer:
        if not answer.poll(PATIENCE):
            raise TimeoutError("a process did not answer")
        try:
            said: list[str] = answer.recv()
        except EOFError:
            return None
        return said


def fails(*_args: object, **_kwargs: object) -> None:
    """Stands where the event is written, after the number is taken."""
    raise RuntimeError("the event could not be written")


def _dies(*_args: object, **_kwargs: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


AFTERWARDS: dict[str, Callable[..., Any]] = {"fail": fails, "die": _dies}


def _work(database_url: str, folder: Path, job: Job, together: Barrier, saying: Connection) -> None:
    settings = Settings(
        data_dir=folder,
        database_url=database_url,
        redis_url="unix:///nowhere",
        secret_key="only for tests",
        demo=True,
    )
    app = create_app(settings, clock=Standing(job.moment))
    if job.then in AFTERWARDS:
        workflow.record = AFTERWARDS[job.then]

    def one(public_id: uuid.UUID) -> str:
        try:
            return file(app, public_id)
        except RuntimeError as error:
            return type(error).__name__

    together.wait(PATIENCE)
    with ThreadPoolExecutor(AT_A_TIME) as threads:
        saying.send(list(threads.map(one, job.items)))
