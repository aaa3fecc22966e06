"""企业微信: messages of an application to a member, and a robot's into a group (SPEC §7.8)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from portal.config import Settings
from portal.messages.channels.base import Permanent, Receipt, Temporary, plain_id
from portal.messages.channels.http import ask_json
from portal.messages.channels.tokens import KeptToken

TITLE: Final = "督办督查"
OPEN: Final = "查看"
NO_TAGS: Final = str.maketrans("<>", "＜＞")
"""The provider reads tags in a text: a title shall not bring a link of its own."""
SAME_WITHIN: Final = 1800  # seconds in which the provider drops the same text to the same member
TOKEN: Final = frozenset({40001, 40014, 42001})
"""The access token is not good any more: a new one is fetched and the message tried again."""
LATER: Final = frozenset({-1, 45009, 45033})
"""Busy, or asked too often."""


class WeComApplication:
    """应用消息: one member a call, so that nothing is accepted by half."""

    def __init__(self, url: str, corp_id: str, agent_id: int, secret: str, kept_in: Path) -> None:
        self.url, self.agent_id = url, agent_id
        self.asked_with = {"corpid": corp_id, "corpsecret": secret}
        self.kept = KeptToken(kept_in, "wecom", url, corp_id, secret)

    @classmethod
    def of(cls, settings: Settings) -> WeComApplication:
        """As the settings say."""
        return cls(
            settings.wecom_url,
            settings.wecom_corp_id,
            settings.wecom_agent_id,
            settings.wecom_secret,
            settings.data_dir,
        )

    def send(self, to: str, text: str, link: str, _key: uuid.UUID) -> Receipt:
        """Without a key of its own the provider drops the same text within half an hour."""
        text = text.translate(NO_TAGS)
        message: dict[str, Any] = {
            "touser": to,
            "agentid": self.agent_id,
            "enable_duplicate_check": 1,
            "duplicate_check_interval": SAME_WITHIN,
        }
        if link:
            card = {"title": TITLE, "description": text, "url": link, "btntxt": OPEN}
            message |= {"msgtype": "textcard", "textcard": card}
        else:
            message |= {"msgtype": "text", "text": {"content": text}}
        asked = urlencode({"access_token": self._token()})
        answer = ask_json(f"{self.url}/cgi-bin/message/send?{asked}", message)
        if answer.get("errcode") in TOKEN:
            self.kept.forget()
        _check(answer)
        # Answered 0, yet not to this member: unknown, outside the application's scope, no licence.
        if answer.get("invaliduser") or answer.get("unlicenseduser"):
            raise Permanent("企业微信未接受该接收人")
        return Receipt(plain_id(answer.get("msgid", "")))

    def member_of(self, code: str) -> str:
        """网页授权: the userid of the member behind a code; "" for who is none of the corporation.

        The code is good once and for five minutes.
        """
        asked = urlencode({"access_token": self._token(), "code": code})
        answer = ask_json(f"{self.url}/cgi-bin/auth/getuserinfo?{asked}")
        if answer.get("errcode") in TOKEN:
            self.kept.forget()
        _check(answer)
        return str(answer.get("userid") or "")

    def _token(self) -> str:
        kept = self.kept.read()
        if kept:
            return kept
        answer = ask_json(f"{self.url}/cgi-bin/gettoken?{urlencode(self.asked_with)}")
        _check(answer, token=True)
        token = str(answer.get("access_token", ""))
        self.kept.keep(token, int(answer.get("expires_in", 0)))
        return token


class WeComRobot:
    """群机器人: a text into its group that calls the member by userid."""

    def __init__(self, webhook: str) -> None:
        self.webhook = webhook

    def send(self, to: str, text: str, link: str, _key: uuid.UUID) -> Receipt:
        """The provider knows no key: sent again is read again."""
        content = f"{text}\n{link}" if link else text
        message = {"msgtype": "text", "text": {"content": content, "mentioned_list": [to]}}
        _check(ask_json(self.webhook, message))
        return Receipt()


def _check(answer: Mapping[str, Any], *, token: bool = False) -> None:
    """Status 200 says nothing here, the code does. A refused secret may be mended: try again."""
    code = answer.get("errcode", None if not token else 0)
    if code == 0:
        return
    if token or code in TOKEN | LATER or not isinstance(code, int):
        raise Temporary(f"企业微信返回错误代码{plain_id(code)}")
    raise Permanent(f"企业微信返回错误代码{plain_id(code)}")
