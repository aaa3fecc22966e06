"""岗位: what a person does here, by the roles of the day. Desks, guides and help are made by it; a
person with two posts has both."""

from __future__ import annotations

from typing import Final, NamedTuple

from portal.item.offices import LEADER, OFFICE
from portal.rulebook.roles import Role


class Post(NamedTuple):
    """A post: its name in addresses and tables, its label, and the roles that make it."""

    name: str
    label: str
    roles: frozenset[Role]


UNIT: Final = Post("unit", "单位负责人", frozenset({Role.UNIT_HEAD}))
WORKER: Final = Post(
    "worker", "承办人", frozenset({Role.UNIT_DEPUTY, Role.LIAISON, Role.UNIT_HANDLER})
)
POSTS: Final = (
    Post("leader", "校领导", LEADER),
    Post("office", "党政办", OFFICE),
    Post("supervision", "纪委办、组织人事部", frozenset({Role.DISCIPLINE, Role.HR})),
    Post("archivist", "档案员", frozenset({Role.ARCHIVIST})),
    Post("secrets", "机要保密员", frozenset({Role.CONF_OFFICER})),
    UNIT,
    WORKER,
)
"""In the order of a desk: what concerns the whole college first, the own unit last."""


def posts_of(offices: frozenset[Role]) -> tuple[Post, ...]:
    """The posts of who holds these roles. Whoever has no office may still be named 承办人 of an
    item, which is seen on the desk of one."""
    return tuple(post for post in POSTS if post.roles & offices) or (WORKER,)
