"""第二十一条: what was done meanwhile is told as the item's page tells it, lists too."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.rulebook import meanwhile
from portal.steps.knowledge import commands as knowledge
from portal.steps.registration import commands as registration
from tests.steps.acting import intent
from tests.steps.knowledge.listing import REASON, person_id, sensitive


@pytest.mark.parametrize(("who", "reads"), [("杨思源", True), ("覃燚", False), ("余茂春", False)])
def test_who_does_not_see_a_list_does_not_hear_of_it(college: Flask, who: str, reads: bool) -> None:
    """党政办主任 keeps it; a co-unit's head and another leader are on it and do not see it."""
    with sensitive(college) as actor:
        viewer, item = actor.item()
        registration.submit(viewer, item, intent(item), declared=True)
        viewer, item = actor.item("杨思源")
        knowledge.grant(viewer, item, intent(item, REASON), person_id("三郎彭措"), None)
        told = {done.what: done.words for done in meanwhile.since(*actor.item(who), 0)}
    assert "提交立项" in told
    assert ("增加知悉人" in told, REASON in told.values()) == (reads, reads)
