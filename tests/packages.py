"""A made archive package of an item, in place of a worker's: for tests of what follows from it."""

from __future__ import annotations

import hashlib
import uuid

from flask import Flask, current_app

from portal.embedded import connect
from portal.rulebook.packages import NOT_TOLD

INSERT = """
INSERT INTO archive_package (public_id, item_id, unit_id, as_of_id, version, state, asked_by_id,
    asked_at, made_at, tries, done, total, files, pages, sha256, size)
SELECT gen_random_uuid(), item.id, item.lead_unit_id,
    (SELECT max(id) FROM event WHERE item_id = item.id AND act <> ALL(%(not_told)s)),
    (SELECT count(*) + 1 FROM archive_package WHERE item_id = item.id),
    'made', item.drafter_id, now(), now(), 1, 9, 9, 9, 12, %(sha256)s, 1
FROM item WHERE item.public_id = %(item)s
ON CONFLICT DO NOTHING RETURNING public_id
"""


def stand_in(public_id: uuid.UUID, app: Flask | None = None) -> uuid.UUID | None:
    """Its address; None if the item as it stands has one already. Whatever was done on the item
    must be committed."""
    url = (app or current_app).config["PORTAL_OWNER_URL"]
    given = {
        "item": public_id,
        "not_told": list(NOT_TOLD),
        "sha256": hashlib.sha256(uuid.uuid4().bytes).hexdigest(),
    }
    with connect(url) as raw:
        row = raw.execute(INSERT.encode(), given).fetchone()
    return None if row is None else uuid.UUID(str(row[0]))
