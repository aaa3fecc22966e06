"""Keeping what is being typed, on the server alone: nothing of a form stays in a browser.

It is the writer's own until it is sent; then the row goes. A text with the mark of a state secret
is not kept (SPEC §7.2), and of two pages none overwrites the other without being told to.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Final, NamedTuple

from flask import current_app
from sqlalchemy import Select, Text, cast, delete, func, or_, select

from portal import turns
from portal.clock import Clock
from portal.extensions import db
from portal.models import Item, TypedText
from portal.rulebook import policy
from portal.rulebook.scope import Viewer, everything, visible

KEPT_FOR: Final = timedelta(days=policy.CURRENT.limit("typed_kept"))
MOST: Final = policy.CURRENT.limit("typed_most")
ROOM: Final = policy.CURRENT.limit("typed_room") * 1000
"""How many forms' texts are kept of one person, and how many characters: the oldest give way."""


class Kept(NamedTuple):
    """The answer to a saving: what is kept now, and whether it is this page's."""

    row: TypedText
    saved: bool


def keep(
    viewer: Viewer,
    place: str,
    item_id: int | None,
    texts: Mapping[str, str],
    *,
    window: uuid.UUID,
    seen: int | None,
) -> Kept:
    """Keep the texts of a form. `seen` is the version that this page knows of: what another page
    saved after that stays, and is handed back; None for a form that was sent, which counts."""
    turns.wait_for(f"typed {viewer.person_id} {place}")
    row = db.session.scalars(
        _mine(viewer).where(TypedText.place == place).with_for_update()
    ).one_or_none()
    if row is not None and seen is not None and row.window != window and row.version != seen:
        return Kept(row, saved=False)
    if row is None:
        row = TypedText(
            person_id=viewer.person_id,
            place=place,
            readers=[-(viewer.person_id or 0)],
            version=0,
        )
        db.session.add(row)
    row.item_id, row.texts, row.window = item_id, dict(texts), window
    row.version, row.saved_at = row.version + 1, viewer.moment.instant
    db.session.flush()
    _make_room(viewer, row)
    db.session.commit()
    return Kept(row, saved=True)


def kept_at(viewer: Viewer, places: Collection[str]) -> Sequence[TypedText]:
    """What is kept of this person's for these forms."""
    return db.session.scalars(_mine(viewer).where(TypedText.place.in_(places))).all()


def all_kept(viewer: Viewer) -> Sequence[TypedText]:
    """Everything that is kept of this person's."""
    return db.session.scalars(_mine(viewer)).all()


def sensitive_of(viewer: Viewer, rows: Collection[TypedText]) -> Sequence[int]:
    """The sensitive items that some texts are about."""
    about = visible(viewer, Item).where(
        Item.id.in_([row.item_id for row in rows]), Item.classification == "sensitive"
    )
    return db.session.scalars(about.with_only_columns(Item.id)).all()


def forget(viewer: Viewer, places: Collection[str]) -> None:
    """It was sent, or is not wanted any more."""
    db.session.execute(
        delete(TypedText)
        .where(TypedText.person_id == viewer.person_id, TypedText.place.in_(places))
        .execution_options(synchronize_session=False)
    )
    db.session.commit()


def forget_old() -> None:
    """For the worker: what nobody came back to for a month goes."""
    clock: Clock = current_app.extensions["portal.clock"]
    with everything(because="清理过期的自动保存内容"):
        old = select(TypedText.id).where(TypedText.saved_at < clock.now() - KEPT_FOR)
        db.session.execute(
            delete(TypedText)
            .where(TypedText.id.in_(old))
            .execution_options(synchronize_session=False)
        )
        db.session.commit()


def _make_room(viewer: Viewer, latest: TypedText) -> None:
    """Beyond what is kept of one person the oldest go; never what was just saved."""
    newest = (TypedText.saved_at.desc(), TypedText.id.desc())
    size = func.length(cast(TypedText.texts, Text))
    kept = (
        _mine(viewer)
        .with_only_columns(
            TypedText.id,
            func.row_number().over(order_by=newest).label("place"),
            func.sum(size).over(order_by=newest).label("room"),
        )
        .subquery()
    )
    beyond = select(kept.c.id).where(
        or_(kept.c.place > MOST, kept.c.room > ROOM), kept.c.id != latest.id
    )
    db.session.execute(
        delete(TypedText)
        .where(TypedText.person_id == viewer.person_id, TypedText.id.in_(beyond))
        .execution_options(synchronize_session=False)
    )


def _mine(viewer: Viewer) -> Select[TypedText]:
    return visible(viewer, TypedText).where(TypedText.person_id == viewer.person_id)
