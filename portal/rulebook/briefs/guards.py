"""Conditions of the acts on a brief; each says what is missing in one sentence, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from portal.extensions import db
from portal.models import Brief, BriefSnapshot, BriefText, Item, Unit
from portal.rulebook.briefs.naming import Named, named_critically
from portal.rulebook.briefs.table import CIRCULAR, sections_of
from portal.rulebook.cases import decided_against
from portal.rulebook.item_texts import number_of
from portal.rulebook.refusals import Unmet, together
from portal.rulebook.scope import Viewer, visible

IN_WORK = ("asked", "making")
CIRCULATED: Final = "circular"
"""全校通报批评, among the measures of a case (`rulebook.case_words`)."""


TELLING: Final = 4
"""Characters of a title; a shorter one may stand in any sentence."""


class Situation(NamedTuple):
    """A brief, and who wants to act on it; `confirmed`: that person says that no unit but those
    marked is criticised."""

    viewer: Viewer
    brief: Brief
    confirmed: bool = False


Guard = Callable[[Situation], Unmet | None]


def snapshot_of(viewer: Viewer, brief: Brief) -> BriefSnapshot | None:
    """The figures that hold: the newest ones that were made; None before the first."""
    return db.session.scalars(
        visible(viewer, BriefSnapshot)
        .where(BriefSnapshot.brief_id == brief.id, BriefSnapshot.state == "made")
        .order_by(BriefSnapshot.id.desc())
        .limit(1)
    ).one_or_none()


def texts_of(viewer: Viewer, brief: Brief) -> dict[str, BriefText]:
    """The wording that holds of each section that has one."""
    rows = db.session.scalars(
        visible(viewer, BriefText)
        .where(BriefText.brief_id == brief.id)
        .order_by(BriefText.section, BriefText.version.desc())
        .ext(distinct_on(BriefText.section))
    )
    return {row.section: row for row in rows}


def figures_made(about: Situation) -> Unmet | None:
    """A brief of a period has figures, and none are being counted anew."""
    viewer, brief = about.viewer, about.brief
    if brief.first is None:
        return None
    busy = visible(viewer, BriefSnapshot).where(
        BriefSnapshot.brief_id == brief.id, BriefSnapshot.state.in_(IN_WORK)
    )
    if db.session.scalar(busy.with_only_columns(func.count())):
        return Unmet("正在取数，取数完成后方可送审。", article="20")
    if snapshot_of(viewer, brief) is None:
        return Unmet("尚未取数，请先重新取数。", article="20")
    return None


def texts_written(about: Situation) -> Unmet | None:
    """Nothing that is needed is empty."""
    texts = texts_of(about.viewer, about.brief)
    empty = [
        section
        for section in sections_of(about.brief)
        if section.needed and not (section.name in texts and texts[section.name].body.strip())
    ]
    if not empty:
        return None
    said = "、".join(f"“{section.label}”" for section in empty)
    return Unmet(f"{said}尚未填写；没有内容的请写“无。”。", article="20")


def nothing_hidden(about: Situation) -> Unmet | None:
    """第二十一条: no item that is counted has become sensitive since. Says no more than that the
    figures are old: whoever signs may not know of the item."""
    snapshot = snapshot_of(about.viewer, about.brief)
    if snapshot is None or not _hides(about.viewer, snapshot):
        return None
    return Unmet("取数后事项情况有变化，文稿数据须更新，请退回草稿后重新取数。", article="21")


def is_outdated(viewer: Viewer, brief: Brief) -> bool:
    """第二十一条: whether the figures and the words drafted from them tell of an item that became
    sensitive since: nobody reads them any more but in a paper that was released before (0174)."""
    if brief.released_on is not None:
        return False
    return nothing_hidden(Situation(viewer, brief)) is not None


def hidden_figures(viewer: Viewer, brief: Brief) -> set[int]:
    """The ids of the brief's snapshots, old ones too, that tell of such an item."""
    rows = visible(viewer, BriefSnapshot).where(BriefSnapshot.brief_id == brief.id)
    return {row.id for row in db.session.scalars(rows) if _hides(viewer, row)}


