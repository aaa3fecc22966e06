"""A sheet set at a step is the same whether it was read at that step or resized to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import pytest
from reportlab.platypus.flowables import Spacer

from portal.documents.form_table import FORMS
from portal.documents.sheets import NoticeBatch
from portal.documents.steps import FLOWING, READ, STEPS, Step
from portal.documents.templating import html_of
from portal.documents.typesetting.paragraph import SheetParagraph
from portal.documents.typesetting.resizing import Sizes, resized
from portal.documents.typesetting.story import story
from portal.documents.typesetting.table import SheetTable
from portal.documents.wording import WORDING
from tests.documents.every import EVERY


def _told(flowables: Sequence[Any]) -> list[Any]:
    """Everything that is drawn of flowables, lengths to a hundredth of a point."""
    return [_one(flowable) for flowable in flowables]


def _one(flowable: Any) -> Any:
    if isinstance(flowable, Spacer):
        return round(flowable.height, 2)
    if isinstance(flowable, SheetParagraph):
        shape = [_rounded(getattr(flowable.shape, each.name)) for each in fields(flowable.shape)]
        runs = [(run.text, run.font, round(run.size, 2), str(run.color)) for run in flowable.runs]
        return shape, runs
    assert isinstance(flowable, SheetTable)
    rows = [
        (
            round(row.height, 2),
            [(cell.column, cell.span, cell.align, _rounded(cell.border),
              [round(side, 2) for side in cell.padding], _told(cell.content))
             for cell in row.cells],
        )
        for row in flowable.rows
    ]  # fmt: skip
    widths = [round(width, 2) for width in flowable.column_widths]
    return widths, _rounded(flowable.frame_weight), flowable.head_rows, rows


def _rounded(value: Any) -> Any:
    return round(value, 2) if isinstance(value, float) else value


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("content", ["ordinary", pytest.param("empty", marks=pytest.mark.long)])
def test_every_step_of_every_form(kind: str, content: str) -> None:
    sheet = EVERY[kind][content]
    paper = sheet.notices[0] if isinstance(sheet, NoticeBatch) else sheet

    def at(step: Step) -> list[Any]:
        return story(html_of(FORMS[kind], paper, WORDING, "试", step, {}))

    read = at(READ)
    for step in (STEPS[0], STEPS[2], FLOWING):
        assert _told(resized(read, Sizes(READ.lengths, step.lengths))) == _told(at(step))


def test_only_the_last_step_has_another_structure() -> None:
    """A tight sheet is read by itself: its template is another."""
    assert [step.tight for step in STEPS] == [*[False] * (len(STEPS) - 1), True]
