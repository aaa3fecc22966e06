"""The demo's date: moved on by a click, the same for every process, never back."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.demo import days
from portal.extensions import db
from tests.conftest import ANCHOR
from tests.pages import get, send
from tests.people import csrf

As = Callable[[str], FlaskClient]


@pytest.mark.parametrize(("step", "day"), [("1", date(2026, 11, 24)), ("7", date(2026, 11, 30))])
def test_a_click_moves_the_date_for_everybody(
    college: Flask, as_: As, step: str, day: date
) -> None:
    office, leader = as_("何玉萍"), as_("坤清祥")
    token = csrf(office, "/account/password")
    answer = send(office, "/demo/date", {"days": step, "csrf_token": token})
    assert answer.status == 303
    said = f"演示日期{day.year}年{day.month}月{day.day}日"
    assert said in get(leader, "/").text
    assert said in get(office, "/").text


@pytest.mark.parametrize("step", ["0", "-1", "8", "", "一"])
def test_other_steps_are_refused(college: Flask, as_: As, step: str) -> None:
    office = as_("何玉萍")
    token = csrf(office, "/account/password")
    answer = send(office, "/demo/date", {"days": step, "csrf_token": token})
    assert answer.status == 422
    assert "演示日期2026年11月23日" in get(office, "/").text


def test_nobody_signed_in_moves_nothing(college: Flask, client: FlaskClient) -> None:
    token = csrf(client)
    assert send(client, "/demo/date", {"days": "1", "csrf_token": token}).status in (302, 303)
    with college.app_context():
        assert days.days_on() == 0


def test_requests_at_once_follow_once(college: Flask) -> None:
    """Several threads of one process meet the moved date at the same time."""
    with college.app_context():
        days.move(7)
    threads = 6
    ready = Barrier(threads)

    def request(_number: int) -> None:
        with college.app_context():
            ready.wait()
            days.follow()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(request, range(threads)))
    assert (college.extensions["portal.clock"].today() - ANCHOR).days == 7


def test_the_date_never_goes_back(college: Flask) -> None:
    with college.app_context():
        days.move(7)
        days.follow()
        assert (college.extensions["portal.clock"].today() - ANCHOR).days == 7
        with pytest.raises(DBAPIError, match="does not go back"):
            db.session.execute(text("UPDATE demo_date SET days_on = 1"))


def test_there_is_no_control_outside_the_demo(app: Flask) -> None:
    assert "demo.forward" not in app.view_functions
