"""Which 常用语 stand under the opinion box of each signature."""

from __future__ import annotations

from portal.rulebook.phrases import phrases

GROUP = {
    "sign": "审签",
    "review": "审核",
    "approve": "审定",
    "confirm_close": "办结",
    "sign_close": "办结",
    "check_close": "办结",
    "review_close": "办结",
    "read_close": "批示",
}
RETURNING = ("请补充", "未达到", "暂不")
"""Beginnings of phrases that do not go with agreeing."""


def phrases_for(act: str) -> list[str]:
    """The chips for agreeing; phrases with blanks to fill are left out."""
    return [
        text for text in phrases()[GROUP[act]] if "{" not in text and not text.startswith(RETURNING)
    ]
