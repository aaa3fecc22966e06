"""The tables of the calendar with something new in them, and as text; pure.

Tables have the shape of `rulebook/data/calendar.json`; what is given is never changed.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from typing import Any, Final, NamedTuple

from portal.rooms.calendar.reading import HEAD, HOLIDAY, MAKEUP, Line, Unreadable
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.workdays import holiday_name

Tables = Mapping[str, Any]
SPANS: Final = {
    "local": "地方节假日",
    "terms": "学期",
    "vacations": "寒暑假",
    "report_periods": "督办期",
}
"""The college's own runs of days, by their field."""


class Own(NamedTuple):
    """What a college sets by itself, as it was typed and read."""

    enabled: bool
    spans: Mapping[str, Sequence[Line]]
    office: Sequence[tuple[time, time]]
    quiet: tuple[time, time]
    noon: tuple[time, time] | None


def with_year(tables: Tables, year: int, lines: Sequence[Line], source: str) -> dict[str, Any]:
    """The tables with a year's holidays, published."""
    table = {
        "published": True,
        "source": source or None,
        "holidays": [_span(line) for line in _in_order(lines) if not line.worked],
        "makeup_workdays": sorted(
            day.isoformat() for line in lines if line.worked for day in _days(line)
        ),
    }
    return {**tables, "national": {**tables["national"], str(year): table}}


def with_own(tables: Tables, own: Own) -> dict[str, Any]:
    """The tables with the college's own part."""
    spans = {name: [_span(line) for line in _in_order(own.spans[name])] for name in SPANS}
    quiet: dict[str, Any] = {"start": _clock(own.quiet[0]), "end": _clock(own.quiet[1])}
    if own.noon:
        quiet["noon"] = [_clock(own.noon[0]), _clock(own.noon[1])]
    before = tables.get("quiet_hours", {})
    return {
        **tables,
        "local": {"enabled": own.enabled, "holidays": spans["local"]},
        "terms": _coded(spans["terms"], tables.get("terms", [])),
        "vacations": spans["vacations"],
        "report_periods": spans["report_periods"],
        "office_hours": {"workday": [f"{_clock(a)}-{_clock(b)}" for a, b in own.office]},
        "quiet_hours": quiet | {"exempt": before.get("exempt", ["level_1"])},
    }


def _coded(terms: list[dict[str, str]], before: Iterable[Mapping[str, Any]]) -> list[Any]:
    """A term keeps its code; a new one is named by its first day."""
    known = {term["name"]: term.get("code", "") for term in before}
    return [{"code": known.get(term["name"]) or term["start"][:7], **term} for term in terms]


def changed(before: Tables, after: Tables) -> list[str]:
    """What is new, in words: 「2027年节假日表」, 「学期」."""
    years = sorted({*before["national"], *after["national"]})
    said = [
        f"{year}年节假日表"
        for year in years
        if before["national"].get(year) != after["national"].get(year)
    ]
    words = {**SPANS, "office_hours": "作息时间", "quiet_hours": "免打扰时间"}
    named = [words[name] for name in words if _plain(before, name) != _plain(after, name)]
    return said + named


def _plain(tables: Tables, name: str) -> Any:
    """A part without what is only a note on it."""
    found = tables.get(name)
    if name == "local":
        found = found or {}
        return bool(found.get("enabled")), sorted(map(_bare, found.get("holidays", [])))
    if isinstance(found, list):
        return sorted(map(_bare, found))
    return {key: value for key, value in (found or {}).items() if key != "note"}


def _bare(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return holiday_name(row["name"]), row["start"], row["end"]


def lines_text(rows: Iterable[Mapping[str, str]]) -> str:
    """Runs of days, one a line, as the forms show and read them."""
    return "\n".join(
        f"{row['name']} {long_date(date.fromisoformat(row['start']))}"
        f"至{long_date(date.fromisoformat(row['end']))}"
        for row in rows
    )


def year_text(table: Tables) -> str:
    """A year's table in the words in which it can be pasted again."""
    rows = [f"来源：{table['source']}"] if table.get("source") else []
    rows += lines_text(table["holidays"]).splitlines()
    rows += [f"{MAKEUP} {long_date(date.fromisoformat(day))}" for day in table["makeup_workdays"]]
    return "\n".join(rows)


def year_csv(table: Tables) -> str:
    """A year's table for a spreadsheet; it can be read again."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(HEAD)
    rows.writerows((HOLIDAY, row["name"], row["start"], row["end"]) for row in table["holidays"])
    rows.writerows((MAKEUP, "", day, day) for day in table["makeup_workdays"])
    return "\ufeff" + out.getvalue()


def year_json(table: Tables) -> str:
    """A year's table as JSON; it can be read again."""
    kept = {name: table[name] for name in ("source", "holidays", "makeup_workdays")}
    return json.dumps(kept, ensure_ascii=False, indent=1)


def read_hours(text: str) -> tuple[time, time]:
    """「08:30-12:00」. Unreadable if it is no pair of times."""
    parts = text.replace("—", "-").replace("至", "-").replace("：", ":").split("-")
    try:
        start, end = (time.fromisoformat(part.strip().rjust(5, "0")) for part in parts)
    except ValueError as error:
        raise Unreadable(f"“{text.strip()}”应写成“08:30-12:00”") from error
    return start, end


def _in_order(lines: Sequence[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: line.start)


def _span(line: Line) -> dict[str, str]:
    return {
        "name": line.name,
        "start": line.start.isoformat(),
        "end": line.end.isoformat(),
    }


def _days(line: Line) -> list[date]:
    return [
        date.fromordinal(day) for day in range(line.start.toordinal(), line.end.toordinal() + 1)
    ]


def _clock(at: time) -> str:
    return at.strftime("%H:%M")
