"""撤回签批 in the sample: a leader thinks better of a signature before the next one has acted."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from portal.demo import history as loader
from portal.demo.history.plan import history
from portal.extensions import db
from portal.models import ApprovalSlot, Event
from portal.rulebook.scope import everything


def test_a_signature_is_taken_back_and_given_anew(
    worker: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """办理过程 has all three, the box one signature (SPEC §2.3); the item lived through alone."""
    short = [act for act in history() if act.item == "E03"]
    monkeypatch.setattr(loader, "history", lambda: short)
    assert loader.load_history(worker) == len(short)
    with worker.app_context(), everything(because="测试：示例事项"):
        acts = db.session.scalars(select(Event.act).order_by(Event.id)).all()
        assert [act for act in acts if act in ("sign", "take_back")] == [
            "sign",
            "take_back",
            "sign",
        ]
        signed = db.session.scalars(select(ApprovalSlot).filter_by(state="agreed")).one()
        assert signed.step == "sign"
