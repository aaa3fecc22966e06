"""修改后重新提交: the page shows word for word what changed, where earlier signatures stand too."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import make_url

from portal.embedded import Servers, connect
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from tests.pages import fill, get
from tests.stages import as_of, bring, intent, item_of

As = Callable[[str], FlaskClient]
REASON = "标题请改得更准确些。"
TITLE = "购置校长专车三辆"


def test_a_form_signed_before_shows_what_was_written_since(
    college: Flask, as_: As, draft_item: Callable[..., uuid.UUID]
) -> None:
    """修改后直接送我 keeps two signatures: those who gave them are told and everybody sees both
    texts until the item is filed."""
    public_id = draft_item("A01")
    with college.app_context():
        bring(college, public_id, "pending_approve")
        viewer = as_of(college, "三郎泽里")
        item = item_of(viewer, public_id)
        assert get(as_("三郎泽里"), f"/items/{public_id}").soup.select_one("#revised") is None
        signing.send_back(
            viewer,
            item,
            intent(item, "标题请改得更准确些。"),
            to_previous=False,
            straight_back=True,
        )
        before = item.title
    form = f"/items/{public_id}/form"
    assert fill(as_("何玉萍"), form, form, {"title": TITLE, "submit": "y"}).status == 303
    for who in ("三郎泽里", "坤清祥"):
        card = get(as_(who), f"/items/{public_id}").soup.select_one("#revised")
        assert card is not None, who
        rows = [[cell.get_text(strip=True) for cell in row.find_all(["th", "td"])]
                for row in card.select("tbody tr")]  # fmt: skip
        assert rows == [["事项", before, TITLE]]
    with college.app_context():
        bring(college, public_id, "filed", since="pending_approve")
    assert get(as_("三郎泽里"), f"/items/{public_id}").soup.select_one("#revised") is None


def test_a_form_taken_back_and_deleted_leaves_no_text(
    college: Flask, database: Servers, draft_item: Callable[..., uuid.UUID]
) -> None:
    """删除草稿 erases the kept forms with the draft."""

    public_id = draft_item("A01")
    with college.app_context():
        bring(college, public_id, "pending_sign")
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        registration.withdraw(viewer, item, intent(item))
        item = item_of(as_of(college, "何玉萍"), public_id)
        registration.delete_draft(as_of(college, "何玉萍"), item, intent(item))
    admin = make_url(database.admin_url).set(database=make_url(database.worker_url).database)
    with connect(admin.render_as_string(hide_password=False)) as raw:
        bodies = raw.execute("SELECT body FROM opinion").fetchall()
    assert bodies == [("",)]