def _hides(viewer: Viewer, snapshot: BriefSnapshot) -> bool:
    if not snapshot.item_ids:
        return False
    known = visible(viewer, Item).where(
        Item.id.in_(snapshot.item_ids), Item.classification != "sensitive"
    )
    return db.session.scalar(known.with_only_columns(func.count())) != len(snapshot.item_ids)


def names_nothing_sensitive(about: Situation) -> Unmet | None:
    """第二十一条, SPEC §7.5 rule 5: neither title nor number of a sensitive item stands in what
    people wrote. Asked of what the person who acts may know of, so that it tells nobody news:
    党政办主任, through whose hands each brief goes, is on every list."""
    bodies = (text.body for text in texts_of(about.viewer, about.brief).values())
    text = "\n".join((about.brief.title, *bodies))
    secret = visible(about.viewer, Item).where(Item.classification == "sensitive")
    if not any(name in text for item in db.session.scalars(secret) for name in _called(item)):
        return None
    said = "文稿写有敏感事项的标题或文号，敏感事项不写入报告、通报，请修改文稿。"
    return Unmet(said, article="21")


def _called(item: Item) -> Iterator[str]:
    if len(item.title) >= TELLING:
        yield item.title
    if (number := number_of(item)) is not None:
        yield str(number)


def criticised_by_decision(about: Situation) -> Unmet | None:
    """第二十三条, SPEC §6.4: 全校通报批评 was decided against each unit that is criticised by name,
    and stands."""
    ids = about.brief.criticised_ids
    open_ids = [unit_id for unit_id in ids if not _decided(unit_id)]
    if not open_ids:
        return None
    named = select(Unit.short_name).where(Unit.id.in_(open_ids)).order_by(Unit.sort_no)
    units = "、".join(db.session.scalars(named))
    return Unmet(
        f"{units}尚无已作出的全校通报批评决定，不能点名批评，请先按问责程序办理。",
        article="23",
        fields={"units": "所选单位尚无已作出的全校通报批评决定。"},
    )


def _decided(unit_id: int) -> bool:
    return any(CIRCULATED in one.measures for one in decided_against(unit_id))


def names_looked_at(about: Situation) -> Unmet | None:
    """第二十三条: units named beside words of criticism were marked as criticised, or the office
    says that they are not."""
    if about.confirmed or about.brief.names_checked:
        return None
    found = named_in(about.viewer, about.brief)
    if not found:
        return None
    units = "、".join(dict.fromkeys(one.unit for one in found))
    return Unmet(
        f"文中{units}与批评性表述同句出现。属于点名批评的，请确定为点名批评单位；"
        "不属于的，请核对后勾选确认。",
        article="23",
    )


def named_in(viewer: Viewer, brief: Brief) -> list[Named]:
    """Units that the text of a 通报 names beside words of criticism and that are not marked."""
    if brief.kind != CIRCULAR:
        return []
    units = db.session.scalars(select(Unit).order_by(Unit.sort_no, Unit.id))
    names = {unit.id: (unit.short_name, unit.name, *unit.aliases) for unit in units}
    bodies = [brief.title, *(text.body for text in texts_of(viewer, brief).values())]
    return named_critically(bodies, names, brief.criticised_ids)


HANDING_IN: Final = (
    figures_made, texts_written, nothing_hidden, names_nothing_sensitive, criticised_by_decision,
    names_looked_at,
)  # fmt: skip
SIGNING: Final = (nothing_hidden, names_nothing_sensitive, criticised_by_decision)
NEEDS: Final[dict[str, tuple[Guard, ...]]] = {
    "hand_in": HANDING_IN,
    "check": SIGNING,
    "review": SIGNING,
    "approve": SIGNING,
}


def unmet(needs: Iterable[Guard], about: Situation) -> Unmet | None:
    """All that is not met, at once."""
    return together([refused for need in needs if (refused := need(about)) is not None])
