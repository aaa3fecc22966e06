"""Sign-in is required at every address but the listed ones; the list is walked, not kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, Rule

from portal.accounts.gate import OPEN_ENDPOINTS
from tests.people import csrf

SAMPLES = {
    "UUIDConverter": "3f2b8d1c-0000-4000-8000-000000000001",
    "IntegerConverter": 1,
    "FloatConverter": 1.5,
}


def addresses(app: Flask, method: str) -> Iterator[tuple[Rule, str]]:
    """Every address of the portal that is not open, with sample values for its parts."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint in OPEN_ENDPOINTS or method not in (rule.methods or set()):
            continue
        values = {
            name: min(converter.items)
            if isinstance(converter, AnyConverter)
            else SAMPLES.get(type(converter).__name__, "x")
            for name, converter in rule._converters.items()
        }
        yield rule, adapter.build(rule.endpoint, values, method=method)


def test_every_page_asks_for_sign_in(college: Flask, client: FlaskClient) -> None:
    walked = list(addresses(college, "GET"))
    assert {"accounts.sessions", "accounts.password"} <= {rule.endpoint for rule, _ in walked}
    for rule, address in walked:
        answer = client.get(address)
        assert answer.status_code == 303, f"{rule.endpoint} is open"
        assert (answer.location or "").startswith("/login"), rule.endpoint


def test_every_act_asks_for_sign_in(college: Flask, client: FlaskClient) -> None:
    token = csrf(client)
    for rule, address in addresses(college, "POST"):
        answer = client.post(address, data={"csrf_token": token})
        assert (answer.status_code, answer.location) == (303, "/login"), rule.endpoint


def test_parts_of_pages_send_the_whole_page(college: Flask, client: FlaskClient) -> None:
    for rule, address in addresses(college, "GET"):
        answer = client.get(address, headers={"HX-Request": "true"})
        assert answer.status_code == 401, rule.endpoint
        assert answer.headers["HX-Redirect"] == "/login"
        assert answer.data == b""


def test_unknown_addresses_answer_like_known_ones(client: FlaskClient) -> None:
    assert client.get("/no/such/page").location == "/login?next=/no/such/page"


def test_the_list_names_real_addresses(college: Flask) -> None:
    assert {rule.endpoint for rule in college.url_map.iter_rules()} >= OPEN_ENDPOINTS


@pytest.mark.parametrize("address", ["/login", "/healthz", "/readyz"])
def test_open_addresses(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 200
