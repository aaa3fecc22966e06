"""Walks of what is changed, signed on paper or made up afterwards (第八、十五、十九条)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from portal.extensions import db
from portal.steps.closing import commands as closing
from portal.steps.execution import entering
from portal.steps.paper import commands as paper
from tests.rulebook.made_up import hand_out, name_handler
from tests.stages import bring
from tests.steps import entries
from tests.steps.acting import (
    CO_HEAD,
    CO_UNIT,
    HANDLER,
    HEAD,
    LEADER,
    OFFICE,
    OFFICE_HEAD,
    OFFICE_LEADER,
    PRESIDENT,
    REASON,
    SECRETARY,
    Actor,
    intent,
)
from tests.steps.changes import proposing
from tests.steps.closing import simple
from tests.steps.extending import asking
from tests.steps.paper import sheet

NEW_LEADER = "解学农"
"""In charge of 教务处."""
LONG_RUNNING = {
    "level": 4, "deadline_kind": "date", "deadline_days": None, "deadline_date": date(2027, 6, 30),
}  # fmt: skip
JANUARY = date(2027, 1, 31)
LEVEL = {"level": 2, "deadline_kind": "days", "deadline_days": 15}


def adjusting(actor: Actor) -> Iterator[None]:
    """第十九条: another level, at each of its boxes; refused, withdrawn, then 作废 of the item."""
    actor.to_work()
    proposing.propose(actor.app, actor.public_id, "adjust", **LEVEL)
    yield
    proposing.agree(actor.app, actor.public_id, "sign_adjust", LEADER)
    yield
    proposing.agree(actor.app, actor.public_id, "review_adjust", OFFICE_LEADER)
    yield
    proposing.refuse(actor.app, actor.public_id, "三郎泽里")
    yield
    proposing.propose(actor.app, actor.public_id, "void")
    yield
    proposing.agree(actor.app, actor.public_id, "agree_void", OFFICE_LEADER)
    yield


def reassigning(actor: Actor) -> Iterator[None]:
    """第八条: proposed to a unit that did not know of it, agreed, handed out again."""
    actor.to_work()
    proposing.propose(actor.app, actor.public_id, "reassign")
    yield
    proposing.agree(actor.app, actor.public_id, "agree_reassign", LEADER)
    yield
    proposing.agree(actor.app, actor.public_id, "agree_reassign", NEW_LEADER)
    yield


def reopening(actor: Actor) -> Iterator[None]:
    """第十六条（六）: what was struck off is taken up again."""
    bring(actor.app, actor.public_id, "closed")
    proposing.propose(actor.app, actor.public_id, "reopen")
    yield
    proposing.agree(actor.app, actor.public_id, "agree_reopen", "三郎泽里")
    yield


def on_paper(actor: Actor) -> Iterator[None]:
    """SPEC §8.4: two boxes from a paper, an objection while the approval runs and one after it."""
    bring(actor.app, actor.public_id, "pending_sign")
    _enter(actor, "sign", LEADER)
    yield
    _contest(actor, "sign", LEADER)
    yield
    actor.sign(LEADER, "sign")
    _enter(actor, "review", OFFICE_LEADER)
    actor.sign("三郎泽里", "approve")
    actor.file(release=False)
    _contest(actor, "review", OFFICE_LEADER)
    yield
    viewer, item = actor.item(OFFICE_HEAD)
    paper.answer(viewer, item, sheet.slot(item, "review"), intent(None, REASON))
    yield


def reported_on_paper(actor: Actor) -> Iterator[None]:
    """SPEC §8.4: a report typed in for the handler, who objects; answered. Then one of a co-unit,
    and the application for 办结 that the head has signed."""
    actor.to_work()
    entries.report(actor.app, actor.public_id)
    yield
    report = actor.reports()[0]
    viewer, item = actor.item(HANDLER)
    entering.contest(viewer, item, report, intent(None, REASON))
    yield
    report = actor.reports()[0]
    viewer, item = actor.item(OFFICE_HEAD)
    entering.answer(viewer, item, report, intent(None, REASON))
    actor.receive(CO_HEAD, CO_UNIT, "杨初")
    entries.report(actor.app, actor.public_id, CO_UNIT, signer="杨初")
    yield
    entries.close(actor.app, actor.public_id)
    yield


def signed_afterwards(actor: Actor) -> Iterator[None]:
    """第十五条: handed out before anybody signed; the signatures and the closing run side by side,
    the number comes last."""
    hand_out(actor)
    yield
    actor.sign(LEADER, "sign")
    name_handler(actor)
    actor.apply_close()
    yield
    actor.sign(OFFICE_LEADER, "review")
    actor.sign("三郎泽里", "approve")
    yield


def by_telephone(actor: Actor) -> Iterator[None]:
    """第十五条: 简易办结, read by one principal before 销号 and by the other not yet."""
    actor.to_work()
    yield
    simple.close(actor)
    yield
    actor.sign(SECRETARY, "read_close")
    viewer, item = actor.item()
    closing.close(viewer, item, intent(item))
    yield


def reviewed_yearly(actor: Actor) -> Iterator[None]:
    """第十八条（四）: the yearly review waits."""
    actor.to_work()
    _viewer, item = actor.item()
    item.review_due = JANUARY
    db.session.commit()
    yield


def extending(actor: Actor) -> Iterator[None]:
    """第十九条: by telephone, then in writing by 承办人, at each box of level 1; refused. Then
    免于督办, before a principal."""
    actor.to_work()
    viewer, _item = actor.item()
    asking.call(actor, viewer.moment.instant, HEAD, LEADER)
    yield
    asking.write(actor, HANDLER, days=2)
    yield
    for act, who in (
        ("sign_extension", HEAD), ("agree_extension", LEADER), ("check_extension", OFFICE_HEAD),
        ("review_extension", OFFICE_LEADER),
    ):  # fmt: skip
        asking.agree(actor, act, who)
        yield
    asking.refuse(actor, PRESIDENT)
    asking.ask(actor, kind="exempt")
    for act, who in (
        ("agree_extension", LEADER), ("check_extension", OFFICE_HEAD),
        ("review_extension", OFFICE_LEADER),
    ):  # fmt: skip
        asking.agree(actor, act, who)
    yield


def _enter(actor: Actor, step: str, signer: str) -> None:
    viewer, item = actor.item(OFFICE)
    sheet.enter(actor.app, viewer, item, sheet.entry(item, step, signer, viewer.moment.day))


def _contest(actor: Actor, step: str, signer: str) -> None:
    viewer, item = actor.item(signer)
    paper.contest(viewer, item, sheet.slot(item, step), intent(None, REASON))
