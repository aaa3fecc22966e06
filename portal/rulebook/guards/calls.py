"""What is written down of a call or a message about an item (第十五条, SPEC §2.13)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, NamedTuple

from sqlalchemy import select

from portal.clock import shanghai_day
from portal.extensions import db
from portal.models import Appointment, ItemUnit
from portal.rulebook import knowledge
from portal.rulebook.guards.situation import Situation
from portal.rulebook.guards.spoken import REPLIES
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import in_force

CALL_CHANNELS: Final[dict[str, str]] = {"phone": "电话", "message": "短信"}
PURPOSES: Final[dict[str, str]] = {"supervise": "电话督办", "urge": "电话催办"}


class Call(NamedTuple):
    """One call: instants are aware; `channel`, `purpose` and `reply_form` are keys of their lists;
    an empty `reply` means that nothing was answered yet."""

    called_at: datetime
    caller_id: int
    callee_id: int
    channel: str
    purpose: str
    content: str
    requirement: str
    deadline: date | None
    reply: str
    reply_form: str | None
    replied_at: datetime | None
    promised_on: date | None

    @property
    def words(self) -> str:
        """What was said, as 办理过程 tells it."""
        parts = (("", self.content), ("要求：", self.requirement), ("答复：", self.reply))
        return "\n".join(f"{label}{text}" for label, text in parts if text)

    def check(self) -> None:
        """What the record alone must hold. Raises Unmet."""
        if not (self.content or self.reply):
            said = "请填写答复情况或通话内容。"
            raise Unmet(said, article="15", fields={"reply": said})
        known = self.channel in CALL_CHANNELS and self.purpose in PURPOSES
        if not known or (self.reply_form in REPLIES) != bool(self.reply):
            raise Unmet("请选择通话方式和答复形式。", article="15")


def call_sound(situation: Situation) -> None:
    """SPEC §2.13: somebody of a unit of the item, called since 交办 and not later than now;
    answered after that; a promised report lies between today and the last day, while work goes
    on."""
    call: Call = situation.values["call"]
    call.check()
    item, now = situation.item, situation.moment.instant
    if not _of_a_unit(situation, call.callee_id):
        said = "请在承办单位人员中选择通话对象。"
        raise Unmet(said, article="15", fields={"callee": said})
    early = item.issued_on is not None and shanghai_day(call.called_at) < item.issued_on
    if early or call.called_at > now:
        said = "通话时间应在交办之日与现在之间。"
        raise Unmet(said, article="15", fields={"called_at": said})
    if call.replied_at is not None and not call.called_at <= call.replied_at <= now:
        said = "答复时间应在通话时间与现在之间。"
        raise Unmet(said, article="15", fields={"replied_at": said})
    _both_listed(situation, call)
    _promise_sound(situation, call)


def _both_listed(situation: Situation, call: Call) -> None:
    """第二十一条: of a sensitive item nobody speaks with whom it is kept from, and who is named in
    the record can read it."""
    if situation.item.classification != "sensitive":
        return
    said = "敏感事项的通话双方应在知悉范围内。"
    sides = {"caller": call.caller_id, "callee": call.callee_id}
    listed = knowledge.listed(situation.item)
    missing = {name: said for name, person_id in sides.items() if person_id not in listed}
    if missing:
        raise Unmet(said, article="21", fields=missing)


def _promise_sound(situation: Situation, call: Call) -> None:
    """The plan asks the lead unit: a co-unit's people promise nothing for it."""
    item, day = situation.item, call.promised_on
    if day is None:
        return
    if not _of_a_unit(situation, call.callee_id, lead=True):
        said = "书面反馈由牵头单位约定；协办单位的情况请记入答复。"
        raise Unmet(said, article="15", fields={"promised_on": said})
    if item.state not in ("issued", "in_progress"):
        said = "本事项正在办结，不再约定书面反馈。"
        raise Unmet(said, article="15", fields={"promised_on": said})
    if day < situation.moment.day or (item.due is not None and day > item.due):
        said = "约定日期应在今日与完成时限之间。"
        raise Unmet(said, article="15", fields={"promised_on": said})


def _of_a_unit(situation: Situation, person_id: int, *, lead: bool = False) -> bool:
    found = select(Appointment.id).where(
        Appointment.person_id == person_id,
        in_force(Appointment, situation.moment.day),
        Appointment.unit_id.in_(
            select(ItemUnit.unit_id).where(
                ItemUnit.item_id == situation.item.id,
                ItemUnit.role == "lead" if lead else ItemUnit.role != "former",
            )
        ),
    )
    return db.session.scalar(found.limit(1)) is not None
