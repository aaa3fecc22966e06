"""Taking in a paper, and making all its drafts; each one transaction (第十二条, SPEC §8.2)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final, NamedTuple

from flask import current_app

from portal import store, turns
from portal.attachments.checking import Sound
from portal.config import Settings
from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.models import Batch, BatchItem
from portal.rooms.batches.minutes.heading import Heading
from portal.rulebook import offers, workflow
from portal.rulebook.refusals import Unmet, together
from portal.rulebook.roles import Role
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.workflow import Intent
from portal.steps.registration import commands as registration
from portal.steps.registration.commands import ItemFields

OFFICE: Final = frozenset({Role.OFFICE_STAFF.value, Role.OFFICE_HEAD.value})
DRAFTED: Final = "本批次的草稿已经生成。"


class Source(NamedTuple):
    """第十条: what all items of a paper have in common."""

    type: str
    ref: str
    day: date | None


class Wanted(NamedTuple):
    """A matter that the drafter ticked: its place in the paper, its words there, its fields."""

    seq: int
    words: str
    fields: ItemFields


def must_draft(viewer: Viewer) -> None:
    """第十二条: who may draft at all; NotOffered else."""
    if not offers.may_draft(viewer):
        raise NotOffered("立项由党政办和承办单位负责人、副职、联络员、承办人拟稿。", article="12")


def take_in(
    viewer: Viewer, words: str, file: Sound | None, heading: Heading, key: uuid.UUID
) -> Batch:
    """Keep the paper, with its file if it came as one. The same form sent twice is one paper."""
    must_draft(viewer)
    # The same form may arrive several times at once, and there is no row yet to wait for.
    turns.once(key)
    earlier = db.session.scalars(visible(viewer, Batch).where(Batch.key == key)).one_or_none()
    if earlier is not None:
        return earlier
    settings: Settings = current_app.extensions["portal.settings"]
    digest, size = store.put_stream(settings.files_dir, file.stream) if file else (None, None)
    office = {unit_id for role, unit_id in viewer.units if role in OFFICE}
    person_id = viewer.person_id or 0
    paper = Batch(
        key=key,
        source_type=heading.source_type,
        source_ref=heading.source_ref,
        source_date=heading.day,
        words=words,
        name=file.name if file else None,
        size=size,
        sha256=digest,
        made_by_id=person_id,
        made_at=viewer.moment.instant,
        readers=sorted({-person_id, *office}),
    )
    db.session.add(paper)
    db.session.commit()
    return paper


def discard(viewer: Viewer, paper: Batch) -> None:
    """Delete a paper that nothing was drafted from; its file goes with the unused ones."""
    held = _held(viewer, paper)
    if held.drafted_at is not None:
        raise NotOffered(DRAFTED, article="12")
    db.session.delete(held)
    db.session.commit()


def draft_all(
    viewer: Viewer, paper: Batch, source: Source, wanted: Sequence[Wanted], intent: Intent
) -> None:
    """第十二条: a draft of every matter that was ticked, all or none, in the paper's order. Sent
    twice it is done once. Unmet names row and field."""
    must_draft(viewer)
    if not wanted:
        raise Unmet("请至少勾选一个事项。", article="12")
    held = _held(viewer, paper)
    keys = {one.seq: intent.also(f"draft {one.seq}") for one in wanted}
    if held.drafted_at is not None:
        if workflow.done_before(viewer, keys[wanted[0].seq], ("create",)) is not None:
            return
        raise NotOffered(DRAFTED, article="12")
    held.source_type, held.source_ref, held.source_date = source
    held.drafted_at = viewer.moment.instant
    refused = []
    for one in wanted:
        try:
            _draft(viewer, held, source, one, keys[one.seq])
        except Unmet as reason:
            refused.append(of_row(reason, f"row{one.seq}", one.seq, one.fields.title))
    found = together(refused)
    if found is not None:
        raise found
    db.session.commit()


def _draft(viewer: Viewer, paper: Batch, source: Source, one: Wanted, intent: Intent) -> None:
    fields = replace(
        one.fields, source_type=source.type, source_ref=source.ref, source_date=source.day
    )
    item = registration.compose(viewer, fields, intent)
    db.session.add(
        BatchItem(
            item_id=item.id,
            batch_id=paper.id,
            batch_uuid=paper.public_id,
            seq=one.seq,
            quotation=one.words,
        )
    )
    db.session.flush()


def _held(viewer: Viewer, paper: Batch) -> Batch:
    """The paper, locked until the transaction ends."""
    found = db.session.scalars(
        visible(viewer, Batch)
        .where(Batch.id == paper.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def of_row(refused: Unmet, name: str, number: int, title: str) -> Unmet:
    """The refusal with its row, at the row's own fields."""
    where = f"第{number}项“{title}”："
    rows = [
        Unmet(
            where + part.reason,
            article=part.article,
            fields={f"{name}-{field}": where + said for field, said in part.fields.items()},
        )
        for part in refused.each
    ]
    return together(rows) or refused
