"""What a page hands to the frame and its macros: small shapes, so that pages agree on names.

A macro takes any object with these attributes; these classes give the defaults.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

LightName = Literal["green", "yellow", "red", "blue", "grey"]


@dataclass(frozen=True)
class Viewer:
    """The signed-in person, as the top bar shows them: 何玉萍, 党政办 督办专员."""

    name: str
    post_label: str = ""
    unit_label: str = ""


@dataclass(frozen=True)
class NavEntry:
    """One link of the navigation; `icon` is a name of `assets.ICONS`, a count of 0 is not shown."""

    label: str
    icon: str
    href: str
    count: int = 0
    active: bool = False


@dataclass(frozen=True)
class NavSection:
    """A group of links; the first group has no label."""

    label: str
    entries: tuple[NavEntry, ...]


@dataclass(frozen=True)
class Light:
    """A light: its colour's name and the word beside it, never one without the other."""

    name: LightName
    word: str = ""


@dataclass(frozen=True)
class Step:
    """One station of the step bar, with at most one fact below it."""

    label: str
    state: Literal["done", "current", "running", "todo"] = "todo"
    fact: str = ""
    urgent: bool = False


@dataclass(frozen=True)
class Opinion:
    """A signed opinion: words first, then name, the date at the right.

    `on_behalf` is the person acted for 「（代解学农）」, `paper` who typed in a paper
    signature 「纸质签批，何玉萍代录」, `scan` the address of its scan, `contested` what became
    of the signer's objection, `objection` its words.
    """

    office: str
    words: str
    name: str
    when: date | None = None
    on_behalf: str = ""
    paper: str = ""
    scan: str = ""
    contested: str = ""
    objection: str = ""


@dataclass(frozen=True)
class TimelineEntry:
    """One line of 办理过程, newest first.

    kind: `decision` filled dot, `record` hollow, `overdue` red, `now` what is waited for.
    `void_reason` strikes the title through and says why; `ground` is an article's label.
    """

    title: str
    when: date | str | None = None
    text: str = ""
    who: str = ""
    kind: Literal["decision", "record", "overdue", "now"] = "record"
    marks: tuple[str, ...] = ()
    void_reason: str = ""
    ground: str = ""
    ground_href: str = ""


@dataclass(frozen=True)
class Fact:
    """One row of a table of facts; `wide` takes the whole width of two columns."""

    label: str
    value: str
    note: str = ""
    ground: str = ""
    ground_href: str = ""
    wide: bool = False
