"""Codes of units and 工号 as they are typed, and as addresses say them: one definition."""

from __future__ import annotations

import re
from typing import Final

SIGNS: Final = r"[0-9A-Za-z_.@-]+"
_CODE: Final = re.compile(rf"(?={SIGNS}\Z).{{1,20}}")


def is_code(given: str) -> bool:
    """Whether it can be one; the database holds no other sign (NUL)."""
    return _CODE.fullmatch(given) is not None
