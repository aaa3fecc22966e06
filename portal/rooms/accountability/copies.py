"""What leaves the portal of a case: stamped PDFs, each kept by its hash (SPEC §6.3, §7.6).

The row is committed before the bytes leave: without it no download.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path

from portal import store
from portal.config import Settings
from portal.documents.stamping import NotStamped, stamp_own, stamp_uploaded
from portal.errors import NotFound
from portal.extensions import db
from portal.filters import full_time
from portal.models import Case, CaseBundle, CaseCopy, CaseFile, Person
from portal.rulebook.scope import Viewer, visible

log = logging.getLogger(__name__)


def of_bundle(viewer: Viewer, bundle: CaseBundle, settings: Settings) -> bytes:
    """The stored 材料汇编, stamped for this person. NotFound until it is made."""
    if bundle.sha256 is None:
        raise NotFound
    path = store.path_of(settings.files_dir.absolute(), bundle.sha256)
    return _kept(viewer, bundle.case_id, None, path, stamp_own)


def of_file(viewer: Viewer, file: CaseFile, stored: Path) -> bytes | None:
    """A PDF that was handed in on a sensitive item's case, stamped for this person; None if it
    cannot be stamped: it is handed out as it is, and the log of views alone says to whom."""
    file_id = file.id
    try:
        return _kept(viewer, file.case_id, file_id, stored, stamp_uploaded)
    except NotStamped:
        log.warning("a file of a case could not be stamped: accountability_file %s", file_id)
        return None


def of_case(viewer: Viewer, case: Case) -> list[tuple[str, CaseCopy]]:
    """Who took a copy, latest first, for those who handle the case."""
    rows = db.session.execute(
        visible(viewer, CaseCopy)
        .join(Person, Person.id == CaseCopy.person_id)
        .add_columns(Person.name)
        .where(CaseCopy.case_id == case.id)
        .order_by(CaseCopy.id.desc())
    )
    return [(row.name, row.CaseCopy) for row in rows]


def _kept(
    viewer: Viewer,
    case_id: int,
    file_id: int | None,
    stored: Path,
    stamp: Callable[[bytes, str], bytes],
) -> bytes:
    person = db.session.get_one(Person, viewer.person_id)
    line = f"{person.name}　{person.emp_no}　{full_time(viewer.moment.instant)}"
    stamped = stamp(stored.read_bytes(), line)
    # Anew: the page's one moment is over, and only reading was promised in it.
    db.session.rollback()
    db.session.add(
        CaseCopy(
            case_id=case_id,
            file_id=file_id,
            person_id=viewer.person_id,
            at=viewer.moment.instant,
            address=viewer.address,
            sha256=hashlib.sha256(stamped).hexdigest(),
        )
    )
    db.session.commit()
    return stamped
