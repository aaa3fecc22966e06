"""The form of 代录反馈: a unit's report, and how it came."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField

from portal.attachments.forms import FilesField
from portal.entry_fields import EntryFields
from portal.models import Feedback, Item
from portal.rulebook import reporting
from portal.rulebook.signers import reporters_between
from portal.steps.execution import queries
from portal.steps.execution.forms import ReportTexts
from portal.steps.execution.queries import returned
from portal.web import viewer


class EntryForm(EntryFields, ReportTexts):
    """书面报告 as it came, with the scan or the file itself."""

    final = BooleanField("本单位协办任务已完成")
    files = FilesField("扫描件或文件")

    def __init__(self, *args: Any, item: Item, unit_id: int, **kwargs: Any) -> None:
        super().__init__(*args, item=item, unit_id=unit_id, **kwargs)
        today = viewer().moment.day
        self.offer(reporters_between(item.issued_on or today, today, item, unit_id))

    @classmethod
    def begun(cls, item: Item, unit_id: int) -> EntryForm:
        """An empty form; of a report that was sent back with its texts."""
        proposed = reporting.proposed_point(item, viewer())
        return cls(
            item=item,
            unit_id=unit_id,
            version=item.version,
            obj=_Texts(report) if (report := returned(item, unit_id)) else None,
            point=proposed.id if proposed else 0,
        )

    @classmethod
    def corrected(cls, item: Item, report: Feedback) -> EntryForm:
        """The entry as it stands, to be corrected."""
        return cls(
            item=item,
            unit_id=report.unit_id,
            version=item.version,
            obj=_Texts(report),
            way=report.via,
            paper_on=report.paper_on,
            **queries.as_entered(viewer(), report),
        )


class _Texts:
    """Of a report what the form has in common with it: not how it came."""

    NAMES = (
        "measures", "progress", "effect", "problems", "next_steps", "percent", "no_progress",
        "final",
    )  # fmt: skip

    def __init__(self, report: Feedback) -> None:
        for name in self.NAMES:
            setattr(self, name, getattr(report, name))
