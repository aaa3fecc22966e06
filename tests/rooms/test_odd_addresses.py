"""Addresses that nobody is led to: answered with a page or with none, never with an error."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

As = Callable[[str], FlaskClient]
FAR = "9" * 30
ODD = {
    "auditor01": {
        f"/admin/log?page={FAR}": 200,
        "/admin/log?until=0001-01-01": 200,
        "/admin/log?log=views&since=0001-01-01&until=9999-12-31": 200,
    },
    "secadmin01": {f"/admin/accounts?page={FAR}": 200, "/admin/accounts/%00": 404},
    "sysadmin01": {
        f"/admin/people?page={FAR}": 200,
        "/admin/people?unit=%00": 200,
        "/admin/people/%00": 404,
        "/admin/units/%00": 404,
    },
    "何玉萍": {
        "/days/9999-12-31": 404,
        "/days/0001-01-01": 404,
        "/people/%00/items": 404,
        "/papers/weekly-list?unit=%00": 404,
        "/reports/indicators?month=9999-12": 200,
        "/reports/as-of?at=0001-01-01": 200,
    },
}


def test_they_are_answered(as_: As) -> None:
    for who, addresses in ODD.items():
        client = as_(who)
        assert {one: client.get(one).status_code for one in addresses} == addresses
