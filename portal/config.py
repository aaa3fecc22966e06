"""Settings: every environment variable the portal reads, as one table.

`docs/deploy.md` prints this table; nothing else in the portal reads `os.environ`
for its own settings.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ANCHOR_DAY = date(2026, 11, 23)
"""The day at which the sample college's data stands."""


UNSPOKEN = frozenset({"dingtalk_robot_url", "sms_headers", "sms_url", "wecom_robot_url"})
"""Settings that hold a key in the middle of something that is read: no error shows their text."""


class SettingError(ValueError):
    """A setting is missing or cannot be read; the message names it and says what to type."""


def _flag(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"", "0", "false", "no", "off"}:
        return False
    raise ValueError("1 or 0")


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise ValueError("0 to 65535")
    return port


def _servers(text: str) -> str:
    if text not in {"wheel", "system"}:
        raise ValueError("wheel or system")
    return text


def _security(text: str) -> str:
    if text not in {"tls", "starttls", "none"}:
        raise ValueError("tls, starttls or none")
    return text


def _address(text: str) -> str:
    """An address of the web, without a slash at its end."""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("http:// or https:// and a host")
    return text.rstrip("/")


def _headers(text: str) -> tuple[tuple[str, str], ...]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise ValueError('JSON such as {"Authorization": "…"}')
    return tuple(found.items())


def _setting(default: Any, read: Any, says: str) -> Any:
    return field(default=default, metadata={"read": read, "says": says})


@dataclass(frozen=True)
class Settings:
    """What the environment says. Field `x` is read from `PORTAL_X`."""

    host: str = _setting("127.0.0.1", str, "address the web server listens on")
    port: int = _setting(8000, _port, "port of the web server; the next free one if it is taken")
    data_dir: Path = _setting(Path("var"), Path, "where databases, files and caches live")
    database_url: str = _setting(
        "", str, "PostgreSQL for this process (web or worker role); empty: the embedded one"
    )
    database_owner_url: str = _setting(
        "", str, "PostgreSQL as the role that owns the tables, for migrations"
    )
    redis_url: str = _setting("", str, "Redis or Valkey; empty: the embedded one")
    servers: str = _setting(
        "wheel", _servers, "programs of the embedded servers: wheel, or system (the machine's own)"
    )
    secret_key: str = _setting(
        "",
        str,
        "signs the session cookie and proves to the database as whom a page reads; empty: "
        "made once and kept in the data directory",
    )
    secure_cookies: bool = _setting(False, _flag, "1 behind HTTPS: cookies are sent over TLS only")
    proxies: int = _setting(
        0, int, "how many proxies of one's own stand before the portal; their headers are believed"
    )
    demo: bool = _setting(False, _flag, "1 loads and opens the sample college")
    demo_items: bool = _setting(
        True, _flag, "0: the demo's people and units without its items, ready up to a minute sooner"
    )
    today: date | None = _setting(
        None, date.fromisoformat, "day the demo's clock stands at, YYYY-MM-DD; empty: the real day"
    )
    college: str = _setting("阿坝职业学院", str, "the college's name on pages and sheets")
    separate_release: bool = _setting(
        False, _flag, "1: 交办通知 is released by 党政办主任 in an act of its own after 编号备案"
    )
    item_word: str = _setting("阿职督办", str, "代字 of 立项备案单 and 办结备案单")
    urge_word: str = _setting("阿职催办", str, "代字 of 催办通知单")

    public_url: str = _setting(
        "",
        _address,
        "address under which people open the portal, for links in messages, calendars, QR codes",
    )
    wecom_url: str = _setting(
        "https://qyapi.weixin.qq.com", _address, "企业微信: address of its interface"
    )
    wecom_corp_id: str = _setting(
        "", str, "企业微信: CorpID; with agent and secret it is switched on"
    )
    wecom_agent_id: int = _setting(0, int, "企业微信: AgentId of the application")
    wecom_secret: str = _setting("", str, "企业微信: Secret of the application")
    wecom_sign_in: bool = _setting(
        False, _flag, "企业微信: 1 signs in silently who opens the portal there; needs public_url"
    )
    wecom_authorize_url: str = _setting(
        "https://open.weixin.qq.com/connect/oauth2/authorize",
        _address,
        "企业微信: address of its web authorisation",
    )
    wecom_robot_url: str = _setting(
        "", _address, "企业微信群机器人: its webhook, whole, with the key"
    )
    dingtalk_robot_url: str = _setting(
        "", _address, "钉钉群机器人: its webhook, whole, with the token"
    )
    dingtalk_robot_secret: str = _setting(
        "", str, "钉钉群机器人: its secret, if it asks for signatures"
    )
    dingtalk_url: str = _setting(
        "https://oapi.dingtalk.com", _address, "钉钉: address of its interface, for signing in"
    )
    dingtalk_app_key: str = _setting(
        "", str, "钉钉: AppKey; with its secret and public_url people are signed in silently there"
    )
    dingtalk_app_secret: str = _setting("", str, "钉钉: AppSecret of the application")
    smtp_host: str = _setting("", str, "mail server; with a sender it is switched on")
    smtp_port: int = _setting(465, _port, "port of the mail server")
    smtp_security: str = _setting("tls", _security, "mail: tls, starttls or none")
    smtp_user: str = _setting("", str, "name at the mail server; empty: none asked for")
    smtp_password: str = _setting("", str, "password at the mail server")
    smtp_from: str = _setting("", str, "sender of mails, name@host")
    sms_url: str = _setting("", _address, "短信网关: address of its interface; empty: no 短信")
    sms_type: str = _setting("application/json", str, "短信网关: Content-Type of the request")
    sms_body: str = _setting(
        '{"phone": "{phone}", "content": "{text}", "id": "{key}"}',
        str,
        "短信网关: the request, with {phone}, {text} and {key} (the same when sent again)",
    )
    sms_headers: tuple[tuple[str, str], ...] = _setting(
        (), _headers, "短信网关: headers of the request, as JSON"
    )
    sms_accepted: str = _setting(
        "code=0",
        str,
        "短信网关: field of the JSON answer, and its value when accepted; a.b.0.c goes down",
    )
    sms_signature: str = _setting("【阿坝职院】", str, "短信: signature in front of the text")

    @property
    def files_dir(self) -> Path:
        """Stored sheets and attachments, addressed by SHA-256."""
        return self.data_dir / "files"


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `environ` (default: the process's own).

    Raises SettingError naming the variable that cannot be read.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for setting in fields(Settings):
        name = f"PORTAL_{setting.name.upper()}"
        text = environ.get(name, "").strip()
        if not text:
            continue
        try:
            values[setting.name] = setting.metadata["read"](text)
        except ValueError as error:
            shown = "" if setting.name in UNSPOKEN else f"={text}"
            raise SettingError(
                f"{name}{shown} cannot be read ({setting.metadata['says']}): {error}"
            ) from error
    return Settings(**values)


def demo_mark(settings: Settings) -> Path:
    """The file that says: the embedded database of this data directory holds the sample college."""
    return settings.data_dir / "demo"
