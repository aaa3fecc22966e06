"""What the frame shows of the person: name and post, links by role, what waits, the day.

Only links that lead somewhere today; a page that does not exist has no entry.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from flask import Flask, current_app, g, request
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from portal.accounts.queries import ADMINISTRATORS, DISPLAY, post_labels
from portal.accounts.sessions import SignedIn
from portal.extensions import db
from portal.filters import watermark_line
from portal.frame import NavEntry, NavSection, Viewer
from portal.item.cases import has_a_part
from portal.item.counts import releases_waiting
from portal.item.offices import DRAFTS, LEADER, OFFICE, offices_of
from portal.messages.inbox import unread_count
from portal.rulebook import scope
from portal.rulebook.briefs.rights import count_waiting as count_waiting_briefs
from portal.rulebook.briefs.table import READERS
from portal.rulebook.roles import Role
from portal.rulebook.tray import count_waiting
from portal.to_mend import lines_for
from portal.web import clock, settings


@dataclass(frozen=True)
class Link:
    """A place: its address, its names for the office, leaders and units, its icon."""

    endpoint: str
    icon: str
    office: str
    leader: str
    unit: str


HOME = Link("desk.home", "house-door", "工作台", "工作台", "工作台")
TODO = Link("desk.todo", "check2-square", "待办", "待我签批", "待办")
LEDGER = Link("ledger.page", "card-list", "台账", "督办事项", "我的事项")
MONTH = Link("desk.month", "calendar-week", "日历", "日历", "日历")
STATS = Link("ledger.stats", "bar-chart", "统计分析", "统计分析", "统计分析")
INDICATORS = Link("indicators.page", "bar-chart", "指标", "指标", "指标")
INSTRUCTIONS = Link("desk.instructions", "chat-square-text", "我的批示", "我的批示", "我的批示")
NEW = Link("registration.new", "file-earmark-plus", "立项", "立项", "立项")
BATCHES = Link("batches.index", "journal-plus", "会议纪要立项", "会议纪要立项", "会议纪要立项")
BURDEN = Link("burden.page", "sliders", "减负台账", "减负台账", "减负台账")
DUE = Link("burden.due", "pencil", "本周应报", "本周应报", "本周应报")
PAPERS = Link("papers.page", "clipboard-data", "督办清单", "督办清单", "督办清单")
NUMBERS = Link("numbers.page", "journal-text", "编号管理", "编号管理", "编号管理")
SIGNING = Link("signing_lists.page", "vector-pen", "一览签批", "一览签批", "一览签批")
SCANS = Link("scans.page", "upload", "扫描件归件", "扫描件归件", "扫描件归件")
WAITING = Link("waiting.page", "hourglass-split", "卡在哪里", "卡在哪里", "卡在哪里")
URGING = Link("urges.page", "alarm", "催办管理", "催办管理", "催办管理")
CASES = Link("accountability.page", "shield-exclamation", "问责线索", "问责线索", "问责线索")
INSPECTIONS = Link("inspections.page", "search", "实地督查", "实地督查", "实地督查")
LISTS = Link("lists.page", "people", "知悉名单", "知悉名单", "知悉名单")
SPILLS = Link("spills.page", "shield-exclamation", "涉密误录处置", "涉密误录处置", "涉密误录处置")
DELEGATIONS = Link("delegations.page", "people", "授权与交接", "授权代办", "授权与交接")
CALENDAR = Link("calendar.page", "calendar3", "工作日历", "工作日历", "工作日历")
ARCHIVES = Link("archives.page", "archive", "档案", "档案", "档案")
HELP = Link("help.index", "book", "办法与帮助", "办法与帮助", "办法与帮助")
ADMIN = Link("administration.page", "sliders", "管理", "管理", "管理")
SENT = Link("deliveries.page", "send", "消息发送", "消息发送", "消息发送")
VERIFY = Link("verifying.page", "file-earmark-check", "核验文书", "核验文书", "核验文书")
UNITS = Link("organisation.unit_list", "people", "单位和人员", "单位和人员", "单位和人员")
ACCOUNTS = Link("access.page", "people", "账号和口令", "账号和口令", "账号和口令")
GRANTS = Link("grants.page", "shield-check", "授权", "授权", "授权")
LOG = Link("auditing.page", "journal-text", "审计日志", "审计日志", "审计日志")
REPORTS = Link("reports.page", "file-earmark-text", "学期报告和通报", "学期报告和通报", "通报")
CIRCULARS = Link("reports.circulars", "file-earmark-text", "通报", "通报", "通报")
RULES = Link("help.rules", "shield-check", "办理权责", "办理权责", "办理权责")

OWE_REPORTS = frozenset({Role.UNIT_HEAD, Role.UNIT_DEPUTY, Role.LIAISON, Role.UNIT_HANDLER})
KEEPS = OFFICE | {Role.ARCHIVIST}
READS_PAPERS = LEADER | OFFICE | {Role.UNIT_HEAD, Role.UNIT_DEPUTY, Role.LIAISON}
ROOMS: dict[str, tuple[Link, ...]] = {
    "sys_admin": (UNITS, SENT),
    "sec_admin": (ACCOUNTS, GRANTS),
    "auditor": (LOG,),
}
"""What each administrator keeps and opens often; the rest stands in 管理."""

log = logging.getLogger(__name__)


def init_navigation(app: Flask) -> None:
    """Give every page what the frame needs."""
    app.context_processor(frame)


def frame() -> dict[str, Any]:
    """The frame's variables; worked out once a request."""
    if "frame" not in g:
        g.frame = _plain()
        user = current_user._get_current_object()
        if isinstance(user, SignedIn):
            try:
                g.frame = {**g.frame, **_personal(user)}
            except SQLAlchemyError:
                # An error page must come even when the database is what went wrong.
                log.warning("the frame has no person: the database did not answer")
                db.session.rollback()
    found: dict[str, Any] = g.frame
    return found


