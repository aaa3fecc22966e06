"""The jobs. Each calls one command; the worker runs them in the application's context."""

from __future__ import annotations

from importlib import import_module

from flask import current_app

from jobs.schedule import BY_NAME


def make_sheet(sheet_id: int) -> None:
    """Typeset and store one sheet (第十六条（一）、（六）: 附件1、附件3)."""
    from portal.documents import commands

    _before()
    commands.make(sheet_id)


def export_ledger(export_id: int) -> None:
    """Write and store one export of the ledger (SPEC §6.5)."""
    from portal.rooms.ledger.exports import commands

    _before()
    commands.make(export_id)


def print_signing_list(list_id: int) -> None:
    """Typeset and store one 督办事项一览签批单 (SPEC §8.4)."""
    from portal.rooms.signing_lists import making

    _before()
    making.make(list_id)


def read_scans(batch_id: int) -> None:
    """Read one batch of scanned sheets (SPEC §8.4)."""
    from portal.scans import reading

    _before()
    reading.make(batch_id)


def make_package(package_id: int) -> None:
    """Put together and store one item's archive package (第十六条（七）)."""
    from portal.rooms.archives import making

    _before()
    making.make(package_id)


def make_year_package(package_id: int) -> None:
    """Put together and store the packages of a year (SPEC §2.11)."""
    from portal.rooms.archives import years

    _before()
    years.make(package_id)


def bundle_case(bundle_id: int) -> None:
    """Put together and store the papers of one case (第二十五条, SPEC §6.3)."""
    from portal.rooms.accountability import bundles

    _before()
    bundles.make(bundle_id)


def import_rows(import_id: int) -> None:
    """Make the items of a table that was confirmed (SPEC §8.1)."""
    from portal.workbooks import importing

    _before()
    importing.make(import_id)


def count_brief(snapshot_id: int) -> None:
    """Count the figures of one 学期报告 or 通报 (第二十条)."""
    from portal.rooms.reports import making

    _before()
    making.count(snapshot_id)


def print_brief(sheet_id: int) -> None:
    """Typeset and store one 学期报告 or 通报 (第二十条)."""
    from portal.rooms.reports import making

    _before()
    making.set_sheet(sheet_id)


def handle_spill(spill_id: int) -> None:
    """Do what was decided about an item reported as 疑似涉密 (SPEC §7.2)."""
    from portal.rooms.spills import handling

    _before()
    handling.make(spill_id)


def scheduled(name: str) -> None:
    """Run the command of the schedule's row `name`."""
    _before()
    module, _, function = BY_NAME[name].command.partition(":")
    getattr(import_module(module), function)()


def _before() -> None:
    """What the application wants done before each job: the demo follows its own date."""
    before = current_app.extensions.get("portal.before_job")
    if before is not None:
        before()
