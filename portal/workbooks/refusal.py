"""A workbook that cannot be read at all, and a cell that cannot; each with its sentence."""

from __future__ import annotations


class WorkbookRefused(ValueError):
    """The whole file; `str()` says what is wrong and what to do next."""


class Wrong(ValueError):
    """One cell, or one row; `str()` says what is wrong, without naming row or column."""
