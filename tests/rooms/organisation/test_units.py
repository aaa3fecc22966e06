"""单位 and 分管分工: ended, merged, renamed, handed on from a day; what moves, as numbers."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.models import Unit
from portal.rooms.organisation import fields, units
from portal.rooms.organisation.bearing import Bearing, bearing_of
from portal.rooms.organisation.keeping import fingerprint
from portal.rooms.organisation.units import UnitFields
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import view_as_administrator, view_as_nobody
from tests.conftest import ANCHOR
from tests.rooms.organisation.keeping import (
    DAY,
    TOMORROW,
    WHY,
    acts,
    editor,
    leaders_of,
    person,
    unit,
)
from tests.stages import bring

Draft = Callable[..., uuid.UUID]
SINCE = date(2024, 9, 1)


def _fields(one: Unit, **given: object) -> UnitFields:
    plain = {
        "name": one.name, "short_name": one.short_name, "aliases": tuple(one.aliases),
        "kind": one.kind, "place": one.sort_no,
    }  # fmt: skip
    return UnitFields(**{**plain, **given})  # type: ignore[arg-type]


def test_a_new_unit_takes_its_place(college: Flask) -> None:
    with college.app_context():
        given = UnitFields("继续教育学院", "继教学院", ("成教院",), "二级学院", 13)
        units.add_unit(editor(college), "JXJY", given, ANCHOR)
        order = db.session.scalars(select(Unit.short_name).order_by(Unit.sort_no)).all()
        assert order[11:14] == ["图信中心", "继教学院", "教育学院"]
        assert [
            one.sort_no for one in db.session.scalars(select(Unit).order_by(Unit.sort_no))
        ] == list(range(1, 20))
        assert acts()[0] == "add_unit"
        for taken in ("成教院", "继教学院", "安全保卫处"):
            with pytest.raises(Unmet, match="已有单位使用"):
                units.add_unit(
                    editor(college), "X", UnitFields(taken, "新单位", (), "职能部门", 1), ANCHOR
                )
        with pytest.raises(Unmet, match="代码已被使用"):
            units.add_unit(editor(college), "jxjy", given, ANCHOR)


def test_a_former_name_stays_known(college: Flask) -> None:
    with college.app_context():
        one = unit("BWC")
        shown = fingerprint(one)
        units.change_unit(editor(college), "BWC", _fields(one, name="安全保卫部"), shown)
        assert unit("BWC").aliases == ["安全保卫处"]
        with pytest.raises(Unmet, match="已由他人更改"):
            units.change_unit(editor(college), "BWC", _fields(one, kind="教辅机构"), shown)


def test_a_unit_goes_into_another(college: Flask) -> None:
    """Its posts and its field end with it; nothing is deleted."""
    with college.app_context():
        code, into = "JXJY", "BWC"
        given = UnitFields("继续教育学院", "继教学院", (), "二级学院", 19)
        units.add_unit(editor(college), code, given, ANCHOR)
        fields.assign(editor(college), person("陈𬭎"), [unit(code)], ANCHOR, WHY)
        assert units.end_outlook(code, TOMORROW, into).lines[1] == "并入安全保卫处。"
        units.end_unit(editor(college), code, TOMORROW, into, WHY)
        ended = unit(code)
        assert (ended.valid_to, ended.merged_into_id) == (TOMORROW, unit(into).id)
        assert leaders_of(code) == [("陈𬭎", ANCHOR, TOMORROW)]
        assert acts()[-1] == "merge_unit"
        with pytest.raises(Unmet, match="已于2026年11月24日撤销"):
            units.end_unit(editor(college), code, TOMORROW, into, WHY)


def test_a_unit_with_open_items_does_not_end(college: Flask, draft_item: Draft) -> None:
    """How many there are is said, not which; drafts do not count yet."""
    public_id = draft_item()
    with college.app_context():
        editor(college)
        assert bearing_of(unit("BWC").id) == Bearing(0, 0, 0, 0)
        bring(college, public_id, "pending_sign")
        editor(college)
        found = bearing_of(unit("BWC").id)
        assert (found.led, found.for_head, found.for_leader) == (1, 0, 1)
        with pytest.raises(Unmet, match="尚有1项在办事项"):
            units.end_outlook("BWC", TOMORROW, "")


@pytest.mark.parametrize("kind", ["sec_admin", "auditor", None])
def test_nobody_else_is_told_how_many(college: Flask, draft_item: Draft, kind: str | None) -> None:
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "pending_sign")
        if kind:
            view_as_administrator(kind, college.extensions["portal.clock"])
        else:
            view_as_nobody()
        assert bearing_of(unit("BWC").id) == Bearing(0, 0, 0, 0)


def test_a_field_is_handed_on(college: Flask, draft_item: Draft) -> None:
    """From the day on the other signs what waits; the same day again mends what is planned."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "pending_sign")
        keeper = editor(college)
        wanted = [unit("BWC"), unit("JWC")]
        said = fields.outlook(person("卓玛青措"), wanted, TOMORROW, ANCHOR).lines
        assert said[0] == "安全保卫处自2026年11月24日起由卓玛青措分管（此前：坤清祥）。"
        assert said[1].startswith("保卫处牵头的在办事项1项，其中待分管校领导签批1项")
        fields.assign(keeper, person("卓玛青措"), wanted, TOMORROW, WHY)
        assert leaders_of("BWC") == [("坤清祥", SINCE, ANCHOR), ("卓玛青措", TOMORROW, None)]
        fields.assign(editor(college), person("解学农"), [unit("BWC")], TOMORROW, WHY)
        assert leaders_of("BWC") == [("坤清祥", SINCE, ANCHOR), ("解学农", TOMORROW, None)]
        with pytest.raises(Unmet, match="已登记自2026年11月24日起"):
            fields.outlook(person("坤清祥"), [unit("BWC")], ANCHOR, ANCHOR)
        with pytest.raises(Unmet, match="没有需要更改的内容"):
            fields.outlook(person("解学农"), [unit("BWC")], TOMORROW + DAY, ANCHOR)


def test_who_is_no_leader_gets_no_field(college: Flask) -> None:
    with college.app_context():
        editor(college)
        with pytest.raises(Unmet, match="请选择在任的校领导"):
            fields.outlook(person("坤建军"), [unit("JWC")], TOMORROW, ANCHOR)
