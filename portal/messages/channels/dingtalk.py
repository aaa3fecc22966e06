"""钉钉群机器人: a text into its group that calls the person by mobile number (SPEC §7.8)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
import uuid
from typing import Final
from urllib.parse import urlencode

from portal.messages.channels.base import Permanent, Receipt, Temporary, plain_id
from portal.messages.channels.http import ask_json

LATER: Final = frozenset({-1, 130101, 130102})
"""Busy, or sent faster than the robot may."""


class DingTalkRobot:
    """A custom robot, with 加签 if it has a secret."""

    def __init__(self, webhook: str, secret: str = "") -> None:
        self.webhook, self.secret = webhook, secret

    def send(self, to: str, text: str, link: str, _key: uuid.UUID) -> Receipt:
        """The provider knows no key: sent again is read again."""
        content = "\n".join(part for part in (text, link, f"@{to}") if part)
        message = {"msgtype": "text", "text": {"content": content}, "at": {"atMobiles": [to]}}
        answer = ask_json(self._signed(int(time.time() * 1000)), message)
        code = answer.get("errcode")
        if code == 0:
            return Receipt()
        reason = f"钉钉返回错误代码{plain_id(code)}"
        if code in LATER or not isinstance(code, int):
            raise Temporary(reason)
        raise Permanent(reason)

    def _signed(self, milliseconds: int) -> str:
        """The webhook with time and signature: HMAC-SHA256 of both under the secret."""
        if not self.secret:
            return self.webhook
        words = f"{milliseconds}\n{self.secret}".encode()
        digest = hmac.new(self.secret.encode(), words, hashlib.sha256).digest()
        sign = urlencode({"timestamp": milliseconds, "sign": base64.b64encode(digest).decode()})
        return f"{self.webhook}{'&' if '?' in self.webhook else '?'}{sign}"