def note_waiting(rows: int) -> None:
    """The page has read all of 待办 (so many rows): the frame need not count them again."""
    g.waiting = rows


def _plain() -> dict[str, Any]:
    return {
        "viewer": None,
        "nav": (),
        "phone_nav": (),
        "todo_count": 0,
        "unread_count": 0,
        "has_business": False,
        "leader": False,
        "watermark_line": "",
        "college": settings().college,
        "demo_day": clock().today() if settings().demo else None,
        "now": clock().now(),
    }


def _personal(user: SignedIn) -> dict[str, Any]:
    if user.kind == DISPLAY:
        return {}  # nothing but its own page, and no menu
    if user.person_id is None:
        links = (HOME, ADMIN, *ROOMS[user.kind], CALENDAR)
        nav = (NavSection("", tuple(_entry(link, "office", 0) for link in links)),)
        return {
            "viewer": Viewer(user.name, ADMINISTRATORS[user.kind]),
            "nav": nav,
            "phone_nav": nav[0].entries[:4],
            "to_mend": partial(lines_for, user.kind, clock().now()),
        }
    reader = g.get("viewer") or scope.view_as(user.person_id, clock())
    offices = offices_of(reader)
    waiting = g.waiting if "waiting" in g else count_waiting(reader)
    leader = is_leader(offices)
    return {
        "viewer": _viewer(user.name, user.person_id, reader.moment.day),
        "nav": sections(
            offices,
            waiting,
            releases_waiting(reader),
            count_waiting_briefs(reader),
            cases=has_a_part(reader),
        ),
        "phone_nav": phone(offices, waiting),
        "todo_count": waiting,
        "unread_count": unread_count(reader),
        "has_business": True,
        "leader": leader,
        "watermark_line": watermark_line(user.name, user.username, clock().now()),
    }


def _viewer(name: str, person_id: int, day: date) -> Viewer:
    return Viewer(name, post_labels([person_id], day).get(person_id, ""))


