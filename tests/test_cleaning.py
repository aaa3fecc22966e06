"""What is typed or pasted, as it is kept (SPEC §8.9, §8.14)."""

from __future__ import annotations

import pytest

from portal.forms import clean


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("督办\r\n督查\r督导", "督办\n督查\n督导"),
        ("督办\v督查\f督导\u2028完", "督办\n督查\n督导\n完"),
        ("督\u00a0办\u2003查", "督 办 查"),
        ("督\u200b办\u202e查\x07", "督办查"),
        ("同意。\u3000余茂春\t副书记", "同意。\u3000余茂春\t副书记"),
        ("让布•达尔吉、卓玛・措", "让布·达尔吉、卓玛·措"),
        ("• 第一项\n1．第二项、一．第三项", "• 第一项\n1．第二项、一．第三项"),
        ("cafe\u0301", "caf\u00e9"),
        ("陈𬭎", "陈𬭎"),
        ("  \n", ""),
        (None, ""),
    ],
)
def test_what_is_kept(typed: str | None, kept: str) -> None:
    """Breaks and blanks of Word become plain ones, the dot of a name the one it is found by."""
    assert clean(typed) == kept
