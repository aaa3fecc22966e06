"""Which 常用语 stand under the opinion box of each signature."""

from __future__ import annotations

from portal.rulebook.phrases import phrases

SIGNED = {
    "confirm_unit": "审签",
    "sign": "审签",
    "review": "审核",
    "approve": "审定",
    "confirm_close": "办结",
    "sign_close": "办结",
    "check_close": "办结",
    "review_close": "办结",
    "read_close": "批示",
}
GROUP = {**SIGNED, "countersign": "审签", "comment": "批示"}
RETURNING = ("请补充", "未达到", "暂不")
"""Beginnings of phrases that do not go with agreeing."""


def reasons() -> list[str]:
    """The chips for 退回 and 不予立项."""
    return [*phrases()["退回"], *(text for text in phrases()["审定"] if text.startswith("暂不"))]


def phrases_for(act: str) -> list[str]:
    """The chips for agreeing; phrases with blanks to fill are left out."""
    return [
        text for text in phrases()[GROUP[act]] if "{" not in text and not text.startswith(RETURNING)
    ]
