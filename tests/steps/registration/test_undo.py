"""撤回 beside 「已提交立项」 (SPEC §8.14): there while it can be done, and only once."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask.testing import FlaskClient

from tests.pages import Page, fill, get, send, values_of
from tests.steps.acting import OFFICE

As = Callable[[str], FlaskClient]
Draft = Callable[..., uuid.UUID]


def _undo(page: Page) -> list[str]:
    """The addresses to which a notice in the corner offers to send 撤回."""
    return [str(form["action"]) for form in page.soup.select(".db-toast form")]


def test_a_submission_is_taken_back_by_one_click(as_: As, draft_item: Draft) -> None:
    item, client = draft_item(), as_(OFFICE)
    assert fill(client, f"/items/{item}", "/submission", {"declared": "y"}).status == 303
    page = get(client, f"/items/{item}")
    assert _undo(page) == [f"/items/{item}/withdrawal"]
    form = page.soup.select_one(".db-toast form")
    assert form is not None
    assert send(client, str(form["action"]), values_of(form)).status == 303
    page = get(client, f"/items/{item}")
    assert "已撤回" in page.text
    assert "修改草稿" in page.text
    assert _undo(page) == []


def test_a_saved_draft_offers_nothing_to_take_back(as_: As, draft_item: Draft) -> None:
    item, client = draft_item(), as_(OFFICE)
    sent = fill(client, f"/items/{item}/form", f"/items/{item}/form", {"title": "另一个事项"})
    assert sent.status == 303
    page = get(client, f"/items/{item}")
    assert "草稿已保存" in page.text
    assert _undo(page) == []
