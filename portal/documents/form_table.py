"""All forms: the class of their sheets, their template, their title and annex mark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.documents.field_sheets import (
    HandoverSheet,
    InspectionPlanSheet,
    InspectionRecordSheet,
)
from portal.documents.sheets import (
    ClosingSheet,
    FilingSheet,
    ListSheet,
    NoticeBatch,
    NoticeSheet,
    RequestSheet,
    Sheet,
    SigningListSheet,
    UrgeSheet,
)
from portal.documents.wording import Wording
from portal.documents.work_sheets import LoanSheet, PhoneSheet, PlanSheet, ResetSheet

MOST_ENTRIES = 200  # names or units in one cell
MOST_ROWS = 5000  # of a list over many pages


@dataclass(frozen=True)
class Form:
    """A form: the class of its sheets, its template, how title and annex mark are worded."""

    sheet: type[Sheet]
    template: str
    title: Callable[[Wording, Any], str]
    """Of the wording and the sheet; 「{college}」 in it is the college's name."""
    annex: Callable[[Wording], str] = lambda _wording: ""
    chosen: bool = False
    """Whether category, method and level are ticked on it."""
    most_entries: int = MOST_ENTRIES


def _notice_title(wording: Wording, sheet: NoticeSheet) -> str:
    return wording.notice_title + (wording.notice_revised if sheet.revised else "")


FORMS: Mapping[str, Form] = {
    "filing": Form(
        FilingSheet,
        "documents/filing.html",
        title=lambda wording, _sheet: wording.filing_title,
        annex=lambda wording: wording.filing_annex,
        chosen=True,
    ),
    "urge": Form(
        UrgeSheet,
        "documents/urge.html",
        title=lambda wording, _sheet: wording.urge_title,
        annex=lambda wording: wording.urge_annex,
    ),
    "closing": Form(
        ClosingSheet,
        "documents/closing.html",
        title=lambda wording, _sheet: wording.closing_title,
        annex=lambda wording: wording.closing_annex,
        chosen=True,
    ),
    "notice": Form(NoticeSheet, "documents/notice.html", title=_notice_title, chosen=True),
    "notices": Form(NoticeBatch, "documents/notice.html", title=_notice_title, chosen=True),
    "request": Form(
        RequestSheet,
        "documents/request.html",
        title=lambda wording, sheet: wording.request_titles[sheet.kind],
    ),
    "signing_list": Form(
        SigningListSheet,
        "documents/signing_list.html",
        title=lambda wording, _sheet: wording.signing_list_title,
    ),
    "phone": Form(PhoneSheet, "documents/phone.html", lambda wording, _sheet: wording.phone.title),
    "loan": Form(LoanSheet, "documents/loan.html", lambda wording, _sheet: wording.loan.title),
    "reset": Form(ResetSheet, "documents/reset.html", lambda wording, _sheet: wording.reset.title),
    "plan": Form(PlanSheet, "documents/plan.html", lambda wording, _sheet: wording.plan.title),
    "inspection_plan": Form(
        InspectionPlanSheet,
        "documents/inspection_plan.html",
        lambda wording, _sheet: wording.inspection.plan_title,
    ),
    "inspection_record": Form(
        InspectionRecordSheet,
        "documents/inspection_record.html",
        lambda wording, _sheet: wording.inspection.record_title,
    ),
    "handover": Form(
        HandoverSheet,
        "documents/handover.html",
        lambda wording, _sheet: wording.handover.title,
    ),
    "list": Form(
        ListSheet,
        "documents/list.html",
        title=lambda _wording, sheet: str(sheet.title),
        most_entries=MOST_ROWS,
    ),
}
