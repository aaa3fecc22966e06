"""Condition of 转授权人 (SPEC §2.3): only to whom the signer lends that very office today."""

from __future__ import annotations

from portal.rulebook import delegating, knowledge, slots
from portal.rulebook.guards.situation import Situation
from portal.rulebook.refusals import Unmet


def a_delegate(situation: Situation) -> None:
    """Somebody who may sign the box that waits, in this person's name; of a sensitive item one of
    its list."""
    chosen, item = situation.values.get("to_id"), situation.item
    asked = slots.offices_asked(item, situation.subject)
    lent = delegating.delegates(situation.person_id, item, situation.moment, asked)
    if chosen not in {one.person_id for one in lent}:
        raise _not_to("请选择授权期内可以代办本环节的受托人。")
    if item.classification == "sensitive" and chosen not in knowledge.listed(item):
        raise _not_to("受托人不在本事项知悉范围，不能转办。")


def _not_to(said: str) -> Unmet:
    return Unmet(said, article="12", fields={"delegate": said})
