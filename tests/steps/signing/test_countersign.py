"""会签 of a co-unit's leader 第十二条, SPEC §1.4: beside the chain, never in its way."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import Event, ItemUnit, Unit
from portal.rulebook.offers import offered
from tests.pages import fill, get
from tests.steps.acting import LEADER, OFFICE, OFFICE_LEADER, PRESIDENT, Actor, intent, pass_days

OTHER = (
    "卓玛青措"  # 分管 学工部, which is a co-unit; 后勤国资处 is under the lead unit's own leader
)
ADDRESS = "/units/XGB/countersignature"


def _sent(app: Flask, public_id: uuid.UUID) -> Actor:
    from portal.steps.registration import commands as registration

    actor = Actor(app, public_id)
    viewer, item = actor.item()
    registration.submit(viewer, item, intent(item), declared=True)
    return actor


def _states(actor: Actor) -> dict[str, str]:
    actor.item()
    rows = db.session.execute(
        select(Unit.code, ItemUnit.state).join(Unit, Unit.id == ItemUnit.unit_id)
    )
    return {row.code: row.state for row in rows}


def test_the_other_leader_countersigns_on_the_item_s_page(
    college: Flask,
    as_: Callable[[str], FlaskClient],
    draft_item: Callable[..., uuid.UUID],
) -> None:
    """Offered after 审签; one act, one event, the chain goes on as it stood."""
    public_id = draft_item()
    with college.app_context():
        actor = _sent(college, public_id)
        actor.sign(LEADER, "sign")
    page = fill(as_(OTHER), f"/items/{public_id}", ADDRESS, {"opinion": "同意协办。"})
    assert page.status == 303
    with college.app_context():
        actor = Actor(college, public_id)
        assert _states(actor) == {"BWC": "named", "HGC": "named", "XGB": "countersigned"}
        _viewer, item = actor.item()
        assert item.state == "pending_review"
        events = db.session.scalars(select(Event).where(Event.act == "countersign")).all()
        assert [event.acting_as for event in events] == ["responsible_leader"]
    assert "同意协办。" in get(as_(OFFICE), f"/items/{public_id}").soup.get_text()
    assert ADDRESS not in str(get(as_(OTHER), f"/items/{public_id}").soup)


def test_nothing_waits_for_it(college: Flask, draft_item: Callable[..., uuid.UUID]) -> None:
    """The number is taken and the notices go out without it."""
    with college.app_context():
        actor = Actor(college, draft_item())
        actor.to_filing()
        assert "countersign" in actor.offers(OTHER)
        actor.file()
        assert "countersign" not in actor.offers(OTHER)
        assert set(_states(actor).values()) == {"issued"}


def test_whose_it_is_not(college: Flask, draft_item: Callable[..., uuid.UUID]) -> None:
    """Not the signer's own, though a co-unit is under him, and not the others'; not before 审签."""
    with college.app_context():
        actor = _sent(college, draft_item())
        assert "countersign" not in actor.offers(LEADER)
        actor.sign(LEADER, "sign")
        for who in (LEADER, OFFICE, OFFICE_LEADER, PRESIDENT):
            assert "countersign" not in actor.offers(who), who
        assert "countersign" in actor.offers(OTHER)


def test_a_portfolio_with_an_end_is_one_until_then(
    college: Flask, draft_item: Callable[..., uuid.UUID], database: Servers
) -> None:
    """The co-unit goes over to the lead unit's leader, and both have their days."""
    with connect(database.owner_url) as raw:
        (unit,) = raw.execute("SELECT id FROM unit WHERE code = 'XGB'").fetchone() or (0,)
        raw.execute("UPDATE portfolio SET valid_to = '2026-11-30' WHERE unit_id = %s", (unit,))
        raw.execute(
            "INSERT INTO portfolio (leader_id, unit_id, kind, valid_from, valid_to)"
            " SELECT id, %s, '分管', '2026-12-01', '2027-12-31' FROM person WHERE name = %s",
            (unit, LEADER),
        )
    with college.app_context():
        actor = _sent(college, draft_item())
        actor.sign(LEADER, "sign")
        assert "countersign" in actor.offers(OTHER)
        pass_days(college, 8)
        assert "countersign" not in actor.offers(LEADER)


def test_one_leader_countersigns_once(college: Flask, draft_item: Callable[..., uuid.UUID]) -> None:
    """Of one leader in charge of two co-units one 会签 is asked."""
    with college.app_context():
        actor = _sent(college, draft_item(co_units=["XGB", "ZJC"]))
        actor.sign(LEADER, "sign")
        viewer, item = actor.item(OTHER)
        assert [offer.act for offer in offered(viewer, item)].count("countersign") == 1
