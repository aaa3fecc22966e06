"""A random walk of several people over several items: whatever they do, in whatever order, what
must hold of every item holds after every act (第十一至十九条).
"""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
)

from portal.errors import Stale
from portal.extensions import db
from portal.rulebook import offers, workflow
from portal.rulebook.rules import BY_ACT
from portal.rulebook.workflow import Intent
from portal.steps.registration import commands as registration
from tests.rulebook import machine_checks as checks
from tests.rulebook.machine_acts import WORD
from tests.rulebook.machine_doing import DO, PEOPLE, Doing
from tests.steps.acting import REASON


class Walk(Doing):
    """Any of the people does anything, and time passes."""

    # What is done --------------------------------------------------------------------------

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """Two drafts to begin with, one of them carried to the chain."""
        for _ in range(2):
            self._draft(data)
        with self.app.app_context():
            for item_id in self.drafters:
                if data.draw(st.booleans(), label="carried on"):
                    self._carry(item_id, data.draw(st.integers(1, 24), label="acts"), data)

    @precondition(lambda self: len(self.drafters) < 4)
    @rule(data=st.data())
    def draft(self, data: st.DataObject) -> None:
        """第十二条: somebody drafts."""
        self._draft(data)

    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        """Somebody does something that is offered: one event (and those of the same form), or,
        refused by a condition, nothing at all."""
        item_id = self._some(data)
        with self._minute():
            who, offer = self._offer(item_id, data)
            if offer is None:
                return
            self._do(who, item_id, offer, data)

    @rule(data=st.data())
    def wait_for_it(self, data: st.DataObject) -> None:
        """The same, but what waits for the person comes first: so the walk gets on."""
        item_id = self._some(data)
        with self._minute():
            self._carry(item_id, 1, data)

    @rule(data=st.data())
    def forge(self, data: st.DataObject) -> None:
        """Somebody sends an act that is not offered: refused, nothing changed."""
        item_id, who = self._some(data), data.draw(st.sampled_from(PEOPLE), label="who")
        act = data.draw(st.sampled_from(sorted(DO)), label="act")
        with self._minute():
            viewer, item = self._viewer(who), self._item(item_id)
            part = self._part(BY_ACT[act].machine, item_id, data)
            if part is None and BY_ACT[act].machine != "item":
                return
            known = offers.offered(viewer, item) if self._sees(viewer, item_id) else []
            if any(one.act == act and one.subject is part for one in known):
                return
            self._refused(viewer, act, item, part, Intent(None, uuid.uuid4(), REASON))

    @rule(data=st.data(), behind=st.integers(1, 3))
    def send_an_old_form(self, data: st.DataObject, behind: int) -> None:
        """A form of an earlier version: nothing changed, and it is said what was done since."""
        item_id = self._some(data)
        with self._minute():
            who, offer = self._offer(item_id, data)
            if offer is None or offer.subject is not None:
                return
            viewer = self._viewer(who)
            item = self._item(item_id)
            seen = Intent(item.version - behind, uuid.uuid4(), REASON)
            stale = self._refused(viewer, offer.act, item, None, seen)
            assert isinstance(stale, Stale)
            assert item.version - behind < 1 or stale.done

    @precondition(lambda self: self.last is not None)
    @rule()
    def send_it_twice(self) -> None:
        """第十六条: the same form again is the same act."""
        assert self.last is not None
        who, item_id, act, intent = self.last
        with self._minute():
            viewer = self._viewer(who)
            if not self._sees(viewer, item_id):
                return
            before = self._fingerprint()
            event = workflow.perform(viewer, act, self._item(item_id), intent)
            db.session.rollback()
            assert event.key == intent.key
            assert self._fingerprint() == before

    @rule(days=st.integers(1, 12))
    def days_pass(self, days: int) -> None:
        """The clock moves on; nothing else does."""
        self.clock.at += timedelta(days=days)

    @rule(data=st.data())
    def file_in_vain(self, data: st.DataObject) -> None:
        """SPEC §4, S08: a filing that fails at its very end gives its number back."""
        item_id = self._some(data)
        with self._minute():
            viewer = self._viewer("何玉萍")
            if not self._sees(viewer, item_id) or self._item(item_id).state != "pending_filing":
                return
            before = self._fingerprint()
            item, intent = self._item(item_id), Intent(None, uuid.uuid4())
            with pytest.MonkeyPatch.context() as broken:
                broken.setattr(workflow, "record", lambda *_args, **_more: 1 // 0)
                with pytest.raises(ZeroDivisionError):
                    registration.file(viewer, item, intent, word=WORD)
            db.session.rollback()
            assert self._fingerprint() == before

    # What must hold ------------------------------------------------------------------------

    @invariant()
    def numbers(self) -> None:
        """SPEC §4."""
        checks.numbers_are_whole(self.raw)

    @invariant()
    def items(self) -> None:
        """Of what was touched: states, events, approvals, readers, lights; and who goes on."""
        with self.app.app_context():
            for item_id in sorted(self.touched):
                viewer = self._viewer(self.drafters[item_id])
                item = self._found(item_id)
                if item is None:  # deleted: its events stay, nobody finds it
                    del self.drafters[item_id]
                    continue
                checks.approvals_fit(self.raw, item_id, item.state)
                checks.events_are_a_chain(self.raw, item_id, item.state)
                checks.parts_share_the_readers(self.raw, item_id)
                checks.stored_is_computed(item)
                checks.somebody_can_go_on(viewer, item)
                db.session.rollback()
        self.touched.clear()
