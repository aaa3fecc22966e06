"""催办, 延期, 调整 in 批量签批: which of their signatures are given together, and what each asks.

作废, 恢复督办, 重新确定期限 and 免于督办 end a matter or weigh as much: they are opened one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy import select

from portal.extensions import db
from portal.item.panels import PAGES
from portal.models import Change, Extension, Item, Unit, UrgeNotice
from portal.rulebook import offers
from portal.rulebook.change_texts import LABELS, rows_of
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.workflow import Intent
from portal.steps.extending.outline import matter_words

URGING: Final = ("sign_urge", "review_urge", "approve_urge")
EXTENDING: Final = (
    "sign_extension", "agree_extension", "check_extension", "review_extension",
    "approve_extension",
)  # fmt: skip
CHANGING: Final = ("agree_reassign", "sign_adjust", "review_adjust", "approve_adjust")
TOGETHER: Final = (*URGING, *EXTENDING, *CHANGING)
SEVERAL: Final = "本事项有多件同类签批，请打开逐件签批。"
GONE: Final = "已由他人办理，或不再需要您办理。"
ASKED: Final = ("完成时限", "申请理由")
"""What of a request for more time stands on the list; the rest on its own page."""


class _Asking(NamedTuple):
    """The table of such parts and the states in which they wait for a signature."""

    table: Any
    states: tuple[str, ...]


_PARTS: Final = {
    **dict.fromkeys(URGING, _Asking(UrgeNotice, ("ug_sign", "ug_review", "ug_approve"))),
    **dict.fromkeys(
        EXTENDING,
        _Asking(
            Extension,
            ("ext_unit", "ext_sign", "ext_check", "ext_office_leader", "ext_principal"),
        ),
    ),
    **dict.fromkeys(CHANGING, _Asking(Change, ("open",))),
}


def asked_of(viewer: Viewer, items: Mapping[int, Item], act: str) -> dict[int, str]:
    """What waits for this signature on the items, a paragraph each; of all in two statements."""
    asking = _PARTS[act]
    rows = db.session.scalars(
        visible(viewer, asking.table)
        .where(asking.table.item_id.in_(items), asking.table.state.in_(asking.states))
        .order_by(asking.table.id)
    ).all()
    found: dict[int, list[str]] = defaultdict(list)
    units = _units(rows)
    for row in rows:
        found[row.item_id].append(_words(items[row.item_id], row, units))
    return {item_id: "\n".join(words) for item_id, words in found.items()}


def sign(viewer: Viewer, item: Item, act: str, intent: Intent) -> None:
    """Agree to the one part that waits for this person. Unmet where none does, or several do, or
    where the person must say in which capacity."""
    waiting = [offer for offer in offers.offered(viewer, item, among=(act,)) if offer.subject]
    if len(waiting) != 1:
        raise Unmet(SEVERAL if waiting else GONE)
    part = waiting[0].subject
    PAGES[act].by_act[act].command(viewer, item, part, None, intent)


def capacities(viewer: Viewer, item: Item, act: str) -> int:
    """In how many capacities this person may sign what waits."""
    waiting = [offer for offer in offers.offered(viewer, item, among=(act,)) if offer.subject]
    return max((len(offer.capacities) for offer in waiting), default=0)


def _units(rows: Any) -> dict[int, str]:
    ids = {row.unit_id for row in rows if isinstance(row, UrgeNotice)}
    if not ids:
        return {}
    return dict(db.session.execute(select(Unit.id, Unit.short_name).where(Unit.id.in_(ids))).all())


def _words(item: Item, row: Any, units: Mapping[int, str]) -> str:
    if isinstance(row, UrgeNotice):
        return f"向{units[row.unit_id]}第{row.nth}次催办：{row.subject}"
    if isinstance(row, Extension):
        facts = dict(matter_words(item, row))
        said = "；".join(f"{label}：{facts[label]}" for label in ASKED if label in facts)
        return f"{facts['申请事项']}。{said}"
    changed = "；".join(f"{one.label}：{one.before}改为{one.after}" for one in rows_of(item, row))
    return f"{LABELS[row.kind]}。{changed}"
