"""A table of holidays as people have it: the words of the State Council's notice, a CSV, a JSON.

Pure. Every line that cannot be read is named by its number; `checking` says what is wrong with
those that can.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

HEAD: Final = ("类型", "名称", "开始", "结束")
HOLIDAY, MAKEUP = "节假日", "调休上班"
SAMPLE: Final = "元旦 1月1日至1月3日\n调休上班 1月4日\n春节 2月15日至23日\n2月14日、2月28日上班"
NO_DATE: Final = "没有读到日期，请写成“元旦 1月1日至1月3日”"
NO_NAME: Final = "没有节假日名称，请写在日期前面"
BROKEN: Final = "不是有效的文件，请按导出的样式填写"
_DAY: Final = r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})[日号]"
_RUN: Final = re.compile(rf"{_DAY}(?:\s*(?:至|到|[-—–~]+)\s*{_DAY})?")
_ISO: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_NUMBERING: Final = re.compile(r"^\s*(?:[一二三四五六七八九十]+|\d+)[、.]\s*")
_WORKED: Final = re.compile(r"上班|补班")
_HOLIDAY_CLAUSE: Final = re.compile(r"(放假[^,。;]*),")


class Line(NamedTuple):
    """A run of days that was read, and in which line it stands."""

    place: int
    name: str
    start: date
    end: date
    worked: bool = False


class Wrong(NamedTuple):
    """A line that may not stand, and why."""

    place: int
    message: str

    def __str__(self) -> str:
        return f"第{self.place}行：{self.message}" if self.place else self.message


@dataclass
class Read:
    """What a text says, and what of it could not be read."""

    lines: list[Line] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    source: str = ""


class Unreadable(ValueError):
    """A date or a run of days that is none; the message is a sentence's part."""


def read(text: str, year: int | None) -> Read:
    """A table of holidays; `year` is meant where a line names none (None: it has to)."""
    plain = text.strip().lstrip("\ufeff")
    if plain.startswith("{"):
        return _json(plain, year)
    first = plain.splitlines()[0] if plain else ""
    if first.replace("，", ",").startswith(",".join(HEAD)):
        return _csv(plain)
    return _words(text, year)


def _words(text: str, year: int | None) -> Read:
    found = Read()
    for place, written in enumerate(text.splitlines(), start=1):
        if not written.strip():
            continue
        if written.strip().startswith("来源"):
            found.source = written.strip().removeprefix("来源").lstrip("：: ")
            continue
        try:
            found.lines += _line(place, written, year)
        except Unreadable as error:
            found.wrong.append(Wrong(place, str(error)))
    return found


def _line(place: int, written: str, year: int | None) -> list[Line]:
    """「春节：2月15日（周日）至23日放假调休，共9天。2月14日（周六）、2月28日（周六）上班。」"""
    plain = unicodedata.normalize("NFKC", written)
    plain = re.sub(r"\([^)]*\)", "", plain)
    plain = _ISO.sub(r"\1年\2月\3日", _NUMBERING.sub("", plain))
    plain = _HOLIDAY_CLAUSE.sub(r"\1。", plain)
    lines: list[Line] = []
    for sentence in re.split(r"[。;]", plain):
        lines += _sentence(place, sentence, year)
    if not lines:
        raise Unreadable(NO_DATE)
    return lines


def _sentence(place: int, sentence: str, year: int | None) -> Iterator[Line]:
    runs = list(_RUN.finditer(sentence))
    if not runs:
        return
    worked = bool(_WORKED.search(sentence))
    name = sentence[: runs[0].start()].strip(" \t:,、。")
    if not worked and not name:
        raise Unreadable(NO_NAME)
    month: int | None = None
    for run in runs:
        start, end = _days(run, year, month)
        month = end.month
        yield Line(place, MAKEUP if worked else name, start, end, worked)


def _days(run: re.Match[str], year: int | None, month: int | None) -> tuple[date, date]:
    parts = [int(part) if part else None for part in run.groups()]
    start = _date(parts[0] or year, parts[1] or month, parts[2], run[0])
    if parts[5] is None:
        return start, start
    return start, _date(parts[3] or start.year, parts[4] or start.month, parts[5], run[0])


def _date(year: int | None, month: int | None, day: int | None, said: str) -> date:
    if year is None:
        raise Unreadable(f"“{said}”没有写明年份")
    if month is None or day is None:
        raise Unreadable(f"“{said}”没有写明月份")
    try:
        return date(year, month, day)
    except ValueError as error:
        raise Unreadable(f"没有{year}年{month}月{day}日这一天") from error


def _csv(text: str) -> Read:
    found = Read()
    rows = csv.reader(io.StringIO(text.replace("，", ",")))
    for place, row in enumerate(rows, start=1):
        cells = [cell.strip() for cell in row]
        if place == 1 or not any(cells):
            continue
        try:
            found.lines.append(_row(place, cells))
        except (ValueError, IndexError):
            found.wrong.append(Wrong(place, BROKEN))
    return found


def _row(place: int, cells: list[str]) -> Line:
    kind, name, start, end = (*cells, "", "", "")[:4]
    if kind not in (HOLIDAY, MAKEUP):
        raise ValueError(kind)
    first = _iso(start)
    last = _iso(end) if end else first
    return Line(place, name if kind == HOLIDAY else MAKEUP, first, last, kind == MAKEUP)


def _iso(text: str) -> date:
    """「2027-01-01」, also as spreadsheets write it back, 「2027/1/1」."""
    found = _ISO.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    return date(*(int(part) for part in found.groups()))


def _json(text: str, year: int | None) -> Read:
    try:
        data = json.loads(text)
        table = data["national"][str(year)] if "national" in data else data
        return _table(table)
    except json.JSONDecodeError as error:
        return Read(wrong=[Wrong(error.lineno, BROKEN)])
    except RecursionError:
        return Read(wrong=[Wrong(0, BROKEN)])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        said = f"{BROKEN}：{str(error)[:60]}"
        return Read(wrong=[Wrong(0, said)])


def _table(table: dict[str, Any]) -> Read:
    lines = [
        Line(place, str(row["name"]), _iso(row["start"]), _iso(row["end"]))
        for place, row in enumerate(table["holidays"], start=1)
    ]
    lines += [
        Line(place, MAKEUP, _iso(day), _iso(day), worked=True)
        for place, day in enumerate(table["makeup_workdays"], start=len(lines) + 1)
    ]
    return Read(lines, source=str(table.get("source") or ""))
