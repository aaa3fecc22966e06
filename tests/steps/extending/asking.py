"""Requests for more time as the tests make and decide them, by commands (第十九条)."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from portal.attachments.checking import Sound, look_into
from portal.clock import SHANGHAI, Clock
from portal.extensions import db
from portal.models import Extension, Item
from portal.rulebook.guards import SpokenRequest
from portal.steps.extending import commands
from portal.steps.extending.commands import Asked
from tests.attachments.files import pdf
from tests.steps.acting import HEAD, OFFICE, REASON, Actor, intent

WHY = "厂家配件返厂，需延长整改时间。"
SO_FAR = "已完成八成，余下部分等待配件。"


def asked(**given: Any) -> Asked:
    """Five days more, unless given otherwise."""
    if not given.keys() & {"days", "new_due"} and given.get("kind") != "exempt":
        given["days"] = 5
    return Asked(**{"kind": "extend", "reason": WHY, "progress": SO_FAR, **given})


def evidence() -> list[Sound]:
    """One sound file."""
    looked = look_into("交通管制通告.pdf", io.BytesIO(pdf()))
    assert looked.sound is not None
    return [looked.sound]


def ask(actor: Actor, who: str = HEAD, *, files: list[Sound] | None = None, **given: Any) -> None:
    """申请延期 or 免于督办; by the head it goes straight to the leader."""
    viewer, item = actor.item(who)
    commands.extend(viewer, item, asked(**given), intent(item), declared=True, files=files or [])


def call(actor: Actor, at: datetime, who: str, leader: str) -> None:
    """The office writes down a request made by telephone."""
    viewer, item = actor.item(OFFICE)
    people = {name: actor.viewer(name).person_id or 0 for name in (who, leader)}
    viewer, item = actor.item(OFFICE)
    said = SpokenRequest(people[who], people[leader], at)
    commands.note_oral(viewer, item, said, intent(item, "来电说明需延期。"))


def write(actor: Actor, who: str = HEAD, **given: Any) -> None:
    """The written form of a request made by telephone."""
    viewer, item = actor.item(who)
    commands.write(viewer, item, _last(item), asked(**given), intent(item), declared=True)


def agree(actor: Actor, act: str, who: str, opinion: str = "") -> None:
    """One signature."""
    viewer, item = actor.item(who)
    commands.agree(viewer, item, act, _last(item), intent(item, opinion))


def refuse(actor: Actor, who: str) -> None:
    """不同意."""
    viewer, item = actor.item(who)
    commands.refuse(viewer, item, _last(item), intent(item, REASON))


def withdraw(actor: Actor, who: str = HEAD) -> None:
    """撤回."""
    viewer, item = actor.item(who)
    commands.withdraw(viewer, item, _last(item), intent(item))


def latest(actor: Actor) -> Extension:
    """The last request of the item, as the office reads it."""
    _viewer, item = actor.item()
    return _last(item)


def _last(item: Item) -> Extension:
    return db.session.scalars(
        select(Extension).where(Extension.item_id == item.id).order_by(Extension.id.desc()).limit(1)
    ).one()


class Fixed(Clock):
    """A clock that stands at a Shanghai moment: 「2026-11-25 23:59:59」."""

    def __init__(self, when: str) -> None:
        super().__init__()
        self.when = datetime.fromisoformat(when).replace(tzinfo=SHANGHAI)

    def now(self) -> datetime:
        """The moment, in UTC."""
        return self.when.astimezone(UTC)


def stand(actor: Actor, when: str) -> None:
    """Set the application's clock, forwards or back."""
    actor.app.extensions["portal.clock"] = Fixed(when)