def is_leader(offices: frozenset[Role]) -> bool:
    """Whether the pages are set in large type: 校领导, not those who also head a unit."""
    return bool(offices & LEADER) and not offices & (OFFICE | {Role.UNIT_HEAD, Role.UNIT_DEPUTY})


def sections(
    offices: frozenset[Role],
    waiting: int,
    exports: int = 0,
    briefs: int = 0,
    *,
    cases: bool = False,
) -> tuple[NavSection, ...]:
    """The side navigation by role (look: Skeleton). `exports`: requests for exports of the ledger
    that wait for this person's word; `briefs`: 学期报告 and 通报 that do; `cases`: whether there is
    anything of 问责 for this person."""
    voice = _voice(offices)
    counts = {TODO: waiting, LEDGER: exports, REPORTS: briefs, CIRCULARS: briefs}
    groups = (
        ("", (HOME, TODO, LEDGER, MONTH, *([INSTRUCTIONS] if offices & LEADER else []))),
        ("办理", _doing(offices, voice)),
        ("督查问责", _watching(offices, voice, cases=cases)),
        ("汇总", _summing(offices, voice)),
        ("档案", (ARCHIVES, VERIFY) if offices & KEEPS else ()),
        ("保密", (LISTS, SPILLS) if Role.CONF_OFFICER in offices else ()),
        ("办法", (HELP, RULES, CALENDAR, *(() if offices & KEEPS else (VERIFY,)))),
    )
    return tuple(
        NavSection(label, tuple(_entry(link, voice, counts.get(link, 0)) for link in links))
        for label, links in groups
        if links
    )


def _doing(offices: frozenset[Role], voice: str) -> list[Link]:
    """What begins items and carries them on."""
    links = [NEW] if offices & DRAFTS and NEW.endpoint in current_app.view_functions else []
    if offices & OFFICE:
        links += [BATCHES, NUMBERS]
    if Role.OFFICE_STAFF in offices:
        links += [SIGNING, SCANS]
    if offices & OFFICE:
        links.append(WAITING)
    if voice == "unit" and offices & OWE_REPORTS:
        links.append(DUE)
    if offices & (LEADER | DRAFTS):
        links.append(DELEGATIONS)
    return links


def _watching(offices: frozenset[Role], voice: str, *, cases: bool) -> list[Link]:
    """第十六条（四）, 第十七条, 第二十二条: 催办, 督查, 问责."""
    links = [URGING] if offices & OFFICE else []
    if voice != "unit":
        links.append(INSPECTIONS)
    return [*links, CASES] if cases else links


def _summing(offices: frozenset[Role], voice: str) -> list[Link]:
    """What is told of many items at once."""
    links = [STATS, INDICATORS] if voice != "unit" else []
    if offices & READS_PAPERS:
        links += [] if INDICATORS in links else [INDICATORS]
        links += [PAPERS, BURDEN]
    return [*links, REPORTS if offices & READERS else CIRCULARS]


def phone(offices: frozenset[Role], waiting: int) -> tuple[NavEntry, ...]:
    """The phone's bottom bar: four at most."""
    voice = _voice(offices)
    home, todo, ledger = (_entry(link, voice, 0) for link in (HOME, TODO, LEDGER))
    last = _entry(HELP, voice, 0)
    return (
        home,
        NavEntry(
            "待签批" if voice == "leader" else "待办", todo.icon, todo.href, waiting, todo.active
        ),
        NavEntry(
            "台账" if voice == "office" else "事项", ledger.icon, ledger.href, 0, ledger.active
        ),
        NavEntry("帮助", last.icon, last.href, 0, last.active),
    )


def _voice(offices: frozenset[Role]) -> str:
    if is_leader(offices):
        return "leader"
    school_wide = {Role.OFFICE_LEADER, Role.DISCIPLINE, Role.HR, Role.ARCHIVIST}
    return "office" if offices & (OFFICE | school_wide) else "unit"


def _entry(link: Link, voice: str, count: int) -> NavEntry:
    active = request.endpoint == link.endpoint
    return NavEntry(
        getattr(link, voice), link.icon, current_app.url_for(link.endpoint), count, active
    )
