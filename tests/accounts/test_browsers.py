"""Browsers in a few words."""

from __future__ import annotations

import pytest

from portal.accounts.browsers import UNKNOWN, browser_label

WEBKIT = "AppleWebKit/537.36"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0)"


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (f"{WINDOWS} {WEBKIT} Chrome/120 Safari/537.36", "Chrome，Windows"),
        (
            f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/120 Safari/537.36 Edg/120",
            "Edge，Windows",
        ),
        (
            "Mozilla/5.0 (X11; Linux) Gecko/20100101 Firefox/120.0",
            "Firefox，Linux",
        ),
        (
            f"Mozilla/5.0 (Android 13) {WEBKIT} MicroMessenger/8.0 wxwork/4.1",
            "企业微信，Android",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1", "Safari，iPhone"),
        ("curl/8.0", UNKNOWN),
        ("", UNKNOWN),
        ("<script>alert(1)</script>", UNKNOWN),
    ],
)
def test_browser_label(user_agent: str, expected: str) -> None:
    assert browser_label(user_agent) == expected
