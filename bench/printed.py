"""`python3 -m bench.printed`: 督办台账 of 1,000 and 5,000 items as PDF and as Excel (SPEC §6.5).

Each file is made as the worker makes it, in a process of its own: processor time, the most memory
it took, pages and size. Items of all states; drafts and sensitive ones stand in no file.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Mapping

import pypdf
from flask import Flask

from bench.filling.college import read
from bench.filling.kept import DATA_DIR, ROOT, TODAY, application, filled, let_go
from bench.reminders import peak_mb
from portal import create_app, store
from portal.clock import Clock
from portal.config import Settings
from portal.embedded import Servers, attach, connect
from portal.extensions import db
from portal.models import LedgerExport
from portal.rooms.ledger.exports import commands, releases
from portal.rooms.ledger.exports.making import FORMS, PDF
from portal.rulebook.scope import view_as, visible

SIZES = (1_000, 5_000)
COLUMNS = ("items", "form", "rows", "pages", "CPU s", "peak MB", "KB")
LINE = "{:>8}  {:<7}{:>7}{:>7}{:>8}{:>9}{:>8}"


def main() -> int:
    """Measure and print; 0 when everything was measured."""
    parser = argparse.ArgumentParser(prog="python3 -m bench.printed", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", help="other numbers of items")
    parser.add_argument(
        "--one", nargs=3, metavar=("URL", "PERSON", "EXPORT"), help=argparse.SUPPRESS
    )
    wanted = parser.parse_args()
    if wanted.one:
        url, person, export = wanted.one
        print(json.dumps(one(url, int(person), int(export))))
        return 0
    servers = attach(Settings(data_dir=DATA_DIR))
    print(LINE.format(*COLUMNS), flush=True)
    for count in wanted.sizes or SIZES:
        _measure(servers, count)
    return 0


def one(url: str, person_id: int, asked: int) -> dict[str, float]:
    """One file as a worker makes it, asked for by this person."""
    settings = Settings(data_dir=DATA_DIR, database_url=url, demo=True, today=TODAY)
    clock = Clock.standing_at(TODAY)
    app = create_app(settings, clock=clock, worker=True)
    with app.app_context():
        began = time.process_time()
        commands.make(asked)
        used = time.process_time() - began
        peak = peak_mb()
        mine = visible(view_as(person_id, clock), LedgerExport).where(LedgerExport.id == asked)
        export = db.session.scalars(mine).one()
        path = store.path_of(settings.files_dir.absolute(), export.sha256 or "")
        pages = len(pypdf.PdfReader(path).pages) if export.form == PDF else 0
        found = {
            "rows": export.total, "pages": pages, "cpu": used, "peak": peak,
            "kb": (export.size or 0) / 1024,
        }  # fmt: skip
        db.session.remove()
        db.engine.dispose()
    return found


def _measure(servers: Servers, count: int) -> None:
    with filled(servers, count) as ours:
        app = application(ours)
        with connect(ours.owner_url) as connection:
            head = read(connection, TODAY).holders["office_head"]
        asked = {form: _ask(app, head, form) for form in FORMS}
        let_go(app)
        for form, export in asked.items():
            _print(count, form, _in_a_process(ours, head, export))


def _ask(app: Flask, person_id: int, form: str) -> int:
    """Ask for one file, with the reason that so many rows need; its id."""
    with app.app_context():
        viewer = view_as(person_id, app.extensions["portal.clock"])
        words = [app.extensions["portal.settings"].item_word]
        release = releases.ask(viewer, "columns=all", form, "测量", words, sensitive=False)
        return commands.ask(viewer, release.query, form, release).id


def _in_a_process(servers: Servers, person_id: int, export: int) -> dict[str, float]:
    done = subprocess.run(  # noqa: S603 - the address is of the servers just attached
        [
            sys.executable, "-m", "bench.printed",
            "--one", servers.worker_url, str(person_id), str(export),
        ],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _print(count: int, form: str, found: Mapping[str, float]) -> None:
    print(
        LINE.format(
            f"{count:,}", form, f"{found['rows']:,}", f"{found['pages']:,}",
            f"{found['cpu']:.1f}", f"{found['peak']:.0f}", f"{found['kb']:,.0f}",
        ),
        flush=True,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
