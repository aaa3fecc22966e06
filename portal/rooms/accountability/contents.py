"""What the 证据汇编 prints by itself: the list of its parts with their SHA-256, the log of the
case, the item's own 办理过程. Words no typeface has are printed as 〓."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import current_app

from portal.config import Settings
from portal.documents.sheets import ListColumn, ListSheet
from portal.documents.typesetting.characters import with_geta
from portal.filters import full_date, full_time
from portal.frame import TimelineEntry
from portal.item.attachments.queries import bound_of
from portal.item.timeline import entries_of
from portal.models import Case, Item
from portal.rooms.accountability import queries
from portal.rulebook import case_log
from portal.rulebook.item_texts import number_of
from portal.rulebook.machines import state_word
from portal.rulebook.scope import Viewer

COLUMNS: Final = (
    ListColumn("序号", 12, "short"),
    ListColumn("材料", 56),
    ListColumn("类别", 28, "short"),
    ListColumn("页数", 14, "short"),
    ListColumn("SHA-256", 46, fine=True),
)
ACTS: Final = (
    ListColumn("序号", 12, "short"),
    ListColumn("日期", 34),
    ListColumn("环节", 28),
    ListColumn("办理人", 32),
    ListColumn("内容", 50),
)
NOTE: Final = (
    "注：文书和记录依次装订于后；附件原件存于系统，按摘要核对。本汇编含工作秘密，不得擅自扩散。"
)


@dataclass(frozen=True)
class Part:
    """A PDF that is bound in."""

    title: str
    kind: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Its digest, hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def pages(self) -> int:
        """How many pages it has."""
        from pypdf import PdfReader

        return len(PdfReader(io.BytesIO(self.content)).pages)


@dataclass(frozen=True)
class Beside:
    """A file that is kept in the portal and named in the list."""

    title: str
    kind: str
    sha256: str


def files_of(viewer: Viewer, case: Case, item: Item) -> list[Beside]:
    """What was handed in, of the case and of the item, as far as this person may see it."""
    own = [
        Beside(kept.row.name, f"材料（{kept.act}）", kept.row.sha256)
        for kept in queries.files_of(viewer, case)
    ]
    return own + [Beside(row.name, place, row.sha256) for row, place in bound_of(viewer, item)]


def cover(
    viewer: Viewer, case: Case, item: Item, bound: Sequence[Part], beside: Sequence[Beside]
) -> ListSheet:
    """The case in short, and the list of everything with its digest."""
    row = queries.row_of(viewer, case)
    facts = [
        (fact.label, f"{fact.value}　{fact.note}" if fact.note else fact.value)
        for fact in queries.facts_of(viewer, row)
    ]
    acts = queries.acts_of(viewer, case)
    kept = {one.row.sha256 for one in queries.files_of(viewer, case)}
    whole = case_log.holds(acts) and case_log.files_in(acts) <= kept
    facts += [
        ("办理阶段", state_word("accountability", case.state)),
        ("汇编时间", full_time(viewer.moment.instant)),
        ("记录核验", "办理记录完整，未被改动" if whole else "办理记录与封存摘要不符，请核查"),
    ]
    parts = [(part.title, part.kind, str(part.pages), part.sha256) for part in bound]
    parts += [(file.title, file.kind, "—", file.sha256) for file in beside]
    rows = tuple(
        (str(place), with_geta(title), kind, pages, _in_groups(digest))
        for place, (title, kind, pages, digest) in enumerate(parts, 1)
    )
    return _sheet("{college}问责材料汇编", item, facts, COLUMNS, rows, NOTE)


def log(viewer: Viewer, case: Case, item: Item) -> ListSheet:
    """办理记录 of the case, oldest first; the link of the last act proves the whole."""
    entries = queries.log_of(viewer, case)
    acts = queries.acts_of(viewer, case)
    facts = [("记录封存摘要", _in_groups(acts[-1].link))] if acts else []
    return _sheet("{college}问责办理记录", item, facts, ACTS, _rows(entries), "")


def history(viewer: Viewer, item: Item) -> ListSheet:
    """办理过程 of the item."""
    entries = entries_of(viewer, item, linked=False)
    return _sheet("{college}督办事项办理过程", item, [], ACTS, _rows(entries), "")


def _rows(entries: Sequence[TimelineEntry]) -> tuple[tuple[str, ...], ...]:
    rows = []
    for place, entry in enumerate(reversed(entries), 1):
        day = full_date(entry.when) if isinstance(entry.when, date) else entry.when or ""
        text = "，".join(part for part in (entry.text, *entry.marks) if part)
        said = (str(place), day, entry.title, entry.who, text)
        rows.append(tuple(with_geta(part) for part in said))
    return tuple(rows)


def _sheet(
    title: str,
    item: Item,
    facts: Sequence[tuple[str, str]],
    columns: tuple[ListColumn, ...],
    rows: tuple[tuple[str, ...], ...],
    footnote: str,
) -> ListSheet:
    settings: Settings = current_app.extensions["portal.settings"]
    number = number_of(item)
    told = [("事项", item.title), *facts]
    return ListSheet(
        college=settings.college,
        title=title,
        number=str(number) if number else "",
        facts=tuple((label, with_geta(text)) for label, text in told if text),
        columns=columns,
        rows=rows,
        footnote=footnote,
    )


def _in_groups(digest: str) -> str:
    """In four groups, so that it may break in a narrow cell."""
    return " ".join(digest[at : at + 16] for at in range(0, len(digest), 16))
