"""Signing 阅示 for many items, each a signature and a transaction of its own."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from portal.errors import PortalError
from portal.extensions import db
from portal.rooms.reading.queries import ACT, item_of
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent
from portal.steps.signing import commands as signing

READ = "已阅。"
CHANGED = "页面打开后已有新的办理情况，请打开核对后再办理。"
GONE = "已由他人办理，或不再需要您办理。"


def read_all(
    viewer: Viewer, seen: Mapping[uuid.UUID, int], key: uuid.UUID, opinion: str
) -> tuple[int, list[str]]:
    """Sign 阅示 in each item of `seen` (its version as shown); how many are signed, and for each
    one left out, why. Sent twice, each is signed once."""
    done, left = 0, []
    for public_id, version in seen.items():
        item = item_of(viewer, public_id)
        if item is None:
            left.append(GONE)
            continue
        own_key = uuid.uuid5(key, str(public_id))
        try:
            signing.sign(viewer, item, ACT, Intent(version, own_key, opinion or READ))
            done += 1
        except Unmet as unmet:
            db.session.rollback()
            left.append(unmet.reason)
        except PortalError as error:
            db.session.rollback()
            left.append(CHANGED if error.status == 409 else GONE)
    return done, left
