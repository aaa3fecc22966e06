"""催办 on an item's page: the notices with all that was said, and whom this person may urge now
(第十六条（四）)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from flask import url_for

from portal.extensions import db
from portal.filters import as_day, full_date
from portal.models import Approval, Item, Unit, UrgeNotice
from portal.rulebook import knowledge, policy, urging, working_calendar
from portal.rulebook.machines import state_word
from portal.rulebook.offers import Offer
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.urging import summary_text
from portal.steps.urging.queries import Row, rows_of


class Notice(NamedTuple):
    """One notice as the page shows it: title, how far it is, both in a line; then its rows.

    `made_up` says what is still to be signed after the issue, and by when."""

    title: str
    state: str
    number: str
    open: bool
    late: bool
    day: date
    rows: list[Row]
    made_up: str


class Urges(NamedTuple):
    """The notices, latest first, and 催办情况 in a sentence (empty before the first issue)."""

    notices: list[Notice]
    summary: str


OVER = ("ug_met", "ug_unmet", "ug_void")


def urges_of(viewer: Viewer, item: Item) -> Urges | None:
    """None of an item that nobody was urged of."""
    rows = db.session.execute(
        visible(viewer, UrgeNotice)
        .join(Unit, Unit.id == UrgeNotice.unit_id)
        .add_columns(Unit.short_name)
        .where(UrgeNotice.item_id == item.id)
        .order_by(UrgeNotice.id.desc())
    ).all()
    if not rows:
        return None
    issued = [row.UrgeNotice for row in rows[::-1] if row.UrgeNotice.state != "ug_void"]
    numbers = [number for one in issued if (number := urging.number_of_notice(one)) is not None]
    return Urges(
        [_notice(viewer, row.UrgeNotice, row.short_name) for row in rows],
        summary_text(numbers) if numbers else "",
    )


def _notice(viewer: Viewer, notice: UrgeNotice, unit: str) -> Notice:
    number = urging.number_of_notice(notice)
    return Notice(
        title=f"第{notice.nth}次催办　{unit}",
        state=state_word("urge", notice.state),
        number=str(number) if number else "",
        open=notice.state not in OVER,
        late=notice.state == "ug_unmet",
        day=notice.issued_on or as_day(notice.drafted_at),
        rows=rows_of(viewer, notice),
        made_up=_made_up(viewer, notice),
    )


def _made_up(viewer: Viewer, notice: UrgeNotice) -> str:
    """先下达后补签: until when the boxes of the other leaders are signed; empty once they are."""
    run = visible(viewer, Approval).where(
        Approval.chain == "urge", Approval.subject_id == notice.id, Approval.state == "open"
    )
    if not notice.fast or notice.issued_on is None or db.session.scalars(run).first() is None:
        return ""
    until = working_calendar.current().add_workdays(
        notice.issued_on, policy.CURRENT.limit("urge_fast_path", 1)
    )
    return f"先下达后补签：其余签批应于{full_date(until)}前补齐。"


def urged_times(viewer: Viewer, item: Item) -> int | None:
    """How many notices were issued and not voided (催办次数); None for who knows of a part of a
    sensitive item only, and so of that part's notices."""
    if item.classification == "sensitive" and knowledge.part_of(item, viewer.person_id):
        return None
    return len(
        db.session.scalars(
            visible(viewer, UrgeNotice)
            .where(
                UrgeNotice.item_id == item.id,
                UrgeNotice.doc_seq.is_not(None),
                UrgeNotice.state != "ug_void",
            )
            .with_only_columns(UrgeNotice.id)
        ).all()
    )


class Proposed(NamedTuple):
    """A unit that this person may urge now: why, and where."""

    unit: str
    why: str
    address: str


def proposed(item: Item, offered: Iterable[Offer], today: date) -> list[Proposed]:
    """The units that may be urged, with what each has missed."""
    units = [offer.unit_id for offer in offered if offer.act == "urge" and offer.subject is None]
    missed = urging.urgeable(item, today) if units else {}
    found = []
    for unit_id in units:
        if unit_id is None or unit_id not in missed:
            continue
        unit = db.session.get_one(Unit, unit_id)
        address = url_for("urging.new", public_id=item.public_id, code=unit.code)
        found.append(Proposed(unit.short_name, missed[unit_id].text(today), address))
    return found
