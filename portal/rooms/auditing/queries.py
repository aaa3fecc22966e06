"""Four logs as one kind of line: what administrators did, what was done with items, who opened
sensitive ones, who signed in. Of an item the auditor is told its number, of a sensitive one a
digest (decision 0113): the database answers him by functions that know no title.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, func, select, true

from portal.accounts.browsers import browser_label
from portal.audit.words import entries, role_label
from portal.clock import shanghai_instant
from portal.extensions import db
from portal.item.timeline import title_of
from portal.models import Account, AdminAct, Person, SignInSession
from portal.rulebook import glossary

PER_PAGE: Final = 50
MOST_EXPORTED: Final = 10_000
DAY: Final = timedelta(days=1)
SYSTEM: Final = "系统"
EVENTS = (
    "id", "at", "actor_id", "acting_as", "on_behalf_of_id", "act", "item", "item_from", "item_to",
    "address",
)  # fmt: skip
VIEWS = ("id", "at", "actor_id", "page", "item", "address")


class Asked(NamedTuple):
    """Which lines: from one day to another, of one person or all. `shift` is how far the portal's
    clock is ahead of real time, by which sessions are kept."""

    since: date
    until: date
    person_id: int | None
    shift: timedelta

    @property
    def begin(self) -> datetime:
        """The first instant of the first day."""
        return shanghai_instant(self.since)

    @property
    def end(self) -> datetime:
        """The instant after the last day."""
        return shanghai_instant(self.until + DAY)


class Line(NamedTuple):
    """One line of a log."""

    at: datetime
    who: str
    what: str
    about: str
    detail: tuple[str, ...]
    address: str


Read = Callable[[Asked, int, int], list[Line]]


def admin_acts(asked: Asked, most: int, skipped: int) -> list[Line]:
    """管理操作, with before and after."""
    rows = db.session.scalars(
        select(AdminAct)
        .join(Account, Account.id == AdminAct.account_id)
        .where(AdminAct.at >= asked.begin, AdminAct.at < asked.end, _own(asked))
        .order_by(AdminAct.position.desc())
        .limit(most)
        .offset(skipped)
    )
    return [
        Line(
            entry.at,
            entry.who,
            entry.act,
            entry.about,
            (
                *(one.words for one in entry.changed),
                *((f"理由：{entry.reason}",) if entry.reason else ()),
            ),
            entry.address,
        )
        for entry in entries(rows)
    ]


def events(asked: Asked, most: int, skipped: int) -> list[Line]:
    """办理记录: acts on items."""
    rows = _asked_of("audit_events", EVENTS, asked, most, skipped)
    names = _names({row.actor_id for row in rows} | {row.on_behalf_of_id for row in rows})
    return [
        Line(
            row.at,
            names.get(row.actor_id, SYSTEM),
            title_of(row.act),
            row.item,
            tuple(_moves(row, names)),
            row.address or "",
        )
        for row in rows
    ]


def views(asked: Asked, most: int, skipped: int) -> list[Line]:
    """敏感事项查看记录."""
    rows = _asked_of("audit_views", VIEWS, asked, most, skipped)
    names = _names({row.actor_id for row in rows})
    return [
        Line(row.at, names.get(row.actor_id, SYSTEM), "查看", row.item, (row.page,), row.address)
        for row in rows
    ]


def sign_ins(asked: Asked, most: int, skipped: int) -> list[Line]:
    """登录记录. Sessions are kept by real time."""
    rows = db.session.execute(
        select(SignInSession, Account.username, Person.name)
        .join(Account, Account.id == SignInSession.account_id)
        .join(Person, Person.id == Account.person_id)
        .where(
            SignInSession.started_at >= asked.begin - asked.shift,
            SignInSession.started_at < asked.end - asked.shift,
            _own(asked),
        )
        .order_by(SignInSession.started_at.desc(), SignInSession.id.desc())
        .limit(most)
        .offset(skipped)
    )
    return [
        Line(
            row.started_at,
            name,
            "登录",
            username,
            (browser_label(row.browser),),
            row.address,
        )
        for row, username, name in rows
    ]


LOGS: Final[Mapping[str, tuple[str, Read]]] = {
    "admin": ("管理操作", admin_acts),
    "items": ("办理记录", events),
    "views": ("敏感事项查看", views),
    "sessions": ("登录记录", sign_ins),
}
"""By the name in the address: the label, and how it is read."""


def _own(asked: Asked) -> ColumnElement[bool]:
    return true() if asked.person_id is None else Account.person_id == asked.person_id


def _asked_of(
    function: str, columns: Sequence[str], asked: Asked, most: int, skipped: int
) -> Sequence[Any]:
    made = getattr(func, function)(asked.begin, asked.end, asked.person_id, most, skipped)
    return db.session.execute(select(made.table_valued(*columns))).all()


def _names(ids: Iterable[int | None]) -> dict[int | None, str]:
    wanted = [one for one in ids if one is not None]
    return dict(
        db.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted))).all()
    )


def _moves(row: Any, names: Mapping[int | None, str]) -> Iterable[str]:
    if row.acting_as:
        yield f"身份：{role_label(row.acting_as)}"
    if row.on_behalf_of_id:
        yield f"代{names.get(row.on_behalf_of_id, '')}"
    if row.item_from != row.item_to and row.item_to:
        before = glossary.label("states", row.item_from) if row.item_from else "无"
        yield f"状态：{before}改为{glossary.label('states', row.item_to)}"
