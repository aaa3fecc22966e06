"""Where a text belongs: the address that its form is sent to, with `#` and the act where one
address takes several; and which item that is about."""

from __future__ import annotations

import json
import re
import uuid

from portal.errors import NotFound
from portal.extensions import db
from portal.models import Item
from portal.rulebook.scope import Viewer, visible
from portal.text_names import LONGEST, MOST

_PLACE = re.compile(r"/[\w/.-]{1,180}(?:#[a-z_]{1,40})?", re.ASCII)
_ITEM = re.compile(r"/items/(?P<id>[0-9a-f-]{36})(?:/|#|$)")


def is_place(place: str) -> bool:
    """Whether a form may be sent there."""
    return _PLACE.fullmatch(place) is not None


def texts_of(sent: str) -> dict[str, str] | None:
    """The texts by the names of their fields, as the page's script sends them; None if that is not
    what was sent."""
    try:
        found = json.loads(sent)
    except ValueError:
        return None
    if not isinstance(found, dict) or len(found) > MOST:
        return None
    if not all(isinstance(text, str) and len(text) <= LONGEST for text in found.values()):
        return None
    # PostgreSQL keeps no NUL, and no half of a sign.
    texts = {name[:60].replace("\0", ""): text.replace("\0", "") for name, text in found.items()}
    return texts if _is_whole("".join([*texts, *texts.values()])) else None


def item_of(reader: Viewer, place: str) -> int | None:
    """The item that the form is about; NotFound if this person may not know of it."""
    named = _ITEM.match(place)
    public_id = uuid_of(named["id"]) if named else None
    if public_id is None:
        return None
    query = visible(reader, Item).where(Item.public_id == public_id)
    found: int | None = db.session.scalar(query.with_only_columns(Item.id))
    if found is None:
        raise NotFound
    return found


def uuid_of(sent: str) -> uuid.UUID | None:
    """What was sent, if it is a UUID."""
    try:
        return uuid.UUID(sent)
    except ValueError:
        return None


def _is_whole(text: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in text)
