"""短信 through any gateway that takes one HTTP request a message; the settings are its shape."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote_plus

from portal.config import Settings
from portal.messages.channels.base import Permanent, Receipt, plain_id
from portal.messages.channels.http import ask, read_json

BLANK: Final = re.compile(r"\{(phone|text|key)\}")
IDS: Final = ("msgid", "message_id", "smsid", "sid", "id")
"""Fields in which gateways give their own id of a message."""


class ShortMessages:
    """One message, one receiver, one request; the signature stands in front."""

    def __init__(
        self,
        url: str,
        body: str,
        type_: str,
        headers: Mapping[str, str],
        accepted: str,
        signature: str,
    ) -> None:
        self.url, self.body, self.signature = url, body, signature
        self.headers = {**headers, "Content-Type": type_}
        self.path, _, self.value = accepted.partition("=")

    @classmethod
    def of(cls, settings: Settings) -> ShortMessages:
        """As the settings say."""
        return cls(
            settings.sms_url,
            settings.sms_body,
            settings.sms_type,
            dict(settings.sms_headers),
            settings.sms_accepted,
            settings.sms_signature,
        )

    def send(self, to: str, text: str, _link: str, key: uuid.UUID) -> Receipt:
        """Without the link: gateways refuse it. A gateway's refusals cannot be told apart by their
        code, so none is tried again; where it did not answer, it is."""
        blanks = {"phone": to, "text": f"{self.signature}{text}", "key": key.hex}
        body = BLANK.sub(lambda blank: self._written(blanks[blank[1]]), self.body)
        answer = read_json(ask("POST", self.url, body.encode(), self.headers))
        said = _at(answer, self.path)
        if str(said) != self.value:
            raise Permanent(f"短信网关返回{plain_id(said) or '未知结果'}")
        return Receipt(next((plain_id(answer[name]) for name in IDS if answer.get(name)), ""))

    def _written(self, value: str) -> str:
        """A value as it stands inside the request."""
        if "json" in self.headers["Content-Type"]:
            return json.dumps(value, ensure_ascii=False)[1:-1]
        return quote_plus(value)


def _at(answer: Any, path: str) -> Any:
    """The field "a.0.b" of an answer; None if there is none."""
    for step in path.split("."):
        if isinstance(answer, dict):
            answer = answer.get(step)
        elif isinstance(answer, list) and step.isdecimal() and int(step) < len(answer):
            answer = answer[int(step)]
        else:
            return None
    return answer
