"""The papers as a table: what each holds, of which span, and who reads it (SPEC §6.1)."""

from __future__ import annotations

from typing import Final, NamedTuple

from portal.errors import NotFound
from portal.item.export_rights import units_exported
from portal.item.offices import LEADER, OFFICE, offices_of
from portal.rooms.papers import sections
from portal.rooms.papers.sections import Section
from portal.rulebook.roles import Role
from portal.rulebook.scope import Viewer
from portal.spans import MONTH, WEEK

LATE: Final = Section("late", "逾期事项", "到期", sections.late)
CLOSED: Final = Section("closed", "办结事项", "销号", sections.closed)


class Paper(NamedTuple):
    """A paper: its name in addresses, its label, WEEK or MONTH, its parts, the roles that
    make it somebody's. `to_friday`: its week ends on Friday."""

    name: str
    label: str
    span: str
    sections: tuple[Section, ...]
    readers: frozenset[Role]
    to_friday: bool = False


PAPERS: Final = {
    paper.name: paper
    for paper in (
        Paper(
            "weekly-list", "每周督办清单", WEEK,
            (
                Section("reports", "本周应反馈", "应报", sections.reports),
                Section("due", "本周到期", "到期", sections.falls_due),
                Section("late", "此前逾期", "到期", sections.was_late),
            ),
            frozenset({Role.UNIT_HEAD, Role.UNIT_DEPUTY, Role.LIAISON}),
        ),
        Paper(
            "weekly-summary", "每周情况", WEEK,
            (
                LATE,
                CLOSED._replace(label="本周办结"),
                Section("in-hand", "在办事项", "到期", sections.in_hand),
            ),
            frozenset({Role.RESPONSIBLE_LEADER}),
            to_friday=True,
        ),
        Paper(
            "monthly", "月度清单", MONTH,
            (
                Section("open", "未办结清单", "到期", sections.in_hand),
                LATE,
                CLOSED._replace(label="本月办结"),
                Section("issued", "本月交办", "交办", sections.issued),
            ),
            frozenset({Role.RESPONSIBLE_LEADER}),
        ),
    )
}  # fmt: skip


def papers_of(viewer: Viewer) -> list[Paper]:
    """The papers that this person reads, in their order."""
    return [paper for paper in PAPERS.values() if reads(viewer, paper)]


def paper_of(viewer: Viewer, name: str) -> Paper:
    """The paper of that name. NotFound: there is none, or not for this person."""
    paper = PAPERS.get(name)
    if paper is None or not reads(viewer, paper):
        raise NotFound
    return paper


def reads(viewer: Viewer, paper: Paper) -> bool:
    """Whether it is a paper of this person."""
    return units_of(viewer, paper) != frozenset()


def units_of(viewer: Viewer, paper: Paper) -> frozenset[int] | None:
    """The units whose paper it is: 党政办 reads that of all (None), others the one of theirs. A
    school leader in charge of no unit reads the whole college's."""
    held = offices_of(viewer)
    if held & OFFICE:
        return None
    names = {role.value for role in paper.readers}
    units = frozenset(unit for role, unit in viewer.units if role in names)
    if not units and Role.RESPONSIBLE_LEADER in paper.readers and held & LEADER:
        return None
    return units


def units_taken_out(viewer: Viewer, paper: Paper) -> frozenset[int] | None:
    """Of those the ones of which this person may have a file (导出台账); None: of all."""
    if offices_of(viewer) & OFFICE:
        return None
    units, exported = units_of(viewer, paper), units_exported(viewer)
    return exported if units is None else units & exported
