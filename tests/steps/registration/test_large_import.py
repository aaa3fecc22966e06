"""批量导入 of as many rows as a file may hold: read, shown in a small page, made by a worker."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal import queued_work
from portal.extensions import db
from portal.models import ImportedRow, WorkbookImport
from portal.rulebook.scope import visible
from portal.workbooks import importing
from portal.workbooks.survey import MOST_ROWS
from tests.pages import fill, get
from tests.steps.acting import OFFICE
from tests.steps.registration.tables import shown, table, viewing

As = Callable[[str], FlaskClient]
MADE = 500
"""Rows that the worker makes here; the others only differ in number."""
LARGEST_PAGE = 100_000


def _rows(count: int) -> bytes:
    units = ("后勤国资处、保卫处", "教务处", "xuegongbu；马院", "学生处/团委")
    limits = ("15天", "年底前", "2026.12.31", "长期", "一个月内", "3月底前")
    return table(
        *(
            {
                "事项": f"第{number}项工作",
                "承办单位": units[number % len(units)],
                "完成时限": limits[number % len(limits)],
                "办理要求": "逐项排查，建立台账，明确责任人和时间，" * 5,
            }
            for number in range(count)
        )
    )


@pytest.mark.long
def test_ten_thousand_rows_are_read_and_shown(college: Flask, as_: As) -> None:
    office = as_(OFFICE)
    _address, page = shown(office, _rows(MOST_ROWS))
    wrong = sum(1 for number in range(MOST_ROWS) if number % 6 == 5)
    assert f"共{MOST_ROWS}行：可导入{MOST_ROWS - wrong}行，有误{wrong}行" in page.text
    assert len(page.html.encode()) < LARGEST_PAGE


@pytest.mark.long
def test_hundreds_of_rows_are_made(
    college: Flask, worker: Flask, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queued_work, "enqueue", lambda *_given, **_more: True)
    office = as_(OFFICE)
    address, _page = shown(office, _rows(MADE))
    assert fill(office, address, address).status == 303
    with viewing(college, OFFICE) as viewer:
        import_id = db.session.scalars(visible(viewer, WorkbookImport)).one().id
    with worker.app_context():
        importing.make(import_id)
    page = get(office, address)
    wrong = sum(1 for number in range(MADE) if number % 6 == 5)
    assert f"已导入{MADE - wrong}行" in page.text
    assert len(page.html.encode()) < LARGEST_PAGE
    with viewing(college, OFFICE) as viewer:
        count = select(func.count()).select_from(visible(viewer, ImportedRow).subquery())
        assert db.session.scalar(count) == MADE - wrong
