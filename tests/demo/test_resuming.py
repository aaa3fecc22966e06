"""Loading the sample's history: once, to the end, and never over people's own work."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal import setup
from portal.config import Settings
from portal.demo import history as loader
from portal.demo.guard import HistoryError
from portal.demo.history.act import Act
from portal.demo.history.doing import DOERS
from portal.demo.history.plan import history
from portal.demo.history.stage import DrivenClock, Stage
from portal.extensions import db
from portal.models import DemoHistory, Event, Item
from portal.rulebook.scope import everything

SHORT = [act for act in history() if act.item in ("B12", "D06")]
"""Two items that never come far: drafted, handed in, one confirmed and returned."""


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A history of these two items only."""
    monkeypatch.setattr(loader, "history", lambda: SHORT)


def _done(worker: Flask) -> int | None:
    with worker.app_context():
        return db.session.scalar(select(DemoHistory.done))


def _events(worker: Flask) -> list[uuid.UUID]:
    with worker.app_context(), everything(because="测试：示例事项"):
        return list(db.session.scalars(select(Event.key).order_by(Event.id)))


@pytest.mark.usefixtures("short")
def test_a_killed_load_goes_on(worker: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The act in hand is undone as a whole, the next load begins with it."""
    whole = DOERS["return"]

    def killed(stage: Stage, act: Act, settings: Settings) -> None:
        whole(stage, act, settings)
        raise KeyboardInterrupt

    def dies(_stage: Stage, _act: Act, _settings: Settings) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as once:
        once.setitem(DOERS, "return", dies)
        with pytest.raises(KeyboardInterrupt):
            loader.load_history(worker)
    kinds = [act.kind for act in SHORT]
    assert _done(worker) == kinds.index("return")
    with monkeypatch.context() as once:
        once.setitem(DOERS, "return", killed)
        with pytest.raises(KeyboardInterrupt):
            loader.load_history(worker)
    assert _done(worker) == kinds.index("return") + 1, "killed after its commit"
    loader.load_history(worker)
    assert _done(worker) == len(SHORT)
    assert _events(worker) == [act.key for act in SHORT]
    assert loader.load_history(worker) == 0


@pytest.mark.usefixtures("short")
def test_another_edition_does_not_go_on(worker: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(_stage: Stage, _act: Act, _settings: Settings) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as once:
        once.setitem(DOERS, "submit", dies)
        with pytest.raises(KeyboardInterrupt):
            loader.load_history(worker)
    monkeypatch.setattr(loader, "history", lambda: SHORT[:-1])
    with pytest.raises(HistoryError, match="请删除数据目录"):
        loader.load_history(worker)


@pytest.mark.usefixtures("short")
def test_peoples_own_items_are_left_alone(
    worker: Flask, draft_item: Callable[..., uuid.UUID]
) -> None:
    draft_item("A03")
    assert loader.load_history(worker) == 0
    with worker.app_context(), everything(because="测试：示例事项"):
        assert len(db.session.scalars(select(Item.id)).all()) == 1
    assert _done(worker) is None


def test_a_refused_act_is_named(worker: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever changes a rule or the sample is told which row does not fit."""
    wrong = [act._replace(who="P12") if act.kind == "return" else act for act in SHORT]
    monkeypatch.setattr(loader, "history", lambda: wrong)
    with pytest.raises(HistoryError, match=r"^D06 return P12 2026-11-18"):
        loader.load_history(worker)
    assert _done(worker) == [act.kind for act in SHORT].index("return")


@pytest.mark.parametrize(("items", "done"), [(True, len(SHORT)), (False, None)])
@pytest.mark.usefixtures("short")
def test_the_people_may_come_alone(
    worker: Flask, monkeypatch: pytest.MonkeyPatch, items: bool, done: int | None
) -> None:
    """PORTAL_DEMO_ITEMS=0 loads no item; the next start may still load them."""
    monkeypatch.setattr(setup, "create_app", lambda _settings, **_role: worker)
    settings = replace(worker.extensions["portal.settings"], demo_items=items)
    setup.load_demo(settings)
    assert _done(worker) == done
    setup.load_demo(replace(settings, demo_items=True))
    assert _done(worker) == len(SHORT)


def test_the_clock_never_runs_ahead() -> None:
    now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    clock = DrivenClock(now)
    clock.stand(now - timedelta(days=3))
    assert clock.now() == now - timedelta(days=3)
    clock.stand(now + timedelta(hours=5))
    assert clock.now() == now
