"""Reading a batch in a worker: pages become sheets, each with the number it bears."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from flask import current_app
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from portal import store
from portal.clock import Clock
from portal.config import Settings
from portal.documents.control import id_of
from portal.extensions import db
from portal.models import ScanBatch, ScanFile, ScanSheet
from portal.queued_work import Work, now
from portal.rulebook.scope import everything, view_as, visible
from portal.scans import page_reader

BATCHES = Work(ScanBatch, "read_scans", seconds=1800)
READER: Final = Path(page_reader.__file__)
FAILED: Final = "扫描件未能识别，请重新上传；仍不能识别的，请逐件代录。"
SECONDS: Final = 300.0


class Unreadable(Exception):
    """The file gives no sheets; the message is a sentence for the person."""


SAID: Final = {
    page_reader.LOCKED: "文件已加密，请取消密码后重新上传。",
    page_reader.TOO_MANY: f"每份扫描件最多{page_reader.PAGES}页，请分次扫描。",
}


class Read(NamedTuple):
    """One sheet as the reader gives it: its first page, code, own file and pictures."""

    first_page: int
    code: str
    own: Path
    pictures: list[Path]


def make(batch_id: int) -> None:
    """Read one batch, as the person who handed it in. A second call finds nothing to do."""
    with everything(because="取出待识别的扫描件"):
        asked_by = BATCHES.claim(batch_id, done=0)
        db.session.commit()
    if asked_by is None:
        return
    clock: Clock = current_app.extensions["portal.clock"]
    settings: Settings = current_app.extensions["portal.settings"]
    viewer = view_as(asked_by, clock)
    files = db.session.scalars(
        visible(viewer, ScanFile).where(ScanFile.batch_id == batch_id).order_by(ScanFile.position)
    ).all()
    sheets: list[ScanSheet] = []
    try:
        for file in files:
            with tempfile.TemporaryDirectory(prefix="scan-") as folder:
                source = store.path_of(settings.files_dir, file.sha256)
                found = read(source, file.kind, Path(folder), lambda n, of: _note(batch_id, n, of))
                sheets += [_row(settings, file, asked_by, one) for one in found]
    except Unreadable as error:
        _fail(batch_id, f"“{file.name}”：{error}")
        return
    for position, sheet in enumerate(sheets, 1):
        sheet.position = position
    try:
        _store(batch_id, sheets)
    except IntegrityError:  # taken for gone, another worker has read it meanwhile
        db.session.rollback()


def _store(batch_id: int, sheets: list[ScanSheet]) -> None:
    db.session.add_all(sheets)
    db.session.execute(
        update(ScanBatch)
        .where(ScanBatch.id == batch_id)
        .values(state="made", made_at=now(), done=len(sheets), total=len(sheets))
    )
    db.session.commit()


def read(source: Path, kind: str, folder: Path, note: Callable[[int, int], None]) -> list[Read]:
    """The sheets of a file, their pictures and own files in `folder`; `note` hears how many pages
    of how many are done. Unreadable."""
    (folder / "scan").symlink_to(source.absolute())
    command = [sys.executable, "-I", str(READER), str(folder), kind]
    with subprocess.Popen(  # noqa: S603 - the portal's own script, a folder and a kind it knows
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            status = _followed(process, note)
        except BaseException:
            process.kill()
            raise
    if status != 0:
        raise Unreadable(SAID.get(status, "文件已损坏或过于复杂，请重新扫描后上传。"))
    found = json.loads((folder / "sheets.json").read_text(encoding="utf-8"))
    return [
        Read(
            one["pages"][0],
            one["code"],
            folder / (f"sheet-{number}.pdf" if kind == "pdf" else "scan"),
            [folder / f"page-{page}.jpg" for page in one["pages"]],
        )
        for number, one in enumerate(found)
    ]


def _followed(process: subprocess.Popen[str], note: Callable[[int, int], None]) -> int:
    """The exit status; the reader says after each page how far it is."""
    until = time.monotonic() + SECONDS
    if process.stdout is None:
        raise ValueError("the reader's output is read")
    for line in process.stdout:
        done, _, total = line.partition(" ")
        note(int(done), int(total))
        if time.monotonic() > until:
            raise Unreadable("文件过于复杂，未能在限定时间内识别，请分次扫描。")
    return process.wait(until - time.monotonic() if until > time.monotonic() else 1)


def _row(settings: Settings, file: ScanFile, owner_id: int, one: Read) -> ScanSheet:
    digest, size = _put(settings.files_dir, one.own)
    return ScanSheet(
        batch_id=file.batch_id,
        file_id=file.id,
        first_page=one.first_page,
        found_id=id_of(one.code) if one.code else None,
        kind=file.kind,
        size=size,
        sha256=digest,
        pictures=[_put(settings.files_dir, picture)[0] for picture in one.pictures],
        readers=[-owner_id],
    )


def _put(folder: Path, path: Path) -> tuple[str, int]:
    with path.open("rb") as stream:
        return store.put_stream(folder, stream)


def _note(batch_id: int, done: int, total: int) -> None:
    """How far it is; a worker that says so is not taken for gone."""
    db.session.execute(
        update(ScanBatch)
        .where(ScanBatch.id == batch_id)
        .values(done=done, total=total, started_at=now())
    )
    db.session.commit()


def _fail(batch_id: int, reason: str) -> None:
    db.session.rollback()
    with everything(because="记录扫描件未能识别"):
        BATCHES.fail(batch_id, reason)
        db.session.commit()


def sweep() -> None:
    """Enqueue again what was lost with the queue or a worker; give up after three tries."""
    with everything(because="补办未完成的扫描件识别"):
        waiting = BATCHES.lost(FAILED)
        db.session.commit()
    BATCHES.ask_again(waiting)
