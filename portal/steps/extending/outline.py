"""What a request for more time is about, in words: before it is written, and where it is signed."""

from __future__ import annotations

from datetime import datetime

from portal.filters import time_or_day
from portal.models import Extension, Item
from portal.rulebook import extending, extension_signers, policy
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.extension_signers import Request

CHAIN = "单位负责人签署、分管校领导签字、党政办审核"
LEADER, PRINCIPAL = "党政办分管领导审核", "主要领导审定"

Fact = tuple[str, str]


def terms_words(item: Item, now: datetime) -> list[Fact]:
    """第十九条 for this item now: until when, how often so far, through whose hands."""
    terms = extending.terms_of(item)
    facts = []
    if terms.due is not None and terms.cutoff is not None:
        facts += [
            ("现行时限", f"{long_date(terms.due)}前"),
            ("最迟申请时间", extending.latest_words(terms.cutoff) + _left(terms, now)),
        ]
    facts.append(("已批准延期", _granted(terms)))
    facts.append(("签批环节", _chain(item, terms, now)))
    return facts


def _left(terms: extending.Terms, now: datetime) -> str:
    if not terms.timely(now):
        return "，已过；仅受理因不可抗力提出的申请"
    left = extending.days_left(terms, now)
    return f"，还有{left}天" if left else "，今天截止"


def _granted(terms: extending.Terms) -> str:
    said = f"{terms.granted}次，最多{terms.most}次，每次不超过{terms.most_days}天"
    return f"{said}；不再延期" if terms.used_up else said


def _chain(item: Item, terms: extending.Terms, now: datetime) -> str:
    """The usual way of a request written now, and what lengthens it."""
    edition = policy.of(item.policy_version)
    usual = Request(item.level, False, terms.timely(now), terms.granted, False)
    said = CHAIN + _further(usual, edition)
    more = []
    if not extension_signers.for_office_leader(usual, edition):
        longer = usual._replace(longer=True)
        more.append(("延期超过原办理期的", _further(longer, edition)))
    if not extension_signers.for_principal(usual, edition):
        more.append(("申请免于督办的", _further(usual._replace(exempt=True), edition)))
    said += "".join(f"；{case}，另需{way.removeprefix('、')}" for case, way in more if way)
    return said


def _further(request: Request, edition: policy.Policy) -> str:
    """「、党政办分管领导审核（第2次延期）」."""
    steps = (
        (LEADER, extension_signers.for_office_leader(request, edition)),
        (PRINCIPAL, extension_signers.for_principal(request, edition)),
    )
    return "".join(f"、{label}（{'、'.join(why)}）" for label, why in steps if why)


def matter_words(item: Item, extension: Extension) -> list[Fact]:
    """A request as whoever signs it reads it."""
    facts = [("申请事项", extending.KINDS[extension.kind])]
    if extension.asked_due is not None and extension.due_before is not None:
        facts.append(("完成时限", _moved(extension)))
    facts += [
        ("申请理由", extension.reason),
        ("目前进展", extension.progress),
        ("提出时间", applied_words(extension)),
    ]
    if extension.of_superior:
        facts.append(("时限依据", f"{item.deadline_basis}（上级单位明确，附上级同意延期的证明）"))
    if extension.granted:
        facts.append(("此前延期", f"{extension.granted}次"))
    return facts


def _moved(extension: Extension) -> str:
    if extension.due_before is None or extension.asked_due is None:
        raise ValueError("only an extension moves a day")
    days = (extension.asked_due - extension.due_before).days
    return f"{long_date(extension.due_before)}延至{long_date(extension.asked_due)}（延长{days}天）"


def applied_words(extension: Extension) -> str:
    """「2026年11月5日 10:20，在最迟申请时间内」."""
    said = time_or_day(extension.applied_at)
    if extension.oral_at is not None:
        said += "（口头申请）" if extension.applied_at == extension.oral_at else "（补交书面申请）"
    if extension.cutoff is None:
        return said
    if extension.timely:
        return f"{said}，在最迟申请时间（{extending.latest_words(extension.cutoff)}）内"
    ground = "，以不可抗力为由" if extension.late_ground else ""
    return f"{said}，晚于最迟申请时间（{extending.latest_words(extension.cutoff)}）{ground}"
