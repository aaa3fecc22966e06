"""第二十三条: units named beside words of criticism."""

from __future__ import annotations

import pytest

from portal.rulebook.briefs.naming import named_critically

NAMES = {1: ("保卫处", "安全保卫处"), 2: ("教务处", "教务处（质量管理办公室）")}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("保卫处工作推进滞后。", [(1, "滞后")]),
        ("安全保卫处未按时报送。", [(1, "未按时")]),
        ("保卫处按时办结。个别事项逾期。", []),
        ("保卫处按时办结；教务处事项逾期。", [(2, "逾期")]),
        ("保卫处、教务处推诿扯皮。", [(1, "推诿"), (2, "推诿")]),
        ("保卫处\n滞后", []),
        ("各单位要防止推进滞后。", []),
    ],
)
def test_a_unit_and_a_word_in_one_sentence(text: str, found: list[tuple[int, str]]) -> None:
    assert [(one.unit_id, one.word) for one in named_critically([text], NAMES)] == found


def test_a_unit_that_is_marked_is_not_listed_again() -> None:
    text = "保卫处、教务处推进滞后。"
    assert [one.unit for one in named_critically([text], NAMES, criticised=[1])] == ["教务处"]
