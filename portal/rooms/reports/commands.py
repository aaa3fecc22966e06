"""第二十条: beginning a brief, writing it, counting anew, its way to the release; each one
transaction over `rulebook.briefs.acting`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from portal.errors import Stale
from portal.extensions import db
from portal.models import Brief, BriefAct, BriefCopy, BriefSheet, BriefSnapshot, BriefText, Unit
from portal.queued_work import now
from portal.rooms.reports import fields
from portal.rooms.reports.making import FIGURES, SHEETS
from portal.rulebook.briefs import acting
from portal.rulebook.briefs.acting import Sent, edition_of
from portal.rulebook.briefs.guards import IN_WORK, snapshot_of, texts_of
from portal.rulebook.briefs.table import CIRCULAR, MEETINGS, TERM_REPORT, sections_of
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import in_force
from portal.rulebook.scope import Viewer, visible

BEGUN: Final = "该学期已有学期报告，请在原报告上办理。"
NOT_YET: Final = "该统计期尚未开始，不能取数。"
UNTITLED: Final = "请填写标题。"
BACKWARDS: Final = "开始日期不能晚于结束日期。"


def begin_report(viewer: Viewer, name: str, first: date, last: date, sent: Sent) -> Brief:
    """第二十条: the report of a 督办期. Unmet where there is one already, or it has not begun."""
    brief = Brief(kind=TERM_REPORT, name=name, first=first, last=last)
    return _begin(viewer, brief, sent)


def begin_circular(
    viewer: Viewer, sent: Sent, *, name: str = "", title: str = "", number: str = "",
    first: date | None = None, last: date | None = None,
) -> Brief:  # fmt: skip
    """第二十条: a 通报, of a period or of whatever its title says."""
    brief = Brief(kind=CIRCULAR, name=name, title=title, number=number, first=first, last=last)
    return _begin(viewer, brief, sent)


def _begin(viewer: Viewer, brief: Brief, sent: Sent) -> Brief:
    if brief.first is not None and brief.last is not None:
        if brief.first > brief.last:
            raise Unmet(BACKWARDS, article="20", fields={"last": BACKWARDS})
        if brief.first > viewer.moment.day:
            raise Unmet(NOT_YET, article="20", fields={"first": NOT_YET})
    try:
        found = acting.create(viewer, brief, sent)
    except IntegrityError as taken:
        db.session.rollback()
        raise Unmet(BEGUN, article="20") from taken
    # The same form again gives the brief of the first time, which is counted already.
    asked = _ask_figures(viewer, found) if found is brief and found.first is not None else None
    public_id = found.public_id
    db.session.commit()
    if asked is not None:
        FIGURES.ask(asked)
    return _again(viewer, public_id)


def fetch(viewer: Viewer, brief: Brief, sent: Sent) -> None:
    """重新取数: the figures as of today, or of the period's last day. Until they are there the
    former ones hold."""
    asked: list[int] = []

    def ask() -> dict[str, Any]:
        if (snapshot_id := _ask_figures(viewer, brief)) is not None:
            asked.append(snapshot_id)
        return {}

    if brief.first is None:
        raise Unmet("本通报不统计数据。", article="20")
    acting.perform(viewer, "fetch", brief, sent, effect=ask)
    db.session.commit()
    for snapshot_id in asked:
        FIGURES.ask(snapshot_id)


def _ask_figures(viewer: Viewer, brief: Brief) -> int | None:
    """Enter a snapshot to be made; None if one is being made."""
    busy = visible(viewer, BriefSnapshot).where(
        BriefSnapshot.brief_id == brief.id, BriefSnapshot.state.in_(IN_WORK)
    )
    if brief.last is None or db.session.scalars(busy).first() is not None:
        return None
    asked = BriefSnapshot(
        brief_id=brief.id,
        as_of=min(brief.last, viewer.moment.day),
        asked_by_id=viewer.person_id,
        asked_at=now(),
    )
    db.session.add(asked)
    db.session.flush()
    return asked.id


def write(viewer: Viewer, brief: Brief, section: str, body: str, seen: int, sent: Sent) -> None:
    """修改文稿: a new wording of one section, over the one that the writer saw (`seen`; 0: none).
    Stale if somebody wrote in it meanwhile; Unmet for a figure that there is not."""
    if section not in {row.name for row in sections_of(brief)}:
        raise Unmet("文稿没有这一部分。", article="20")
    wrong = fields.wrong(body, counted=brief.first is not None)
    if wrong:
        names = "、".join(f"“{name}”" for name in wrong)
        said = f"{names}不是可以引用的数据，请从右侧列表选用，或去掉花括号。"
        raise Unmet(said, article="20", fields={"body": said})

    def put() -> dict[str, Any]:
        held = texts_of(viewer, brief).get(section)
        version = 0 if held is None else held.version
        if version != seen:
            raise Stale()
        snapshot = snapshot_of(viewer, brief)
        known = None if snapshot is None else snapshot.id
        # The same words over new figures are written again: somebody has looked at them.
        if held is None or held.body != body or held.snapshot_id != known:
            db.session.add(
                BriefText(
                    brief_id=brief.id, section=section, version=version + 1, body=body,
                    written_by_id=viewer.person_id, written_at=viewer.moment.instant,
                    snapshot_id=known,
                )
            )  # fmt: skip
        brief.names_checked = False
        return {"section": section}

    acting.perform(viewer, "write", brief, replace(sent, seen=None), effect=put)
    db.session.commit()


def rename(viewer: Viewer, brief: Brief, title: str, number: str, sent: Sent) -> None:
    """修改标题和文号 of a 通报; that of a month is called by its month."""
    own = brief.first is None
    if own and not title:
        raise Unmet(UNTITLED, article="20", fields={"title": UNTITLED})

    def put() -> dict[str, Any]:
        brief.title, brief.number = title if own else "", number
        brief.names_checked = False
        return {"title": brief.title, "number": number}

    acting.perform(viewer, "rename", brief, sent, effect=put)
    db.session.commit()


def criticise(viewer: Viewer, brief: Brief, unit_ids: Collection[int], sent: Sent) -> None:
    """第二十三条: the units that the 通报 criticises by name."""
    known = select(Unit.id).where(Unit.id.in_(unit_ids), in_force(Unit, viewer.moment.day))
    chosen = sorted(db.session.scalars(known))

    def mark() -> dict[str, Any]:
        brief.criticised_ids, brief.names_checked = chosen, False
        return {"units": chosen}

    acting.perform(viewer, "criticise", brief, sent, effect=mark)
    db.session.commit()


def hand_in(viewer: Viewer, brief: Brief, sent: Sent, *, names_checked: bool = False) -> None:
    """送审. `names_checked`: no unit that is named beside words of criticism is criticised."""

    def note() -> dict[str, Any]:
        brief.names_checked = brief.names_checked or names_checked
        return {"names_checked": True} if names_checked else {}

    checked = replace(sent, confirmed=names_checked)
    acting.perform(viewer, "hand_in", brief, checked, effect=note)
    db.session.commit()


def act(viewer: Viewer, name: str, brief: Brief, sent: Sent) -> None:
    """审核, 审定, 退回, 撤回, 作废; with the last signature the paper is set."""
    acting.perform(viewer, name, brief, sent)
    public_id = brief.public_id
    db.session.commit()
    brief = _again(viewer, public_id)
    if brief.state == "released":
        ask_sheet(viewer, brief)


def record_meeting(
    viewer: Viewer, brief: Brief, meeting: str, minutes: str, day: date, sent: Sent
) -> None:
    """SPEC §5.8: which meeting heard the report, and the number of its minutes."""
    if day > viewer.moment.day or (brief.released_on is not None and day < brief.released_on):
        said = "会议日期应在报告印发之日至今天之间。"
        raise Unmet(said, article="20", fields={"day": said})
    facts: Mapping[str, Any] = {
        "meeting": MEETINGS[meeting], "minutes": minutes, "day": day.isoformat(),
    }  # fmt: skip
    acting.perform(viewer, "record_meeting", brief, sent, effect=lambda: facts)
    db.session.commit()


def ask_sheet(viewer: Viewer, brief: Brief) -> BriefSheet:
    """The PDF of the brief as it stands, asked for; however often, it is made once."""
    key = {"brief_id": brief.id, "of_version": edition_of(viewer, brief)}
    asked = {"state": "asked", "asked_by_id": viewer.person_id, "asked_at": now(), "tries": 0}
    row = insert(BriefSheet).values(**key, **asked)
    again = row.on_conflict_do_update(
        index_elements=[BriefSheet.brief_id, BriefSheet.of_version],
        set_={**asked, "failure": None},
        where=BriefSheet.state == "failed",
    ).returning(BriefSheet.id)
    sheet_id = db.session.execute(again).scalar_one_or_none()
    db.session.commit()
    if sheet_id is not None:
        SHEETS.ask(sheet_id)
    return db.session.scalars(visible(viewer, BriefSheet).filter_by(**key)).one()


def note_read(viewer: Viewer, brief: Brief) -> None:
    """A 通报 was opened by somebody to whom it was sent: the first time counts."""
    db.session.execute(
        update(BriefCopy)
        .where(
            BriefCopy.brief_id == brief.id,
            BriefCopy.person_id == viewer.person_id,
            BriefCopy.read_at.is_(None),
        )
        .values(read_at=viewer.moment.instant)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()


def meetings(viewer: Viewer, brief: Brief) -> list[Mapping[str, Any]]:
    """The meetings that heard the report, in the order they were entered."""
    acts = visible(viewer, BriefAct).where(
        BriefAct.brief_id == brief.id, BriefAct.act == "record_meeting"
    )
    return [done.facts for done in db.session.scalars(acts.order_by(BriefAct.id))]


def _again(viewer: Viewer, public_id: Any) -> Brief:
    return db.session.scalars(visible(viewer, Brief).where(Brief.public_id == public_id)).one()
