"""The kinds of sheets: `filing`, `closing`, `notice-<unit code>`, `notices`, `urge-<id>`,
`extension-<n>`, `adjustment-<n>`, and their names."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Final

from sqlalchemy import select

from portal.extensions import db
from portal.models import Unit

LABELS: Final = {"filing": "立项备案单", "closing": "办结备案单"}
"""The annexes, in their order."""
NOTICE, NOTICES = "notice", "notices"
NOTICE_LABEL = "督办事项通知单"
NOTICES_LABEL = "全部通知单"
EXTENSION, ADJUSTMENT, REQUEST = "extension", "adjustment", "request"
REQUESTS: Final = {EXTENSION: "延期、免于督办申请表", ADJUSTMENT: "督办事项调整单"}
"""What is asked of a filed item, the n-th of its kind."""
EXTENSION_LABELS: Final = {"extend": "延期督办申请表", "exempt": "免于督办审批表"}
URGE, URGE_LABEL = "urge", "催办通知单"


def kind_of_notice(code: str) -> str:
    """The kind of the notice of the unit with this code."""
    return f"{NOTICE}-{code}"


def code_of(kind: str) -> str | None:
    """The code of the unit whose notice it is; None for another kind, and where it is no code."""
    form, dash, code = kind.partition("-")
    return code if form == NOTICE and dash and code.isalnum() else None


def request_of(kind: str) -> tuple[str, int] | None:
    """Of a sheet of what is asked its sort and which of them it is; None for another kind."""
    sort, _dash, number = kind.partition("-")
    if sort not in REQUESTS or not (number.isdecimal() and number.isascii() and len(number) < 5):
        return None
    return (sort, int(number)) if str(int(number)) == number else None


def nth_label(label: str, number: int) -> str:
    """「延期督办申请表（第1次）」."""
    return f"{label}（第{number}次）"


def kind_of_urge(notice_id: uuid.UUID) -> str:
    """The kind of 催办通知单 with this public id."""
    return f"{URGE}-{notice_id.hex}"


def urge_of(kind: str) -> uuid.UUID | None:
    """The public id of the 催办通知单 that the kind prints; None for another kind."""
    form, dash, found = kind.partition("-")
    if form != URGE or not dash:
        return None
    try:
        return uuid.UUID(hex=found)
    except ValueError:
        return None


def form_of(kind: str) -> str:
    """The form it is printed on, a key of `render.FORMS`."""
    if request_of(kind) is not None:
        return REQUEST
    if urge_of(kind) is not None:
        return URGE
    return NOTICE if code_of(kind) is not None else kind


def notice_label(unit: str) -> str:
    """「督办事项通知单（后勤国资处）」."""
    return f"{NOTICE_LABEL}（{unit}）"


def labels_of(kinds: Iterable[str]) -> dict[str, str]:
    """The names of the kinds among these words; what is no kind has none."""
    wanted = set(kinds)
    codes = {code for kind in wanted if (code := code_of(kind)) is not None}
    found = {kind: label for kind, label in LABELS.items() if kind in wanted}
    for kind in wanted:
        if (asked := request_of(kind)) is not None:
            found[kind] = nth_label(REQUESTS[asked[0]], asked[1])
    if NOTICES in wanted:
        found[NOTICES] = NOTICES_LABEL
    found |= {kind: URGE_LABEL for kind in wanted if urge_of(kind) is not None}
    if codes:
        rows = db.session.execute(select(Unit.code, Unit.short_name).where(Unit.code.in_(codes)))
        found |= {kind_of_notice(code): notice_label(short) for code, short in rows}
    return found
