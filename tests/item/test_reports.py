"""反馈 on the item's page: each instalment's word, and where a report's panels stand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from portal.act_pages import Shown
from portal.item.instalments import Span, instalment
from portal.item.panels import placed
from portal.models import Feedback, FeedbackPoint, NeedToKnow

DUE = date(2026, 11, 10)
SINCE, TODAY = date(2026, 11, 1), date(2026, 11, 23)


@pytest.mark.parametrize(
    ("sent_on", "since", "until", "today", "word", "kind"),
    [
        (9, SINCE, None, TODAY, "按期", "done"),
        (10, SINCE, None, TODAY, "按期", "done"),
        (11, SINCE, None, TODAY, "迟报", "late"),
        (None, SINCE, None, date(2026, 11, 9), "未到", "todo"),
        (None, SINCE, None, DUE, "未报送", "todo"),
        (None, SINCE, None, date(2026, 11, 11), "欠报", "missing"),
        (None, date(2026, 11, 11), None, TODAY, "调整前欠报", "late"),
        (None, SINCE, date(2026, 11, 9), TODAY, "不再报送", "todo"),
        (None, SINCE, DUE, TODAY, "未报送", "todo"),
        (None, SINCE, date(2026, 11, 11), TODAY, "欠报", "missing"),
        (9, SINCE, date(2026, 11, 9), TODAY, "按期", "done"),
    ],
)
def test_the_word_of_an_instalment(
    sent_on: int | None, since: date, until: date | None, today: date, word: str, kind: str
) -> None:
    """第十六条（五）: on time, late, missing, not due, before the plan, after the end."""
    point = FeedbackPoint(id=7, seq=1, due=DUE)
    at = datetime(2026, 11, sent_on or 1, 8, tzinfo=UTC)
    sent = {} if sent_on is None else {7: Feedback(seq=1, confirmed_at=at)}
    cell = instalment(point, {7: point}, sent, Span(since, until, today))
    assert (cell.word, cell.kind) == (word, kind)


def test_panels_of_reports_stand_with_their_reports() -> None:
    """A panel about a report the page does not show is not lost; what is not apart stays."""

    def panel(part: Any, *, apart: bool) -> Shown:
        page = SimpleNamespace(apart=apart, quiet=False)
        return Shown(cast(Any, page), cast(Any, None), part, cast(Any, None), "")

    shown, hidden = Feedback(id=1), Feedback(id=2)
    reading = panel(shown, apart=False)
    returning, commenting = panel(shown, apart=True), panel(shown, apart=True)
    unseen, removal = panel(hidden, apart=True), panel(NeedToKnow(id=3), apart=True)
    found = placed([reading, returning, unseen, removal, commenting], {1})
    assert found.here == [reading, unseen]
    assert found.beside == {1: [returning, commenting]}
    assert found.apart == [removal]
