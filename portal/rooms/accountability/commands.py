"""What the pages of 问责线索 do: each one transaction."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import current_app

from portal import store
from portal.attachments.checking import Sound
from portal.config import Settings
from portal.extensions import db
from portal.models import Case, CaseAct, CaseFile, Item
from portal.rulebook import cases
from portal.rulebook.cases import TO_UNIT, Ground, Said
from portal.rulebook.scope import Viewer


def enter(
    viewer: Viewer,
    act: str,
    item: Item,
    unit_id: int,
    person_id: int | None,
    criterion: str,
    said: Said,
    files: Sequence[Sound] = (),
) -> Case | None:
    """登记线索 by a person. The same form twice is one clue, None if this person may not know of it
    any more; raises NotFound, NotOffered, Unmet."""
    # What people enter rests on no date that could be noted twice: the form is the occasion.
    ground = Ground(criterion, f"entered/{said.key}")
    form = _with_files(viewer, said, files)
    case = cases.begin(viewer, act, item, unit_id, ground, form, person_id=person_id)
    db.session.commit()
    return case


def act(viewer: Viewer, name: str, case: Case, said: Said, files: Sequence[Sound] = ()) -> CaseAct:
    """One act on a case. Raises NotFound, NotOffered, Unmet."""
    done = cases.perform(viewer, name, case, _with_files(viewer, said, files))
    db.session.commit()
    return done


def said_of(
    key: uuid.UUID | None, words: str, acting_as: str, values: Mapping[str, Any], seen: str = ""
) -> Said:
    """What a form says."""
    return Said(key or uuid.uuid4(), words.strip(), acting_as, dict(values), seen=seen)


def _with_files(viewer: Viewer, said: Said, files: Sequence[Sound]) -> Said:
    if not files:
        return said
    digests = tuple(_digest(file) for file in files)
    return replace(said, effect=_keeping(viewer, files), files=digests)


def _digest(file: Sound) -> str:
    hashing = hashlib.sha256()
    file.stream.seek(0)
    while chunk := file.stream.read(store.CHUNK):
        hashing.update(chunk)
    return hashing.hexdigest()


def _keeping(viewer: Viewer, files: Sequence[Sound]) -> Callable[[Case, CaseAct], None]:
    def keep(case: Case, row: CaseAct) -> None:
        settings: Settings = current_app.extensions["portal.settings"]
        for file in files:
            digest, size = store.put_stream(settings.files_dir, file.stream)
            db.session.add(
                CaseFile(
                    case_id=case.id,
                    act_id=row.id,
                    to_unit=row.act in TO_UNIT,
                    name=file.name,
                    kind=file.kind.name,
                    size=size,
                    sha256=digest,
                    uploaded_by_id=viewer.person_id,
                    uploaded_at=viewer.moment.instant,
                )
            )
        db.session.flush()

    return keep
