"""A brief as 公文: its texts with the figures of its snapshot, its lists, its day (SPEC §5.8–5.10).

From what is stored alone: a released brief is put together anew to the last character, whatever
became of the items since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields as columns_of
from datetime import date
from typing import Any, Final

from portal.documents.gongwen import circular, term_report
from portal.documents.gongwen.circular import Circular
from portal.documents.gongwen.content import Gongwen
from portal.documents.gongwen.figures import Balance, Figures, Unfinished, flow, whole
from portal.documents.gongwen.term_report import LedgerRow, TermReport, UrgeRow
from portal.models import Brief, BriefSnapshot
from portal.rooms.reports.fields import filled
from portal.rulebook.briefs.guards import snapshot_of, texts_of
from portal.rulebook.briefs.table import TERM_REPORT
from portal.rulebook.scope import Viewer

OFFICE: Final = "党政办公室"
Data = Mapping[str, Any]


def paper_of(
    viewer: Viewer, brief: Brief, college: str, control_code: str = "", day: date | None = None
) -> Gongwen:
    """The paper as the brief stands. `day`: 成文日期 of a draft; a released one has its own."""
    snapshot = snapshot_of(viewer, brief)
    data = None if snapshot is None else snapshot.data
    texts = {name: filled(text.body, data) for name, text in texts_of(viewer, brief).items()}
    written_on = brief.released_on or day or viewer.moment.day
    if brief.kind == TERM_REPORT and snapshot is not None and data is not None:
        return _report(brief, snapshot, data, texts, written_on, control_code)
    return _circular(brief, data, texts, written_on, college, control_code)


def _report(
    brief: Brief,
    snapshot: BriefSnapshot,
    data: Data,
    texts: Mapping[str, str],
    day: date,
    control_code: str,
) -> Gongwen:
    report = TermReport(
        term=brief.name,
        figures=figures_of(data),
        balance=Balance(**data["balance"]),
        practices=texts.get("practices", ""),
        good=texts.get("good", ""),
        overdue=texts.get("overdue", ""),
        late_reports=texts.get("late_reports", ""),
        coordination=texts.get("coordination", ""),
        next_steps=texts.get("next_steps", ""),
        signed_by=OFFICE,
        day=day,
        ledger=tuple(LedgerRow(**_dated(row, "issued_on")) for row in data["ledger"]),
        unfinished=tuple(map(_unfinished, data["unfinished"])),
        urged=tuple(UrgeRow(**_dated(row, "issued_on", "limit")) for row in data["urged"]),
        as_of=snapshot.as_of,
        digest=snapshot.sha256 or "",
        ledger_digest=data.get("ledger_digest", ""),
        control_code=control_code,
    )
    return term_report.compose(report)


def _circular(
    brief: Brief,
    data: Data | None,
    texts: Mapping[str, str],
    day: date,
    college: str,
    control_code: str,
) -> Gongwen:
    issuer = f"{college}{OFFICE}"
    return circular.compose(
        Circular(
            mark=f"{issuer}文件" if brief.number else "",
            number=brief.number,
            period=brief.name,
            figures=None if data is None else figures_of(data),
            title=brief.title,
            text=texts.get("text", ""),
            good=texts.get("good", ""),
            problems=texts.get("problems", ""),
            unfinished=_criticised(brief, data),
            demands=texts.get("demands", ""),
            signed_by=issuer,
            day=day,
            issuer=issuer,
            control_code=control_code,
        )
    )


def figures_of(data: Data) -> Figures:
    """The figures of a snapshot as the paper takes them."""
    known = {column.name for column in columns_of(Figures)}
    found = {name: value for name, value in data["figures"].items() if name in known}
    kinds = tuple((label, count) for label, count in found.pop("by_category"))
    return Figures(**found, by_category=kinds)


def overall(kind: str, data: Data) -> list[str]:
    """总体情况 as the paper says it, paragraph by paragraph."""
    term = kind == TERM_REPORT
    said = f"本学期{whole(figures_of(data))}" if term else whole(figures_of(data))
    flowed = [flow(Balance(**data["balance"]))] if term else []
    return [*said.split("\n"), *flowed]


def _criticised(brief: Brief, data: Data | None) -> tuple[Unfinished, ...]:
    """第二十三条: overdue items of the units that this 通报 criticises by name, of no other."""
    if data is None:
        return ()
    return tuple(
        _unfinished(row)
        for row in data["unfinished"]
        if row["days_over"] and row["unit_id"] in brief.criticised_ids
    )


def _unfinished(row: Data) -> Unfinished:
    dated = _dated(row, "due")
    return Unfinished(
        dated["number"], dated["title"], dated["unit"], dated["due"], dated["days_over"],
        dated["progress"],
    )  # fmt: skip


def _dated(row: Data, *names: str) -> dict[str, Any]:
    """The row with its ISO days as dates."""
    return {
        name: date.fromisoformat(value) if name in names and value else value
        for name, value in row.items()
    }
