"""What the rule-book makes of the choices in the form of 立项, before anything is stored.

The page and the part that HTMX asks for while one chooses show the same `Proposal`.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from portal.accounts.queries import post_labels
from portal.extensions import db
from portal.models import Person
from portal.rulebook import guards, policy, proposals
from portal.rulebook.chains import PRINCIPALS
from portal.rulebook.changing import leader_of
from portal.rulebook.policy import Level
from portal.rulebook.proposals import Given
from portal.rulebook.roles import Moment, Role
from portal.rulebook.scope import Viewer
from portal.steps.registration import preview
from portal.steps.registration.forms import ItemForm, valid
from portal.steps.registration.preview import Preview
from portal.steps.registration.queries import holds_office, in_office

LATER = {"审核": (Role.OFFICE_LEADER,)}
"""What is signed after 审签 and before 审定."""


class Choices(NamedTuple):
    """What is chosen in the form; nothing of its texts."""

    given: Given
    lead_unit_id: int | None
    responsible_leader_id: int | None
    co_unit_ids: tuple[int, ...]


class Fact(NamedTuple):
    """A row: what follows and the article by which it does; the post of a person, grey notes.

    `field`: the text asks for a choice in this field.
    """

    label: str
    text: str
    article: str
    post: str = ""
    notes: tuple[str, ...] = ()
    field: str = ""


class Proposal(NamedTuple):
    """The rows, the dates if it were issued today, what to heed, and what only a person knows."""

    facts: list[Fact]
    preview: Preview
    warnings: list[str]
    asks_author: bool


def choices_of(form: ItemForm) -> Choices:
    """The choices of a form; what is none is left out."""
    chosen = form.co_units.data or ()
    return Choices(
        form.given(),
        valid(form.lead_unit) or None,
        valid(form.responsible_leader) or None,
        tuple(option.value for option in form.co_units.choices if option.value in chosen),
    )


def proposal_of(viewer: Viewer, choices: Choices) -> Proposal:
    """第十、四、十二、十三、十八条: what follows from the choices today."""
    edition, given = policy.CURRENT, choices.given
    settled = proposals.settle(given)
    level = edition.level(given.level)
    shown = preview.preview_of(viewer.moment.day, level, settled, bool(choices.co_unit_ids))
    warnings = list(shown.warnings)
    if choices.lead_unit_id in choices.co_unit_ids:
        warnings.append("协办单位中不应包括牵头单位。")
    leader_id = choices.lead_unit_id and leader_of(choices.lead_unit_id, viewer.moment.day)
    if choices.lead_unit_id and leader_id is None:
        warnings.append(guards.without_leader().reason)
    facts = [
        _category(settled.category),
        _principal(given, settled.principal, viewer.moment.day),
        _leader(viewer.moment, choices, leader_id, settled.principal),
        Fact("督办督查方式", edition.method(settled.method).label, _method_article(settled.method)),
        _deadline(level, given, shown),
    ]
    return Proposal(facts, shown, warnings, proposals.asks_author(given))


def _category(category: str) -> Fact:
    if not category:
        return Fact("类别", "选择事项来源后确定", "10")
    row = policy.CURRENT.category(category)
    return Fact("类别", row.label, row.article)


def _method_article(method: str) -> str:
    return policy.CURRENT.method(method).article


def _principal(given: Given, principal: str, day: date) -> Fact:
    if proposals.asks_author(given):
        return Fact("审定人", "请选择作出批示的领导", "10(1)", field="principal")
    if not principal:
        return Fact("审定人", "选择事项来源后确定", "12")
    labels = {row.id: row.label for row in policy.CURRENT.principals}
    named = [
        f"{labels[role.value]}{'、'.join(in_office(role, day))}" for role in PRINCIPALS[principal]
    ]
    return Fact("审定人", "、".join(named), "12")


def _leader(moment: Moment, choices: Choices, leader_id: int | None, principal: str) -> Fact:
    """第四条: who answers for it; 审签 always lies with the leader in charge of the lead unit."""
    shown_id = choices.responsible_leader_id or leader_id
    if shown_id is None:
        return Fact("责任校领导", "选择牵头单位后确定", "4")
    names = {
        id_: db.session.get_one(Person, id_).name
        for id_ in (shown_id, leader_id)
        if id_ is not None
    }
    notes = []
    if leader_id is not None and leader_id != shown_id:
        notes.append(f"审签由分管校领导{names[leader_id]}办理")
    if leader_id is not None:
        notes += _merged(moment, leader_id, names[leader_id], principal)
    post = post_labels([shown_id], moment.day).get(shown_id, "")
    return Fact("责任校领导", names[shown_id], "4", post, tuple(notes))


def _merged(moment: Moment, leader_id: int, name: str, principal: str) -> list[str]:
    """SPEC §1.4: who also signs a later step signs once; that signature fills both boxes."""
    labels = {row.id: row.label for row in policy.CURRENT.principals}
    for step, roles in {**LATER, "审定": PRINCIPALS.get(principal, ())}.items():
        for role in roles:
            if holds_office(leader_id, role, moment):
                why = (
                    f"牵头单位由{labels[role.value]}直接分管"
                    if role.value in labels
                    else f"{name}同为党政办分管领导"
                )
                return [f"{why}，审签与{step}合并，一次签批"]
    return []


def _deadline(level: Level, given: Given, shown: Preview) -> Fact:
    article = "18(5)" if given.deadline_kind == "date" else level.article
    return Fact("完成时限", shown.limit, article, notes=(shown.cycle,))
