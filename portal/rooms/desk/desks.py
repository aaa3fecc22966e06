"""工作台 by post: which tiles a desk has, how many rows each leads to, since when the oldest waits.

A tile counts either words of 待办, or a list of `queues`, or what another room shows; wherever it
leads, it counts with the very query of that page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from flask import url_for
from sqlalchemy import func, select, text

from portal.extensions import db
from portal.filters import as_day, short_date
from portal.item.counts import releases_waiting, transfers_waiting
from portal.item.offices import offices_of
from portal.item.suggested import suggested
from portal.posts import Post
from portal.rooms.desk.queues import QUEUES, Counted, counts_of
from portal.rulebook.briefs.rights import SIGNERS, count_waiting
from portal.rulebook.roles import Role
from portal.rulebook.scope import Viewer
from portal.rulebook.tray import Heap

SUGGESTED, LISTS = "建议催办", "知悉名单"
RELEASES, BRIEFS, TRANSFERS = "导出审批待办", "汇报通报待审", "移交清单待签"
"""Tiles that lead to rooms of their own."""
LISTED: Final = text("SELECT count(DISTINCT item) FROM kept_lists(:day)")


class Words(NamedTuple):
    """A tile that counts words of 待办."""

    label: str
    words: tuple[str, ...]


CASES: Final = Words(
    "问责待办",
    ("核实线索", "陈述申辩", "决定是否移送", "审核移送", "处理建议", "申诉复核"),
)
"""第二十五条: whatever of a case waits, for those whose turn it is."""


ASKED_OF: Final[Mapping[str, frozenset[Role]]] = {
    CASES.label: frozenset({Role.OFFICE_HEAD, Role.DISCIPLINE, Role.HR, Role.UNIT_HEAD}),
    RELEASES: frozenset({Role.OFFICE_HEAD}),
    BRIEFS: SIGNERS,
}
"""Tiles that only some of a post have, by the roles that act there."""


class Tile(NamedTuple):
    """A tile: a word, how many, a note (since when the oldest waits), and where the rows are."""

    label: str
    waiting: int
    note: str
    href: str
    urgent: bool = False


class Group(NamedTuple):
    """The tiles of one post."""

    post: Post
    tiles: tuple[Tile, ...]


DESKS: Final[Mapping[str, tuple[Words | str, ...]]] = {
    "office": (
        Words("待编号", ("编号备案", "催办编号")),
        Words("待交办", ("下达",)),
        Words("反馈待阅", ("阅处反馈",)),
        "extensions",
        "closings",
        Words("待销号", ("销号",)),
        SUGGESTED,
        "unreceived",
        "unsigned",
        "rectifying",
        "rectifying-late",
        CASES,
        BRIEFS,
        RELEASES,
        TRANSFERS,
        "loans-asked",
        "loans-late",
        "due",
    ),
    "supervision": (
        Words("待备案", ("催办备案",)),
        CASES,
        "urged",
        "unmet",
    ),
    "archivist": (
        Words("待归档", ("归档",)),
        "unit-copies",
        Words("待重新确认", ("确认存档",)),
        "unarchived",
        TRANSFERS,
        "loans-asked",
        "loans-late",
    ),
    "secrets": (LISTS,),
    "unit": (
        Words("待签收", ("签收", "签收催办")),
        Words("待指定承办人", ("指定承办人",)),
        Words("待审核确认", ("确认", "审核反馈", "确认办结", "签署延期")),
        Words("催办待回复", ("回复催办", "说明正当理由")),
        "own-rectifying",
        "own-rectifying-late",
        CASES,
        "due",
        "owing",
    ),
    "worker": (
        Words("待签收", ("签收", "签收催办")),
        Words("在办事项", ("办理",)),
        "reports",
        Words("待补充反馈", ("补充反馈",)),
        "own-rectifying",
        "own-rectifying-late",
        "drafts",
        "due",
    ),
}
"""By post; a string names a list or a room. 校领导 have none: what waits for them comes first."""


def groups_of(viewer: Viewer, posts: Sequence[Post], heaps: Mapping[str, Heap]) -> list[Group]:
    """The tiles of each post. What an earlier post has is not said twice: a list of the whole
    college holds the unit's own."""
    wanted: dict[str, list[Words | str]] = {}
    seen: set[str] = set()
    for post in posts:
        tiles = [
            tile
            for tile in DESKS.get(post.name, ())
            if _label(tile) not in seen and _is_for(viewer, tile)
        ]
        seen.update(map(_label, tiles))
        if tiles:
            wanted[post.name] = tiles
    named = {tile for tiles in wanted.values() for tile in tiles if isinstance(tile, str)}
    counted = counts_of(viewer, sorted(named & QUEUES.keys()))
    return [
        Group(post, tuple(_tile(viewer, tile, heaps, counted) for tile in wanted[post.name]))
        for post in posts
        if post.name in wanted
    ]


def lists_of(posts: Sequence[Post]) -> set[str]:
    """The names of the lists on these desks: nobody else opens them."""
    tiles = [tile for post in posts for tile in DESKS.get(post.name, ())]
    return {tile for tile in tiles if isinstance(tile, str) and tile in QUEUES}


def _is_for(viewer: Viewer, tile: Words | str) -> bool:
    asked = ASKED_OF.get(_label(tile))
    return asked is None or bool(asked & offices_of(viewer))


def _label(tile: Words | str) -> str:
    if isinstance(tile, Words):
        return tile.label
    return QUEUES[tile].label if tile in QUEUES else tile


def _tile(
    viewer: Viewer, tile: Words | str, heaps: Mapping[str, Heap], counted: Mapping[str, Counted]
) -> Tile:
    today = viewer.moment.day
    if isinstance(tile, Words):
        held = [heaps[word] for word in tile.words if word in heaps]
        note = _oldest(as_day(min(heap.since for heap in held)), today) if held else ""
        rows = sum(heap.rows for heap in held)
        return Tile(tile.label, rows, note, url_for("desk.todo", word=tile.words))
    if tile == SUGGESTED:
        return _suggested(viewer)
    if tile == LISTS:
        found = db.session.scalar(LISTED, {"day": today}) or 0
        return Tile(tile, found, "由您维护" if found else "", url_for("lists.page"))
    if tile == RELEASES:
        return Tile(tile, releases_waiting(viewer), "", url_for("ledger.exports"))
    if tile == BRIEFS:
        return Tile(tile, count_waiting(viewer), "", url_for("reports.page"))
    if tile == TRANSFERS:
        waiting = select(func.count()).select_from(transfers_waiting(viewer).subquery())
        href = url_for("archives.transfers", waiting=1)
        return Tile(tile, db.session.scalar(waiting) or 0, "", href)
    return _of_list(tile, counted[tile], today)


def _of_list(name: str, counted: Counted, today: date) -> Tile:
    href = url_for("desk.queue", name=name)
    note = f"最早{short_date(counted.since, today)}" if counted.since else ""
    if counted.since and counted.since >= today:
        note = "今天" if counted.since == today else short_date(counted.since, today)
    return Tile(QUEUES[name].label, counted.waiting, note, href)


def _suggested(viewer: Viewer) -> Tile:
    found = [one for one in suggested(viewer) if one.lead]
    since = [one.missed.since for one in found if one.missed.since]
    days = (viewer.moment.day - min(since)).days if since else 0
    note = f"最长逾期{days}天" if days else ""
    return Tile(SUGGESTED, len(found), note, url_for("urges.page"), urgent=bool(days))


def _oldest(day: date, today: date) -> str:
    return "今天送达" if day == today else f"最早{short_date(day, today)}"
