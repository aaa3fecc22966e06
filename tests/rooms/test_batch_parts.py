"""批量签批 of 催办, 延期 and 调整: each item's own part is signed as on its page (SPEC §2.3)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.extensions import db
from portal.models import Change, Extension, UrgeNotice
from portal.rooms.sign_off import batch, parts
from portal.rulebook import offers
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import visible
from tests import scenes
from tests.pages import Page, get, send, values_of
from tests.people import draft
from tests.rooms.test_statements import asked
from tests.stages import as_of, bring
from tests.steps.acting import LEADER, OFFICE_LEADER, Actor, intent
from tests.steps.changes.proposing import propose
from tests.steps.extending.asking import WHY, ask
from tests.steps.urging.acts import SUBJECT, overdue, urge

As = Callable[[str], FlaskClient]
WORDS = "同意，请抓紧。"


def _extension(app: Flask, actor: Actor) -> None:
    ask(actor, days=5)


def _urge(app: Flask, actor: Actor) -> None:
    overdue(actor)
    urge(actor)


def _adjust(app: Flask, actor: Actor) -> None:
    propose(app, actor.public_id, "adjust")


CASES = {
    "agree_extension": (LEADER, _extension, Extension, "ext_check", f"申请理由：{WHY}"),
    "review_urge": (OFFICE_LEADER, _urge, UrgeNotice, "ug_filing", SUBJECT),
    "sign_adjust": (LEADER, _adjust, Change, "open", "调整事项要素。"),
}
"""Who signs, what brings the part about, its table, its state afterwards, what the list says."""


@pytest.fixture
def at_work(college: Flask) -> list[Actor]:
    """Three items in work."""

    def make() -> list[uuid.UUID]:
        with college.app_context():
            made = [draft(college, "A01", title=f"第{place}件事项") for place in range(3)]
            for public_id in made:
                bring(college, public_id, "in_progress")
        return made

    made = scenes.play(college, ("batch", "parts"), make, shared=True)
    return [Actor(college, public_id) for public_id in made]


def _send(client: FlaskClient, act: str, *ticked: uuid.UUID) -> Page:
    form = get(client, f"/todo/signing?act={act}").form("/todo/signing")
    sent = {**values_of(form), "item": [str(one) for one in ticked], "opinion": [WORDS]}
    return send(client, "/todo/signing", sent)


@pytest.mark.parametrize("act", CASES)
def test_signed_together(college: Flask, as_: As, at_work: list[Actor], act: str) -> None:
    """The ticked ones, once; what is not ticked waits on; what is asked stands on the list."""
    who, begin, table, after, said = CASES[act]
    with college.app_context():
        for actor in at_work:
            begin(college, actor)
        before = _states(college, table)
    client = as_(who)
    page = get(client, f"/todo/signing?act={act}")
    assert page.text.count(said) == 3
    first, second, _third = (actor.public_id for actor in at_work)
    done = _send(client, act, first, second)
    assert (done.status, "未签批" in done.text) == (200, False)
    with college.app_context():
        assert _states(college, table) == [after, after, before[2]]
        for actor, times in zip(at_work, (1, 1, 0), strict=True):
            signed = [event for event in actor.events() if event.act == act]
            assert len(signed) == times


def _states(app: Flask, table: Any) -> list[str]:
    viewer = as_of(app, "何玉萍")
    return list(db.session.scalars(visible(viewer, table).order_by(table.id)
                                   .with_only_columns(table.state)))  # fmt: skip


def test_two_of_one_item_are_opened_one_by_one(
    college: Flask, at_work: list[Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As two notices to two units of one item; and what waits no more is said to."""
    with college.app_context():
        actor = at_work[0]
        _urge(college, actor)
        viewer, item = actor.item(OFFICE_LEADER)
        offered = offers.offered(viewer, item, among=("review_urge",))
        assert len(offered) == 1
        for found, said in ((offered * 2, parts.SEVERAL), ([], parts.GONE)):
            monkeypatch.setattr(offers, "offered", lambda *_, found=found, **__: found)
            with pytest.raises(Unmet, match=said):
                parts.sign(viewer, item, "review_urge", intent(item))


def test_the_list_asks_no_more_for_more_rows(college: Flask, at_work: list[Actor]) -> None:
    with college.app_context():
        found = []
        for actor in at_work:
            ask(actor, days=5)
            viewer = as_of(college, LEADER)
            found.append(asked(college, lambda v=viewer: _rows(v)))
        assert found[0] == found[-1]


def _rows(viewer: Any) -> Any:
    return batch.rows_of(viewer, "agree_extension")


def test_what_weighs_more_is_not_signed_together() -> None:
    assert not {"agree_void", "agree_reopen", "agree_reset", "exempt"} & set(parts.TOGETHER)
