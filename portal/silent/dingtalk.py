"""钉钉's interface behind its web authorisation: from a code to a colleague in three calls."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from portal.config import Settings
from portal.messages.channels.base import Permanent, Temporary, plain_id
from portal.messages.channels.http import ask_json
from portal.messages.channels.tokens import KeptToken

LATER: Final = frozenset({-1, 90018})
TOKEN: Final = frozenset({40014, 42001})
NOBODY: Final = frozenset({60121})
"""The person is not in the organisation."""


class Colleague(NamedTuple):
    """Who came back with a code: the userid in 钉钉, and the 工号 kept there, "" without one."""

    userid: str
    job_number: str


class DingTalkApplication:
    """企业内部应用: its key and secret."""

    def __init__(self, url: str, key: str, secret: str, kept_in: Path) -> None:
        self.url, self.key, self.secret = url, key, secret
        self.kept = KeptToken(kept_in, "dingtalk", url, key, secret)

    @classmethod
    def of(cls, settings: Settings) -> DingTalkApplication:
        """As the settings say."""
        return cls(
            settings.dingtalk_url,
            settings.dingtalk_app_key,
            settings.dingtalk_app_secret,
            settings.data_dir,
        )

    def colleague_of(self, code: str) -> Colleague | None:
        """The person behind a code; None for who is none of the organisation.

        The code is good once. Raises Temporary or Permanent.
        """
        unionid = self._unionid(code)
        userid = self._ask("/topapi/user/getbyunionid", {"unionid": unionid}).get("userid")
        if not userid:
            return None
        found = self._ask("/topapi/v2/user/get", {"userid": userid})
        return Colleague(str(userid), str(found.get("job_number") or ""))

    def _unionid(self, code: str) -> str:
        at = str(int(time.time() * 1000))
        signed = hmac.new(self.secret.encode(), at.encode(), hashlib.sha256).digest()
        asked = urlencode(
            {
                "accessKey": self.key,
                "timestamp": at,
                "signature": base64.b64encode(signed).decode(),
            }
        )
        answer = ask_json(f"{self.url}/sns/getuserinfo_bycode?{asked}", {"tmp_auth_code": code})
        _check(answer)
        info = answer.get("user_info")
        return str(info.get("unionid") or "") if isinstance(info, dict) else ""

    def _ask(self, path: str, asked: Mapping[str, str]) -> Mapping[str, Any]:
        """`result` of an answer; empty if the organisation does not know the person."""
        token = urlencode({"access_token": self._token()})
        answer = ask_json(f"{self.url}{path}?{token}", asked)
        if answer.get("errcode") in NOBODY:
            return {}
        if answer.get("errcode") in TOKEN:
            self.kept.forget()
        _check(answer)
        result = answer.get("result")
        return result if isinstance(result, dict) else {}

    def _token(self) -> str:
        kept = self.kept.read()
        if kept:
            return kept
        asked = urlencode({"appkey": self.key, "appsecret": self.secret})
        answer = ask_json(f"{self.url}/gettoken?{asked}")
        _check(answer)
        token = str(answer.get("access_token", ""))
        self.kept.keep(token, int(answer.get("expires_in", 0)))
        return token


def _check(answer: Mapping[str, Any]) -> None:
    code = answer.get("errcode")
    if code == 0:
        return
    reason = f"钉钉返回错误代码{plain_id(code)}"
    if code in LATER | TOKEN or not isinstance(code, int):
        raise Temporary(reason)
    raise Permanent(reason)
