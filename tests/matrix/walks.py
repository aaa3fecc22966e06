"""How an item comes to the states of the matrix: each walk stops where everybody is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import select

from portal.extensions import db
from portal.models import ArchiveRecord, Loan, Person
from portal.rulebook import reporting
from portal.rulebook.guards import LoanAsked
from portal.steps.closing import archiving, returns
from portal.steps.closing import commands as closing
from portal.steps.execution import commands as execution
from portal.steps.execution import comments
from portal.steps.issuing import commands as issuing
from portal.steps.issuing import objections
from portal.steps.knowledge import commands as knowledge
from portal.steps.lending import commands as lending
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from tests.matrix import walks_beside as beside
from tests.matrix import walks_handing as handing
from tests.matrix import walks_inspecting as inspecting
from tests.matrix import walks_urging as urging
from tests.packages import stand_in
from tests.steps.acting import CO_HEAD, CO_UNIT, HANDLER, HEAD, LEAD, OFFICE, REASON, Actor, intent

CO_HANDLER, TEACHING_HEAD, TEACHING_LIAISON = "杨初", "郑守方", "林婉清"


class Walk(NamedTuple):
    """`moves` stops where everybody is asked, at the item's `states`; `fields` change the sample's
    draft A01, whose drafter is `drafter`."""

    moves: Callable[[Actor], Iterator[None]]
    states: tuple[str, ...]
    fields: Mapping[str, Any] = MappingProxyType({})
    drafter: str = OFFICE


def signing_line(actor: Actor) -> Iterator[None]:
    """第十二条, straight to the notice."""
    yield
    _submit(actor)
    yield
    actor.sign("坤清祥", "sign")
    yield
    actor.sign("余茂春", "review")
    yield
    actor.sign("三郎泽里", "approve")
    yield
    actor.file(release=False)
    yield


def leaving_the_line(actor: Actor) -> Iterator[None]:
    """SPEC §2.3: 退回 to the step before and to the drafter, 撤回, 不予立项."""
    _submit(actor)
    actor.sign("坤清祥", "sign")
    _send_back(actor, "余茂春", to_previous=True)
    yield
    _send_back(actor, "坤清祥", to_previous=False)
    yield
    _submit(actor)
    viewer, item = actor.item("何玉萍")
    registration.withdraw(viewer, item, intent(item))
    yield
    _submit(actor)
    viewer, item = actor.item("坤清祥")
    signing.reject(viewer, item, intent(item, REASON))
    yield


def both_principals(actor: Actor) -> Iterator[None]:
    """第十二条: 党委书记 has signed, 院长 has not; a co-unit's leader may countersign."""
    _submit(actor)
    for who, act in (("坤清祥", "sign"), ("余茂春", "review"), ("向维岷", "approve")):
        actor.sign(who, act)
    yield


def under_the_president(actor: Actor) -> Iterator[None]:
    """SPEC §1.4: 审签 is merged with 审定."""
    _submit(actor)
    yield
    actor.sign("余茂春", "review")
    yield


def with_a_delegate(actor: Actor) -> Iterator[None]:
    """SPEC §1.5: AB角 of the leader in charge."""
    _submit(actor)
    yield


def drafted_by_the_unit(actor: Actor) -> Iterator[None]:
    """第六条: a handler by appointment drafts, the head confirms or returns."""
    viewer, item = actor.item(TEACHING_LIAISON)
    registration.submit(viewer, item, intent(item), declared=True)
    yield
    _send_back(actor, TEACHING_HEAD, to_previous=False)
    yield


def in_work(actor: Actor) -> Iterator[None]:
    """第八条、第十六条（三）（五）: receipts, an objection, reports of both units, a 批示."""
    actor.to_filing()
    actor.file()
    yield
    actor.receive(HEAD, LEAD)
    actor.receive(CO_HEAD, CO_UNIT, CO_HANDLER)
    viewer, item = actor.item(CO_HEAD)
    objections.raise_objection(viewer, item, actor.share(CO_UNIT), intent(None, REASON), None)
    yield
    _name_handler(actor)
    viewer, item = actor.item(HEAD)
    issuing.ask_coordination(viewer, item, actor.share(LEAD), intent(None, REASON))
    actor.report(HANDLER, point_id=execution.points_of(actor.item()[1])[1].id)
    actor.report(CO_HANDLER, CO_UNIT)
    yield
    own, other = actor.reports()
    for who, report in ((HEAD, own), (CO_HEAD, other)):
        viewer, item = actor.item(who)
        reporting.confirm(viewer, item, report, intent(item))
        db.session.commit()
    viewer, item = actor.item("坤清祥")
    comments.give(viewer, item, own, intent(None, "请加快进度。"))
    yield


def closing_chain(actor: Actor) -> Iterator[None]:
    """第十四条、第十六条（六）（七）, 附件 3; a 交接 that is begun waits all the while."""
    actor.to_work()
    handing.begin(actor, LEAD, HANDLER, handing.NEXT)
    actor.apply_close(HANDLER)
    yield
    actor.sign(HEAD, "confirm_close")
    yield
    actor.sign("坤清祥", "sign_close")
    yield
    actor.sign("杨思源", "check_close")
    yield
    actor.sign("余茂春", "review_close")
    actor.sign("向维岷", "read_close")
    yield
    actor.sign("三郎泽里", "read_close")
    yield
    viewer, item = actor.item()
    closing.close(viewer, item, intent(item))
    stand_in(actor.public_id)
    yield
    viewer, item = actor.item(HANDLER)
    archiving.keep_copy(viewer, item, _copy("unit"), intent(item))
    yield
    viewer, item = actor.item("黄素芬")
    archiving.archive(viewer, item, intent(item))
    yield
    viewer, item = actor.item("黄素芬")
    archiving.set_keeping(viewer, item, intent(item), location="综合档案室B12")
    stand_in(actor.public_id)
    yield
    yield from _borrowed(actor)


