"""What this server knows of a package: its seals in the chain, its digest among those made.

Needs the worker's role; says nothing of what an item is about.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select

from portal.extensions import db
from portal.models import ArchivePackage, ArchiveRecord, Seal, YearPackage
from portal.rulebook.scope import everything

BATCH = 1000


def seals_missing(seals: Iterable[tuple[int, str]]) -> list[int]:
    """The positions at which the chain has another digest, or none."""
    wanted = sorted(seals)
    missing: list[int] = []
    for begin in range(0, len(wanted), BATCH):
        batch = wanted[begin : begin + BATCH]
        positions = [position for position, _digest in batch]
        rows = db.session.execute(
            select(Seal.position, Seal.digest).where(Seal.position.in_(positions))
        )
        held = {row.position: row.digest for row in rows}
        missing += [position for position, digest in batch if held.get(position) != digest]
    return missing


def stored_as(sha256: str) -> str:
    """Which version of a package it is, and how many have signed for it; empty: it is none."""
    with everything(because="核对档案包的存档记录"):
        found = db.session.execute(
            select(ArchivePackage.version, func.count(ArchiveRecord.id))
            .outerjoin(ArchiveRecord, ArchiveRecord.package_id == ArchivePackage.id)
            .where(ArchivePackage.sha256 == sha256)
            .group_by(ArchivePackage.id)
        ).one_or_none()
        year = db.session.scalar(select(YearPackage.year).where(YearPackage.sha256 == sha256))
    if found is not None:
        return f"系统生成的事项档案包第{found[0]}版，{found[1]}方已确认存档。"
    return f"系统生成的{year}年度档案包。" if year is not None else ""
