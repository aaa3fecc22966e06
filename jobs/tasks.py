"""The jobs. Each calls one command; the worker runs them in the application's context."""

from __future__ import annotations

from importlib import import_module

from jobs.schedule import BY_NAME


def make_sheet(sheet_id: int) -> None:
    """Typeset and store one sheet (第十六条（一）、（六）: 附件1、附件3)."""
    from portal.documents import commands

    commands.make(sheet_id)


def scheduled(name: str) -> None:
    """Run the command of the schedule's row `name`."""
    module, _, function = BY_NAME[name].command.partition(":")
    getattr(import_module(module), function)()
