"""Where one matter of 会议纪要 ends and the next begins: 一、二、三…, then （一）, then 1."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

COUNTED: Final = "一二三四五六七八九十百"
FIRST: Final = re.compile(rf"^[{COUNTED}]{{1,4}}\s*[、．.]\s*")
SECOND: Final = re.compile(rf"^[（(]\s*[{COUNTED}]{{1,4}}\s*[）)]\s*[、.．]?\s*")
THIRD: Final = re.compile(r"^\d{1,2}\s*(?:[、．]|\.(?!\d)|\s)\s*")
"""「1.」 and 「1、」, not the beginning of 「2026.11.30」."""
SENTENCE: Final = re.compile(r"[^。！？\n]+[。！？]?")


class Section(NamedTuple):
    """One matter: its heading without the number, its sentences, and its words as they stand."""

    heading: str
    sentences: tuple[str, ...]
    words: str


class Split(NamedTuple):
    """What stands before the first matter, and the matters with the smaller ones inside each."""

    preamble: tuple[str, ...]
    sections: tuple[tuple[Section, tuple[Section, ...]], ...]


def split(text: str) -> Split:
    """The matters of a text. Without 一、 the next smaller numbering counts; without any, every
    paragraph after the first stands for itself."""
    lines = [line for raw in text.splitlines() if (line := " ".join(raw.split()))]
    for mark, smaller in ((FIRST, (SECOND, THIRD)), (SECOND, (THIRD,)), (THIRD, ())):
        starts = [number for number, line in enumerate(lines) if mark.match(line)]
        if starts:
            blocks = [
                lines[begin:end]
                for begin, end in zip(starts, [*starts[1:], len(lines)], strict=True)
            ]
            found = tuple((_section(block, mark), _smaller(block, smaller)) for block in blocks)
            return Split(tuple(lines[: starts[0]]), found)
    return Split(tuple(lines), tuple((_section([line], None), ()) for line in lines))


def _smaller(block: Sequence[str], marks: Sequence[re.Pattern[str]]) -> tuple[Section, ...]:
    """The numbered parts within a matter; none if there is one at most."""
    for mark in marks:
        starts = [number for number, line in enumerate(block) if number and mark.match(line)]
        if len(starts) > 1:
            ends = [*starts[1:], len(block)]
            return tuple(
                _section(block[begin:end], mark) for begin, end in zip(starts, ends, strict=True)
            )
    return ()


def _section(block: Sequence[str], mark: re.Pattern[str] | None) -> Section:
    """A line that is no sentence is the heading; a matter may be one sentence without any."""
    first = mark.sub("", block[0], count=1) if mark else block[0]
    headed = len(block) > 1 and not first.endswith(("。", "；", "：", "，"))
    heading, body = (first, block[1:]) if headed else ("", (first, *block[1:]))
    if not headed and len(block) == 1 and (head := _inline_heading(first)):
        heading, body = head, (first[len(head) :].lstrip("。 "),)
    sentences = tuple(
        sentence.strip() for line in body for sentence in SENTENCE.findall(line) if sentence.strip()
    )
    return Section(heading, sentences, "\n".join(block))


def _inline_heading(line: str) -> str:
    """「关于……。会议要求……」: the heading that runs on in its own paragraph."""
    head, stop, rest = line.partition("。")
    return head if stop and rest and head.startswith("关于") and len(head) <= 40 else ""
