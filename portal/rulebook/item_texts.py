"""An item's facts in words, the same on pages, sheets and lists (第十、十八条, SPEC §3.2, §4)."""

from __future__ import annotations

from datetime import date

from portal.models import Item
from portal.rulebook import policy
from portal.rulebook.deadline_texts import cycle_text, deadline_text, long_date
from portal.rulebook.numbering import Number


def number_of(item: Item) -> Number | None:
    """The 文号, once it is filed."""
    if item.doc_word is None or item.doc_year is None or item.doc_seq is None:
        return None
    return Number(item.doc_word, item.doc_year, item.doc_seq)


UNSETTLED = "未填写"
"""What a draft does not say yet."""


def category_text(item: Item) -> str:
    """「决策类」; a draft without a source has none yet."""
    if not item.category:
        return UNSETTLED
    return policy.of(item.policy_version).category(item.category).label


def source_text(item: Item) -> str:
    """「院长办公会：2026年第15次院长办公会议纪要第五项（2026年9月18日）」."""
    if not item.source_type:
        return item.source_ref or UNSETTLED
    label = policy.of(item.policy_version).source_type(item.source_type).label
    text = f"{label}：{item.source_ref}" if item.source_ref else label
    return f"{text}（{long_date(item.source_date)}）" if item.source_date else text


def due_now(item: Item) -> date | None:
    """The day that holds now: the one set anew after a refused result, else the effective one."""
    return item.due_reset or item.due_effective


def limit_text(item: Item) -> str:
    """完成时限 as the annexes print it, before and after 交办 (第十八条)."""
    return deadline_text(
        policy.of(item.policy_version).level(item.level),
        due=due_now(item) or item.deadline_date,
        days=item.deadline_days,
        open_ended=item.deadline_kind == "open",
    )


def limit_at_filing(item: Item) -> str:
    """完成时限 as it stood when the form was filed: 「自交办之日起15天」, whatever came after."""
    return deadline_text(
        policy.of(item.policy_version).level(item.level),
        due=item.deadline_date,
        days=item.deadline_days,
        open_ended=item.deadline_kind == "open",
    )


def reporting_text(item: Item) -> str:
    """「每10天反馈1次」."""
    return cycle_text(policy.of(item.policy_version).level(item.level))
