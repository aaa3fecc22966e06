"""The ledger's columns (SPEC §6.5): the same on the screen and in the file, chosen and ordered by
each person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Final, NamedTuple

from portal.filters import as_day
from portal.item.lines import left_text
from portal.item.wording import state_label
from portal.models import Item
from portal.rooms.ledger.beside import Told
from portal.rulebook import policy
from portal.rulebook.item_texts import category_text, due_now, number_of, source_text

Cell = str | int | float | date | None
UNNUMBERED: Final = "未编号"
YES_NO: Final = {True: "是", False: "否", None: None}


class Column(NamedTuple):
    """A column: its key in addresses, its label in the file, its head on the screen, its width in
    the file (characters), what it says of an item.

    `sort`: the order that its head asks for; `needs`: the parts of `Beside` it reads; `look`: the
    classes of its cells; `counted`: left empty of an item of which the viewer knows a part alone;
    `restricted`: not exported by those to whom SPEC §1.3 gives restricted columns (「S」).
    """

    key: str
    label: str
    head: str
    width: int
    cell: Callable[[Told], Cell]
    sort: str = ""
    needs: frozenset[str] = frozenset()
    look: str = ""
    counted: bool = False
    restricted: bool = False

    def of(self, told: Told) -> Cell:
        """What this column says of an item."""
        return None if self.counted and not told.whole else self.cell(told)


def _number(told: Told) -> Cell:
    number = number_of(told.item)
    return str(number) if number else UNNUMBERED


def _remarks(told: Told) -> Cell:
    item, missing = told.item, told.beside.missing.get(told.item.id, 0)
    said = [
        words
        for applies, words in (
            (item.supplementary, "先交办后补签"),
            (item.deadline_kind == "open", "长期"),
            (missing > 0, f"欠报{missing}期"),
            (item.reset_count > 0, f"重新确定期限{item.reset_count}次"),
        )
        if applies
    ]
    return "，".join(said) or None


def _percent(told: Told) -> Cell:
    report = told.beside.reports.get(told.item.id)
    return report.percent / 100 if report else None


def _reported(told: Told) -> Cell:
    report = told.beside.reports.get(told.item.id)
    return as_day(report.confirmed_at) if report and report.confirmed_at else None


def _progress(told: Told) -> Cell:
    report = told.beside.reports.get(told.item.id)
    return report.progress if report else None


def _on_time(told: Told) -> Cell:
    closure = told.beside.closures.get(told.item.id)
    return YES_NO[closure.on_time] if closure else None


def _edition(item: Item) -> policy.Policy:
    return policy.of(item.policy_version)


def _needs(*names: str) -> frozenset[str]:
    return frozenset(names)


WIDE: Final = "db-cell-wide"
"""Left out on the card of a phone."""
LONG: Final = "db-cell-long db-cell-wide"

COLUMNS: Final = (
    Column("seq", "序号", "序号", 5, lambda told: told.place, look=f"db-num {WIDE}"),
    Column("number", "文号", "文号", 19, _number, "number", look="db-cell-first"),
    Column("title", "事项", "事项", 32, lambda told: told.item.title, needs=_needs("missing"),
           look="db-cell-title"),
    Column("source", "来源", "来源", 28, lambda told: source_text(told.item), "source", look=LONG),
    Column("category", "类别", "类别", 11, lambda told: category_text(told.item), "category",
           look=WIDE),
    Column("method", "督办方式", "方式", 11,
           lambda told: _edition(told.item).method(told.item.method).label, "method", look=WIDE),
    Column("level", "等级", "等级", 6,
           lambda told: _edition(told.item).level(told.item.level).label, "level"),
    Column("unit", "承办（牵头）单位", "牵头单位", 18,
           lambda told: told.beside.units[told.item.lead_unit_id].name, "unit", _needs("units")),
    Column("head", "单位责任人", "单位责任人", 11,
           lambda told: told.beside.heads.get(told.item.lead_unit_id), needs=_needs("heads")),
    Column("handler", "承办人", "承办人", 11,
           lambda told: told.beside.handlers.get(told.item.id), needs=_needs("handlers")),
    Column("co", "协办单位", "协办单位", 20,
           lambda told: told.beside.co_units.get(told.item.id), needs=_needs("co_units"),
           look="db-cell-words"),
    Column("leader", "责任校领导", "责任校领导", 11,
           lambda told: told.beside.leaders[told.item.responsible_leader_id], "leader",
           _needs("leaders"), WIDE),
    Column("requirement", "办理要求", "办理要求", 40, lambda told: told.item.requirement, look=LONG,
           restricted=True),
    Column("issued", "交办日期", "交办日期", 14, lambda told: told.item.issued_on, "issued"),
    Column("first", "原定时限", "原定时限", 14, lambda told: told.item.due_original, "first"),
    Column("due", "现行时限", "时限", 14, lambda told: due_now(told.item), "due",
           look="db-cell-right"),
    Column("left", "剩余/逾期天数", "余期", 11,
           lambda told: left_text(told.item, told.light, told.today) or None,
           look=f"db-num {WIDE}"),
    Column("state", "状态", "状态", 13, lambda told: state_label(told.item), "state",
           look="db-cell-words"),
    Column("light", "灯号", "灯号", 11, lambda told: told.light.word, "light",
           look="db-cell-first"),
    Column("percent", "办理进度", "进度", 8, _percent, needs=_needs("reports"), look="db-num",
           counted=True),
    Column("reported", "最近反馈日期", "最近反馈", 14, _reported, needs=_needs("reports"),
           counted=True),
    Column("progress", "最新进展", "最新进展", 40, _progress, needs=_needs("reports"), look=LONG,
           counted=True, restricted=True),
    Column("urged", "催办次数", "催办", 7,
           lambda told: told.beside.urged.get(told.item.id, 0), "urged", _needs("urged"), "db-num",
           counted=True),
    Column("extended", "延期次数", "延期", 7,
           lambda told: told.beside.extended.get(told.item.id, 0), "extended", _needs("extended"),
           "db-num", counted=True),
    Column("closed", "办结日期", "办结日期", 14, lambda told: told.item.closed_on, "closed"),
    Column("on_time", "是否按时", "按时", 8, _on_time, needs=_needs("closures"), counted=True),
    Column("remarks", "备注", "备注", 14, _remarks, needs=_needs("missing"), look="db-cell-words"),
)  # fmt: skip
BY_KEY: Final = {column.key: column for column in COLUMNS}
DEFAULT: Final = (
    "light", "number", "title", "category", "level", "unit", "leader", "handler", "due", "left",
    "state",
)  # fmt: skip
ALL: Final = "all"
TITLE: Final = "title"
"""The column that leads to the item: it is always shown."""


def read_columns(given: str | None) -> str:
    """Chosen columns as an address writes them: known ones, each once, 事项 among them; "" for the
    default, ALL for all in the order of the file."""
    if not given or given == ALL:
        return given or ""
    return written(key for key in given.split(",") if key in BY_KEY)


def written(keys: Iterable[str]) -> str:
    """These columns in an address, in this order."""
    wanted = list(dict.fromkeys(keys))
    if not wanted:
        return ""
    if TITLE not in wanted:
        wanted.insert(0, TITLE)
    if tuple(wanted) == tuple(BY_KEY):
        return ALL
    return "" if tuple(wanted) == DEFAULT else ",".join(wanted)


def shown(columns: str) -> tuple[Column, ...]:
    """The columns that an address names."""
    if columns == ALL:
        return COLUMNS
    keys = columns.split(",") if columns else DEFAULT
    return tuple(BY_KEY[key] for key in keys)


def needs_of(columns: Iterable[Column]) -> frozenset[str]:
    """What is read beside the items for these columns."""
    return frozenset().union(*(column.needs for column in columns))
