"""批量签批: one opinion for several items, each a signature and a transaction of its own."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import NamedTuple

from portal.errors import PortalError
from portal.extensions import db
from portal.models import Item
from portal.rooms.sign_off import parts
from portal.rooms.sign_off.parts import GONE
from portal.rulebook import offers
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.workflow import Intent, done_before
from portal.steps.signing import commands as signing

SENSITIVE = "敏感事项不能批量签批，请打开签批。"
TWO_CAPACITIES = "您可以两种身份办理，请打开选择。"
CHANGED = "页面打开后已有新的办理情况，请打开核对后再签批。"


class Outcome(NamedTuple):
    """What became of one item: `why` it was left out, "" if it is signed; `title` is empty of what
    this person may not know of any more."""

    public_id: uuid.UUID
    title: str
    why: str = ""


def sign_all(
    viewer: Viewer, act: str, seen: Mapping[uuid.UUID, int], key: uuid.UUID, opinion: str
) -> list[Outcome]:
    """Sign `act` in each item of `seen` (its version as shown) that still can be. Sent twice, each
    is signed once."""
    return [
        _sign(viewer, act, public_id, Intent(version, uuid.uuid5(key, str(public_id)), opinion))
        for public_id, version in seen.items()
    ]


def _sign(viewer: Viewer, act: str, public_id: uuid.UUID, intent: Intent) -> Outcome:
    item = db.session.scalars(
        visible(viewer, Item).where(Item.public_id == public_id)
    ).one_or_none()
    if item is None:
        return Outcome(public_id, "", GONE)
    title = item.title
    if item.classification == "sensitive":
        return Outcome(public_id, title, SENSITIVE)
    try:
        if done_before(viewer, intent, (act,), item) is None:
            if _capacities(viewer, item, act) > 1:
                return Outcome(public_id, title, TWO_CAPACITIES)
            if act in parts.TOGETHER:
                parts.sign(viewer, item, act, intent)
            else:
                signing.sign(viewer, item, act, intent)
    except Unmet as unmet:
        db.session.rollback()
        return Outcome(public_id, title, unmet.reason)
    except PortalError as error:
        db.session.rollback()
        return Outcome(public_id, title, CHANGED if error.status == 409 else GONE)
    return Outcome(public_id, title)


def _capacities(viewer: Viewer, item: Item, act: str) -> int:
    if act in parts.TOGETHER:
        return parts.capacities(viewer, item, act)
    return len(offers.positions(viewer, act, item, None))
