"""基本情况: the facts of an item as rows, each with the article that explains it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from portal.filters import full_date, full_time
from portal.item.people import Named, named
from portal.item.shares import Share
from portal.item.wording import ground, state_label
from portal.models import Closure, Item
from portal.rulebook import policy
from portal.rulebook.deadline_texts import PROVISIONAL, WARNINGS
from portal.rulebook.extending import granted
from portal.rulebook.guards import REPLIES
from portal.rulebook.item_texts import (
    UNSETTLED,
    category_text,
    due_now,
    limit_text,
    reporting_text,
    source_text,
)
from portal.rulebook.recounting import is_provisional


@dataclass(frozen=True)
class Row:
    """A fact: plain text or persons, grey notes below, and its ground (label, address)."""

    label: str
    text: str = ""
    people: list[Named] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    ground: tuple[str, str] | None = None
    wide: bool = False


def heading(item: Item, shares: list[Share]) -> list[tuple[str, str]]:
    """The line below the title: 状态 类别 等级 方式 牵头 时限."""
    edition, due = policy.CURRENT, due_now(item)
    lead = next((share.short for share in shares if share.lead), "")
    return [
        ("状态", state_label(item)),
        ("类别", category_text(item)),
        ("等级", edition.level(item.level).label),
        ("方式", edition.method(item.method).label),
        ("牵头", lead),
        ("时限", (full_date(due) if due else limit_text(item)) + _mark(item)),
    ]


def facts_of(item: Item, shares: list[Share], today: date) -> list[Row]:
    """The rows of 基本情况, in the order of annex 1."""
    leads = [share for share in shares if share.lead]
    others = [share for share in shares if not share.lead]
    leader = named([item.responsible_leader_id], today)[item.responsible_leader_id]
    return [
        Row(
            "办理要求",
            item.requirement or UNSETTLED,
            notes=(f"{reporting_text(item)}。",),
            ground=ground(policy.CURRENT.level(item.level).article),
            wide=True,
        ),
        Row("事项来源", source_text(item), wide=True),
        Row("牵头单位", "、".join(share.unit for share in leads)),
        Row("责任校领导", people=[leader]),
        Row(
            "单位责任人",
            people=[head for share in leads for head in share.heads],
            notes=tuple(share.stand_in for share in leads if share.stand_in),
        ),
        _handlers("承办人", leads, item),
        Row("协办单位", "、".join(share.unit for share in others) or "无"),
        _handlers("协办承办人", others, item),
        Row("交办日期", _issued(item)),
        _limit(item),
        Row("密级标识", policy.CURRENT.classification(item.classification).label),
        Row("签收", _receipts(shares)),
    ]


def reply_of(closure: Closure, today: date) -> str:
    """「邓涛2026年11月23日 17:30口头反馈」: by what a simple closing was handed in; else empty."""
    if closure.reply_form is None or closure.replied_by_id is None or closure.handed_in_at is None:
        return ""
    who = named([closure.replied_by_id], today)[closure.replied_by_id]
    return f"{who.name}{full_time(closure.handed_in_at)}{REPLIES[closure.reply_form]}反馈"


def _handlers(label: str, shares: list[Share], item: Item) -> Row:
    open_word = "未指定" if item.closed_on else "待指定"
    people = [handler for share in shares for handler in share.handlers]
    return Row(label, "" if people else (open_word if shares else "无"), people=people)


def _issued(item: Item) -> str:
    """The day of the notice; after 调整承办单位 the next one is still to come."""
    if item.issued_on is None:
        return "未交办"
    again = "（待重新下达）" if item.state == "filed" else ""
    return full_date(item.issued_on) + again


def _limit(item: Item) -> Row:
    notes: tuple[str, ...] = ()
    if item.due_original and item.due_original != due_now(item):
        times = granted(item)
        given = f"，已批准延期{times}次" if times else ""
        notes = (f"原定{full_date(item.due_original)}{given}",)
    elif item.deadline_basis:
        notes = (item.deadline_basis,)
    article = "18(5)" if item.deadline_kind == "date" else policy.CURRENT.level(item.level).article
    if mark := _mark(item):
        notes = (*notes, f"{WARNINGS['calendar_missing']}，只会顺延，不会提前")
    return Row("完成时限", limit_text(item) + mark, notes=notes, ground=ground(article))


def _mark(item: Item) -> str:
    """「（暂定）」 beside a date that may still move (SPEC §3.3)."""
    return f"（{PROVISIONAL}）" if is_provisional(item) else ""


def _receipts(shares: list[Share]) -> str:
    if not any(share.received for share in shares):
        return "尚未签收"
    return "、".join(
        f"{share.short} {share.received_by}" if share.received else f"{share.short} 未签收"
        for share in shares
    )
