"""The state that goes to a provider and comes back: signed, for one browser, one way, ten minutes.

Letters and figures only, 96 of them: 企业微信 takes no others and 128 at most.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final

GOOD_FOR: Final = 600  # seconds


def begun(way: str, to: str, at: float) -> dict[str, str]:
    """What the browser keeps meanwhile, in its signed cookie."""
    return {"way": way, "to": to, "at": str(int(at)), "nonce": secrets.token_hex(16)}


def state_of(kept: dict[str, str], key: bytes) -> str:
    """The state for the provider: the browser's number, and the seal over all it keeps."""
    words = "\n".join(kept.get(name, "") for name in ("nonce", "way", "to", "at"))
    return kept.get("nonce", "") + hmac.new(key, words.encode(), hashlib.sha256).hexdigest()


def is_ones_own(kept: object, way: str, state: str, key: bytes, now: float) -> bool:
    """Whether this state was made for this browser, this way, and not too long ago."""
    if not isinstance(kept, dict) or kept.get("way") != way:
        return False
    age = now - int(kept.get("at", "0"))
    return 0 <= age <= GOOD_FOR and hmac.compare_digest(
        state.encode(), state_of(kept, key).encode()
    )
