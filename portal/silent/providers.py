"""Those who vouch for a person: where to send the browser, and who came back with a code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple, Protocol
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from portal.config import Settings
from portal.messages.channels.wecom import WeComApplication
from portal.models import Person
from portal.silent.dingtalk import Colleague, DingTalkApplication


class Provider(Protocol):
    """One of them, as the settings say."""

    @property
    def label(self) -> str:
        """How the portal calls it."""
        ...

    def authorize(self, back: str, state: str) -> str:
        """The address at the provider; it sends the browser `back` with a code and the state."""
        ...

    def person(self, code: str) -> ColumnElement[bool] | None:
        """The condition that finds the person behind a code; None if the provider knows no
        colleague by it. Raises ChannelError."""
        ...


class WeCom(NamedTuple):
    """企业微信, scope snsapi_base: nothing is asked of the person. Matched by `wecom_userid`."""

    settings: Settings
    label: str = "企业微信"

    def authorize(self, back: str, state: str) -> str:
        """See Provider."""
        asked = {
            "appid": self.settings.wecom_corp_id,
            "redirect_uri": back,
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
            "agentid": self.settings.wecom_agent_id,
        }
        return f"{self.settings.wecom_authorize_url}?{urlencode(asked)}#wechat_redirect"

    def person(self, code: str) -> ColumnElement[bool] | None:
        """See Provider."""
        userid = WeComApplication.of(self.settings).member_of(code)
        return Person.wecom_userid == userid if userid else None


class DingTalk(NamedTuple):
    """钉钉, scope snsapi_auth: the same inside its application. Matched by `dingtalk_userid`,
    by 工号 where none is entered (SPEC §7.8)."""

    settings: Settings
    label: str = "钉钉"

    def authorize(self, back: str, state: str) -> str:
        """See Provider."""
        asked = {
            "appid": self.settings.dingtalk_app_key,
            "response_type": "code",
            "scope": "snsapi_auth",
            "state": state,
            "redirect_uri": back,
        }
        return f"{self.settings.dingtalk_url}/connect/oauth2/sns_authorize?{urlencode(asked)}"

    def person(self, code: str) -> ColumnElement[bool] | None:
        """See Provider."""
        found = DingTalkApplication.of(self.settings).colleague_of(code)
        return None if found is None else _who_is(found)


def _who_is(found: Colleague) -> ColumnElement[bool]:
    """What the administrator has entered goes before the 工号 that stands in 钉钉: it finds nobody
    who is entered with another userid, nor anybody beside the one who is entered with this."""
    entered = aliased(Person)
    taken = select(entered.id).where(entered.dingtalk_userid == found.userid, entered.active)
    by_number = and_(
        Person.dingtalk_userid == "",
        Person.emp_no == found.job_number,
        Person.emp_no != "",
        ~taken.exists(),
    )
    return or_(Person.dingtalk_userid == found.userid, by_number)


INSIDE: Final = {"wecom": "wxwork", "dingtalk": "DingTalk"}
"""By way, what the application's own browser calls itself."""


def configured(settings: Settings) -> Mapping[str, Provider]:
    """The ways that the settings switch on: none unless the portal knows its own address."""
    found: dict[str, Provider] = {}
    if not settings.public_url:
        return found
    wecom = (settings.wecom_corp_id, settings.wecom_agent_id, settings.wecom_secret)
    if settings.wecom_sign_in and all(wecom):
        found["wecom"] = WeCom(settings)
    if settings.dingtalk_app_key and settings.dingtalk_app_secret:
        found["dingtalk"] = DingTalk(settings)
    return found