def _borrowed(actor: Actor) -> Iterator[None]:
    """第十六条（七）: 借阅 asked for by the handler, granted by 党政办主任, handed out."""
    viewer, item = actor.item(HANDLER)
    asked = LoanAsked("original", "核对整改清单", viewer.moment.day + timedelta(days=7))
    lending.ask(viewer, item, asked, intent(item), declared=True)
    yield
    for who, act in (("杨思源", "grant_loan"), ("黄素芬", "lend")):
        viewer, item = actor.item(who)
        loan = db.session.scalars(select(Loan).where(Loan.item_id == item.id)).one()
        lending.move(viewer, item, loan, act, intent(item))
        yield


def closing_sent_back(actor: Actor) -> Iterator[None]:
    """SPEC §2.10: a supplement is asked; later it is judged not met, its new date unsigned."""
    actor.to_work()
    actor.apply_close()
    viewer, item = actor.item("坤清祥")
    returns.ask_supplement(viewer, item, "return_supplement", intent(item, REASON), 2)
    yield
    actor.apply_close()
    actor.sign("坤清祥", "sign_close")
    viewer, item = actor.item("杨思源")
    due = viewer.moment.day + timedelta(days=20)
    returns.judge_not_met(viewer, item, "not_met", intent(item, REASON), due)
    yield


def need_to_know(actor: Actor) -> Iterator[None]:
    """第二十一条: the office's head marks it, and nobody else knows of it any more."""
    actor.to_work()
    viewer, item = actor.item("杨思源")
    knowledge.mark(viewer, item, intent(item, REASON))
    yield


WALKS = {
    "signing": Walk(
        signing_line,
        ("draft", "pending_sign", "pending_review", "pending_approve", "pending_filing", "filed"),
    ),
    "leaving": Walk(leaving_the_line, ("pending_sign", "returned", "draft", "rejected")),
    "principals": Walk(
        both_principals, ("pending_approve",), {"principal": "both", "co_units": ["JWC"]}
    ),
    "president": Walk(
        under_the_president,
        ("pending_review", "pending_approve"),
        {"lead_unit": "JCC", "co_units": []},
    ),
    "delegate": Walk(with_a_delegate, ("pending_sign",), {"lead_unit": "JWC", "co_units": []}),
    "unit": Walk(
        drafted_by_the_unit,
        ("pending_unit", "returned"),
        {"lead_unit": "JWC", "co_units": [], "drafter": "20100032"},
        TEACHING_LIAISON,
    ),
    "work": Walk(
        in_work,
        ("issued", "in_progress", "in_progress", "in_progress"),
        {"level": 2, "deadline_days": 15},
    ),
    "closing": Walk(
        closing_chain,
        (
            "closing_unit", "closing_sign", "closing_check", "closing_review", "closing_report",
            "closing_filing", "closed", "closed", *["archived"] * 5,
        ),
    ),
    "supplement": Walk(closing_sent_back, ("in_progress", "in_progress")),
    "sensitive": Walk(need_to_know, ("in_progress",)),
    "adjusting": Walk(beside.adjusting, (*["in_progress"] * 5, "void")),
    "reassigning": Walk(beside.reassigning, ("in_progress", "in_progress", "filed")),
    "reopening": Walk(beside.reopening, ("closed", "in_progress")),
    "paper": Walk(beside.on_paper, ("pending_review", "pending_sign", "filed", "filed")),
    "entered": Walk(beside.reported_on_paper, (*["in_progress"] * 3, "closing_sign")),
    "afterwards": Walk(
        beside.signed_afterwards, ("in_progress", "closing_sign", "closing_sign")
    ),
    "phone": Walk(
        beside.by_telephone, ("in_progress", "closing_filing", "closed"), {"method": "phone"}
    ),
    "extending": Walk(beside.extending, ("in_progress",) * 7),
    "urging": Walk(urging.urged, ("in_progress",) * 7, beside.LEVEL),
    "urging_fast": Walk(urging.urged_at_once, ("in_progress", "closing_sign")),
    "inspecting": Walk(inspecting.inspected, ("in_progress",) * 10, beside.LEVEL),
    "handing": Walk(handing.passed_on, ("in_progress",) * 4, {"co_units": ["DZB"]}),
    "yearly": Walk(beside.reviewed_yearly, ("in_progress",), beside.LONG_RUNNING),
}  # fmt: skip


def _submit(actor: Actor) -> None:
    viewer, item = actor.item("何玉萍")
    registration.submit(viewer, item, intent(item), declared=True)


def _send_back(actor: Actor, who: str, *, to_previous: bool) -> None:
    viewer, item = actor.item(who)
    signing.send_back(viewer, item, intent(item, REASON), to_previous=to_previous)


def _name_handler(actor: Actor) -> None:
    viewer, item = actor.item(HEAD)
    handler = db.session.scalars(select(Person.id).where(Person.name == HANDLER)).one()
    issuing.assign_handler(viewer, item, actor.share(LEAD), intent(None), handler)


def _copy(keeper: str) -> ArchiveRecord:
    return db.session.scalars(select(ArchiveRecord).where(ArchiveRecord.keeper == keeper)).one()
