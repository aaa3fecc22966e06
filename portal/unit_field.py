"""Choices of units, found by pinyin and by whatever a unit is called (static/js/choices.js)."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms.fields.choices import SelectChoice

from portal.accounts.unit_finding import names_of, unit_reading
from portal.models import Unit


def unit_choices(units: Iterable[Unit]) -> list[SelectChoice]:
    """A choice a unit, by its short name; its readings and other names ride along."""
    return [
        SelectChoice(unit.id, unit.short_name, render_kw={"data-db-reading": _said(unit)})
        for unit in units
    ]


def _said(unit: Unit) -> str:
    """「JiaoWuChu|…|教务处|质量管理办公室|JWC」."""
    return "|".join((unit_reading(unit), *names_of(unit), unit.code))
