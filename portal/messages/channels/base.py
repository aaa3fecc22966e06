"""What a channel is: it sends one text to one address, or says why not and whether to try again."""

from __future__ import annotations

import re
import uuid
from typing import Final, NamedTuple, Protocol

CONNECT_SECONDS: Final = 5.0
TOTAL_SECONDS: Final = 15.0
"""A provider that has not answered by then counts as not answering."""
LARGEST_ANSWER: Final = 65_536  # bytes
_PLAIN = re.compile(r"[^\w.@:<>-]", re.ASCII)


class Receipt(NamedTuple):
    """The provider took it; its own id of it, if it gave one."""

    provider_id: str = ""


class ChannelError(Exception):
    """It was not sent. `reason` is for the administrator: no address, no text, nothing the provider
    wrote but its number."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Temporary(ChannelError):
    """It may go through later; it may even have arrived, and the answer was lost."""


class Permanent(ChannelError):
    """It will not go through however often it is tried."""


class Channel(Protocol):
    """A way out. A call takes at most `TOTAL_SECONDS` and leaves nothing of the text in a log."""

    def send(self, to: str, text: str, link: str, key: uuid.UUID) -> Receipt:
        """Send the text to this address; `link` leads to the portal ("": none).

        `key` is the same whenever this is sent again, for providers that drop what they had before.
        Raises Temporary or Permanent.
        """
        ...


def plain_id(value: object) -> str:
    """A provider's id as it is kept: short, of letters and figures."""
    return _PLAIN.sub("", str(value))[:100]
