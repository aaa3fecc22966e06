"""What an agreed 调整事项要素 does: lights, instalments, annex 1 (SPEC §3, T38)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask

from portal.documents.table import fill
from portal.extensions import db
from portal.models import (
    Item,
)
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import visible
from tests.stages import (
    as_of,
    bring,
    item_of,
    tomorrow,
    unit,
)
from tests.steps.changes.effects import dates_of, points_of, report_first, until
from tests.steps.changes.proposing import HEAD, agree, latest, propose, refuse

New = Callable[..., uuid.UUID]


ADJUSTED: tuple[tuple[dict[str, Any], list[str | None], list[str]], ...] = (
    # As issued on the 23rd: level 2, 15 days.
    ({"requirement": "另行要求。"},
     ["12-08", "12-08", "12-08", "12-01", "12-09"], ["11-30", "12-03"]),
    ({"deadline_kind": "days", "deadline_days": 10},
     ["12-08", "12-03", "12-03", "11-30", "12-04"], ["11-30"]),
    ({"deadline_kind": "date", "deadline_date": date(2026, 12, 13), "deadline_basis": "上级要求"},
     ["12-08", "12-13", "12-13", "12-01", "12-14"], ["11-30", "12-03", "12-08"]),
    ({"level": 3, "deadline_kind": "days", "deadline_days": 30},
     ["12-08", "12-23", "12-23", "12-04", "12-24"], ["12-03", "12-14"]),
    ({"level": 1, "deadline_kind": "date", "deadline_date": date(2026, 11, 29),
      "deadline_basis": "院长要求"},
     ["12-08", "11-29", "11-29", "11-27", "11-30"], ["11-26"]),
    ({"level": 4, "deadline_kind": "open"},
     ["12-08", None, None, "12-18", "01-23"], ["12-23", "01-22"]),
)  # fmt: skip


@pytest.mark.parametrize(("given", "dates", "points"), ADJUSTED)
def test_lights_and_instalments_follow_the_adjusted_period(
    college: Flask, draft_item: New, given: dict[str, Any], dates: list[str | None],
    points: list[str],
) -> None:  # fmt: skip
    """第十八、十九条: counted from the same 交办 by the level as it now is; 原定时限 stays."""
    public_id = draft_item(level=2, deadline_days=15)
    with college.app_context():
        bring(college, public_id, "in_progress")
        _adjusted(college, public_id, **given)
        item = item_of(as_of(college, HEAD), public_id)
        assert dates_of(item) == dates
        assert points_of(item) == points
        assert item.lit
        change = latest(item)
        assert set(change.before) == set(change.values)
        if "level" in given:
            assert (change.before["level"], item.level) == (2, given["level"])


def _adjusted(app: Flask, public_id: uuid.UUID, **given: Any) -> None:
    propose(app, public_id, "adjust", **given)
    agree(app, public_id, "sign_adjust", "坤清祥")
    agree(app, public_id, "review_adjust", "余茂春")
    if "level" in given:
        agree(app, public_id, "approve_adjust", "三郎泽里")


def test_what_was_reported_and_missed_stays(college: Flask, draft_item: New) -> None:
    """None is asked for after the fact, none twice, and a report keeps its instalment."""
    public_id = draft_item(level=2, deadline_days=15)
    with college.app_context():
        bring(college, public_id, "in_progress")
        tomorrow(college, 9)  # 2 December: the instalment of 30 November is missed
        report_first(college, public_id, "坤建军")
        _adjusted(college, public_id, **until(date(2026, 12, 20)))
        item = item_of(as_of(college, HEAD), public_id)
        assert points_of(item) == ["11-30", "12-03", "12-08", "12-14", "12-18"]
        # The report answered the first; the next is not due yet.
        assert item.yellow_from == date(2026, 12, 4)


BAD: tuple[tuple[dict[str, Any], str], ...] = (
    ({"level": 3, "requirement": "x"}, ""),
    ({"level": 4}, "deadline_kind"),
    ({"deadline_kind": "days", "deadline_days": 40}, "deadline_days"),
    ({"level": 4, "deadline_kind": "days"}, "deadline_kind"),
    ({"deadline_kind": "date"}, "deadline_date"),
    ({"deadline_kind": "date", "deadline_date": date(2026, 12, 1)}, "deadline_basis"),
    ({"deadline_kind": "date", "deadline_date": date(2026, 11, 22), "deadline_basis": "会"},
     "deadline_date"),
    ({"deadline_kind": "open"}, "deadline_kind"),
)  # fmt: skip


def test_what_cannot_be_adjusted_is_said_at_its_field(college: Flask, draft_item: New) -> None:
    """The period must fit the level as it will be (第十八条); something must change."""
    public_id = draft_item(level=2, deadline_days=15)
    with college.app_context():
        bring(college, public_id, "in_progress")
        for given, field in BAD:
            if not field:  # 15 days fit level 3 as well
                propose(college, public_id, "adjust", **given)
                refuse(college, public_id, "坤清祥")
                continue
            with pytest.raises(Unmet) as refused:
                propose(college, public_id, "adjust", **given)
            assert field in refused.value.fields, given
            db.session.rollback()
        item = item_of(as_of(college, HEAD), public_id)
        with pytest.raises(Unmet) as refused:
            propose(college, public_id, "adjust", requirement=item.requirement)
        assert "没有变化" in refused.value.reason
        db.session.rollback()
        tomorrow(college, 12)
        with pytest.raises(Unmet) as refused:
            propose(college, public_id, "adjust", deadline_kind="days", deadline_days=7)
        assert "按此计算的完成时限已过" in refused.value.reason


def test_annex_1_stays_as_it_was_signed(college: Flask, draft_item: New) -> None:
    """Frozen at filing (SPEC §5.2), whatever was changed since."""
    public_id = draft_item(level=2, deadline_days=15)
    with college.app_context():
        item = bring(college, public_id, "in_progress")
        filed = fill(as_of(college, "何玉萍"), item, "filing", 1, "学院")
        _adjusted(college, public_id, level=3, requirement="另行要求。")
        propose(college, public_id, "reassign", co=("XGB",))
        agree(college, public_id, "agree_reassign", "坤清祥")
        agree(college, public_id, "agree_reassign", "解学农")
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        assert (item.level, item.lead_unit_id) == (3, unit("JWC"))
        assert fill(viewer, item, "filing", 1, "学院") == filed
        assert len(db.session.scalars(visible(viewer, Item)).all()) == 1  # none was added for it
