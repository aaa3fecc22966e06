"""All sorts of sheets, in the order an item's page lists them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import partial
from typing import Final

from portal.documents.filling import annexes as annex_filling
from portal.documents.filling import call as call_filling
from portal.documents.filling import handover as handover_filling
from portal.documents.filling import inspection as inspection_filling
from portal.documents.filling import loan as loan_filling
from portal.documents.filling import notice as notice_filling
from portal.documents.filling import plan as plan_filling
from portal.documents.filling import report as report_filling
from portal.documents.filling import request as request_filling
from portal.documents.filling import reset as reset_filling
from portal.documents.filling import urge as urge_filling
from portal.documents.render import GONGWEN
from portal.documents.sheets import Sheet
from portal.documents.sorts import (
    annexes,
    calls,
    handovers,
    inspections,
    loans,
    notices,
    plans,
    reports,
    requests,
    resets,
    urges,
)
from portal.documents.sorts.shape import Sort
from portal.errors import NotFound
from portal.models import Item
from portal.rulebook.scope import Viewer


def _annex(kind: str, fill: annex_filling.Fill) -> Sort:
    def labels(_kinds: Collection[str]) -> dict[str, str]:
        return {kind: annexes.LABELS[kind]}

    def filled(viewer: Viewer, item: Item, _kind: str, as_of_id: int, college: str) -> Sheet:
        return fill(viewer, item, as_of_id, college)

    return Sort(
        form=kind,
        concerns=kind.__eq__,
        labels=labels,
        listed=partial(annexes.listed, kind=kind),
        standing=annexes.standing,
        fill=filled,
    )


def _of_inspections(form: str, papers: inspections.Papers, fill: inspection_filling.Fill) -> Sort:
    return Sort(
        form=form,
        concerns=papers.concerns,
        labels=papers.labels,
        listed=papers.listed,
        standing=papers.standing,
        fill=fill,
    )


SORTS: Final = (
    _annex(annexes.FILING, annex_filling.filing),
    Sort(
        form="notice",
        concerns=notices.is_single,
        labels=notices.labels,
        listed=notices.listed,
        standing=notices.standing,
        fill=notice_filling.single,
    ),
    Sort(
        form="notices",
        concerns=notices.is_batch,
        labels=notices.batch_labels,
        listed=notices.batch_listed,
        standing=notices.standing,
        fill=notice_filling.batch,
        bound=notices.bound,
    ),
    Sort(
        form="plan",
        concerns=plans.concerns,
        labels=plans.labels,
        listed=plans.listed,
        standing=plans.standing,
        fill=plan_filling.sheet,
    ),
    Sort(
        form="phone",
        concerns=calls.concerns,
        labels=calls.labels,
        listed=calls.listed,
        standing=calls.standing,
        fill=call_filling.record,
    ),
    Sort(
        form=GONGWEN,
        concerns=reports.concerns,
        labels=reports.labels,
        listed=reports.listed,
        standing=reports.standing,
        in_hand=reports.in_hand,
        fill=report_filling.fill,
    ),
    Sort(
        form="urge",
        concerns=urges.concerns,
        labels=urges.labels,
        listed=urges.listed,
        standing=urges.standing,
        fill=urge_filling.notice,
    ),
    _of_inspections("inspection_plan", inspections.PLAN, inspection_filling.plan),
    _of_inspections("inspection_record", inspections.RECORD, inspection_filling.record),
    _of_inspections(GONGWEN, inspections.OPINION, inspection_filling.opinion),
    Sort(
        form="request",
        concerns=requests.concerns,
        labels=requests.labels,
        listed=requests.listed,
        standing=requests.standing,
        fill=request_filling.fill,
    ),
    Sort(
        form="reset",
        concerns=resets.concerns,
        labels=resets.labels,
        listed=resets.listed,
        standing=resets.standing,
        fill=reset_filling.notice,
    ),
    Sort(
        form=handovers.HANDOVER,
        concerns=handovers.concerns,
        labels=handovers.labels,
        listed=handovers.listed,
        standing=handovers.standing,
        fill=handover_filling.sheet,
    ),
    _annex(annexes.CLOSING, annex_filling.closing),
    Sort(
        form=loans.LOAN,
        concerns=loans.concerns,
        labels=loans.labels,
        listed=loans.listed,
        standing=loans.standing,
        fill=loan_filling.sheet,
        archived=False,
    ),
)


def sort_of(kind: str) -> Sort:
    """The sort of this kind. NotFound: it is none."""
    for sort in SORTS:
        if sort.concerns(kind):
            return sort
    raise NotFound


def labels_of(kinds: Iterable[str]) -> dict[str, str]:
    """The names of the kinds among these words; what is no kind has none."""
    wanted = set(kinds)
    found: dict[str, str] = {}
    for sort in SORTS:
        own = {kind for kind in wanted if sort.concerns(kind)}
        if own:
            found |= sort.labels(own)
    return found


def fill(viewer: Viewer, item: Item, kind: str, as_of_id: int, college: str) -> Sheet:
    """The sheet of `kind`. NotFound for what is no kind, or a sheet this person has not."""
    return sort_of(kind).fill(viewer, item, kind, as_of_id, college)
