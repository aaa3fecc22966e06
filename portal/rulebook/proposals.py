"""What follows from source and level where the drafter chose nothing else (第十至十八条).

The form shows it while it is filled in, and the draft is stored with it: one source for both.
"""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from portal.rulebook.policy import CURRENT, Level, Policy

USUAL_METHOD: Final = "written"
"""第十六条: 书面督办 also serves 一般工作事项, so it stands until a source says otherwise."""


class Given(NamedTuple):
    """What a drafter chose; empty or None: left to the rule-book."""

    source_type: str
    level: int
    category: str = ""
    principal: str = ""
    method: str = ""
    deadline_kind: str = ""
    deadline_days: int | None = None
    deadline_date: date | None = None


class Settled(NamedTuple):
    """The same with what follows filled in.

    `category` and `principal` stay empty while there is no source; `principal` also while it is
    not said which principal wrote the 批示. `chosen`: what the drafter decided.
    """

    category: str
    principal: str
    method: str
    deadline_kind: str
    deadline_days: int | None
    deadline_date: date | None
    chosen: tuple[str, ...]


def settle(given: Given, policy: Policy = CURRENT) -> Settled:
    """Keep what was chosen, propose the rest. KeyError for a source or level that is none."""
    source = policy.source_type(given.source_type) if given.source_type else None
    kind, days, day = _deadline(given, policy.level(given.level))
    proposed = {
        "category": source.category if source else "",
        "principal": source.principal if source and source.principal != "author" else "",
        "method": source.method if source else USUAL_METHOD,
    }
    return Settled(
        category=given.category or proposed["category"],
        principal=given.principal or proposed["principal"],
        method=given.method or proposed["method"],
        deadline_kind=kind,
        deadline_days=days,
        deadline_date=day,
        chosen=tuple(
            name
            for name, value in (
                ("category", given.category),
                ("principal", given.principal),
                ("method", given.method),
                ("deadline", given.deadline_kind),
            )
            if value
        ),
    )


def asks_author(given: Given, policy: Policy = CURRENT) -> bool:
    """第十条（一）: a 批示 is approved by its author, and nobody has said who that is."""
    if given.principal or not given.source_type:
        return False
    return policy.source_type(given.source_type).principal == "author"


def missing(title: str, requirement: str, given: Given) -> dict[str, str]:
    """第十六条（一）: what 提交立项 still asks for, by field."""
    wanted = (
        ("title", title, "请填写事项。"),
        ("requirement", requirement, "请填写办理要求。"),
        ("source_type", given.source_type, "请选择事项来源。"),
        ("principal", not asks_author(given), "请选择作出批示的领导。"),
    )
    return {name: said for name, there, said in wanted if not there}


def _deadline(given: Given, level: Level) -> tuple[str, int | None, date | None]:
    """第十八条: the level's own days, level 4 长期; a chosen kind keeps only what belongs to it."""
    kind = given.deadline_kind or ("open" if level.default_days is None else "days")
    days = given.deadline_days if given.deadline_kind else None
    return (
        kind,
        (days or level.default_days) if kind == "days" else None,
        given.deadline_date if kind == "date" else None,
    )
