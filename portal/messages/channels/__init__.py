"""The channels out of the portal: which there are, and those that the settings switch on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from portal.config import Settings
from portal.messages.channels.base import Channel
from portal.messages.channels.dingtalk import DingTalkRobot
from portal.messages.channels.sms import ShortMessages
from portal.messages.channels.smtp import Mail
from portal.messages.channels.wecom import WeComApplication, WeComRobot
from portal.models import Person


class Way(NamedTuple):
    """A channel as people and the planning know it.

    `needs`: the channel in `notifications.json` that a kind must name to go this way. `address`:
    the person's on it. `shared`: others read along, so it only ever carries the neutral text.
    """

    name: str
    label: str
    needs: str
    address: Callable[[Person], str]
    shared: bool = False


WAYS: Final[Mapping[str, Way]] = {
    way.name: way
    for way in (
        Way("wecom", "企业微信", "wecom", lambda person: person.wecom_userid),
        Way("dingtalk", "钉钉群机器人", "wecom", lambda person: person.phone, shared=True),
        Way(
            "wecom_robot",
            "企业微信群机器人",
            "wecom",
            lambda person: person.wecom_userid,
            shared=True,
        ),
        Way("email", "邮件", "wecom", lambda person: person.email),
        Way("sms", "短信", "sms", lambda person: person.phone),
    )
}
"""In the order in which one is taken for who has not chosen; 短信 comes beside it."""
PARTED: Final = "sms"


def configured(settings: Settings) -> dict[str, Channel]:
    """The channels that the settings switch on, by name; none is as good as any (SPEC §7.8)."""
    found: dict[str, Channel] = {}
    if settings.wecom_corp_id and settings.wecom_agent_id and settings.wecom_secret:
        found["wecom"] = WeComApplication.of(settings)
    if settings.dingtalk_robot_url:
        found["dingtalk"] = DingTalkRobot(
            settings.dingtalk_robot_url, settings.dingtalk_robot_secret
        )
    if settings.wecom_robot_url:
        found["wecom_robot"] = WeComRobot(settings.wecom_robot_url)
    if settings.smtp_host and settings.smtp_from:
        found["email"] = Mail.of(settings)
    if settings.sms_url:
        found["sms"] = ShortMessages.of(settings)
    return found
