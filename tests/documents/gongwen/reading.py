"""Reading a finished PDF back: its lines with their places, in millimetres of the paper."""

from __future__ import annotations

import io
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import pdfplumber

MM = 72 / 25.4


@dataclass(frozen=True)
class Line:
    """Characters with one base line, from left to right."""

    text: str
    left: float
    right: float
    base: float  # above the lower edge of the paper
    size: float
    fonts: frozenset[str]


def pages_of(pdf: bytes) -> list[list[Line]]:
    """The lines of each page from top to bottom; letters of one line may differ in size."""
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return [_lines(page) for page in document.pages]


def text_lines(page: list[Line]) -> list[Line]:
    """Those within the 版心 of an upright page."""
    return [line for line in page if line.base > 35]


def _lines(page: Any) -> list[Line]:
    rows = defaultdict(list)
    for char in page.chars:
        if char["text"].strip():
            rows[round(char["matrix"][5], 1)].append(char)
    return [_line(rows[base], base) for base in sorted(rows, reverse=True)]


def _line(chars: list[dict[str, Any]], base: float) -> Line:
    chars = sorted(chars, key=lambda char: char["x0"])
    return Line(
        "".join(char["text"] for char in chars),
        chars[0]["x0"] / MM,
        chars[-1]["x1"] / MM,
        base / MM,
        round(max(char["size"] for char in chars), 2),
        frozenset(char["fontname"].split("+")[-1] for char in chars),
    )
