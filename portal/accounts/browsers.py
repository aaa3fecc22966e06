"""A browser's long name for itself in a few words, for the list of sessions."""

from __future__ import annotations

UNKNOWN = "未知浏览器"

# The first match counts: most browsers also claim to be those below them.
_BROWSERS = (
    ("wxwork", "企业微信"),
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_label(user_agent: str) -> str:
    """「Edge，Windows」 from a User-Agent header; 「未知浏览器」 when nothing is recognised."""
    names = [_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)]
    return "，".join(name for name in names if name) or UNKNOWN


def _first(table: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((label for mark, label in table if mark in user_agent), "")
