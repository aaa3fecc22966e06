"""Conditions of 代录 of what a unit hands in otherwise than on screen: reports on paper, by
telephone or as a file, applications for 办结 and for more time (SPEC §8.4)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from portal.clock import shanghai_day
from portal.extensions import db
from portal.models import Approval, Extension, Feedback
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.guards.situation import Situation
from portal.rulebook.refusals import Unmet
from portal.rulebook.signers import HeadOf, Signer, reporters_on, signers_on

REPORT = "16(5)"
CLOSING = "16(6)"
REQUEST = "19"


def entry_complete(situation: Situation) -> None:
    """From whom, of which day; of a paper or a file the scan, of a call what was
    said and when."""
    values = situation.values
    missing = {
        name: f"请填写{label}。"
        for name, label in (("signer_id", "报送人"), ("paper_on", "报送日期"))
        if not values.get(name)
    }
    if values.get("way") == "phone":
        if not values.get("call_at"):
            missing["call_at"] = "请填写通话时间。"
        if not situation.opinion.strip():
            missing["opinion"] = "请填写通话内容。"
    elif not values.get("scans"):
        missing["files"] = "请上传扫描件或文件。"
    if missing:
        raise Unmet("代录内容尚不完整，请补充。", article=_article(situation), fields=missing)


def entry_by_the_unit(situation: Situation) -> None:
    """第六条: who reported was the unit's head that day, stood in for the head, or is its 承办人;
    an application for 办结 or for more time bears the head's own name (附件 3)."""
    values = situation.values
    day: date | None = values.get("paper_on")
    if day is None or not values.get("signer_id"):
        return  # `entry_complete` says so
    signed = (values["signer_id"], values.get("signed_for_id"))
    if signed not in {(who.person_id, who.for_id) for who in _who(situation, day)}:
        raise Unmet(
            f"所选人员{long_date(day)}不能代表该单位报送，请核对报送人和日期。",
            article=_article(situation),
            fields={"signer_id": f"{long_date(day)}不能代表该单位报送，请核对。"},
        )


def entry_in_time(situation: Situation) -> None:
    """Not after today, not before the notice; what was sent back is handed in after that."""
    day: date | None = situation.values.get("paper_on")
    if day is None:
        return  # `entry_complete` says so
    if day > situation.moment.day:
        raise _wrong_day(situation, "报送日期不得晚于今天。")
    issued_on = situation.item.issued_on
    if issued_on is not None and day < issued_on:
        raise _wrong_day(situation, f"本事项于{long_date(issued_on)}交办，报送日期不得早于该日。")
    sent_back = _sent_back_on(situation)
    if sent_back is not None and day < sent_back:
        raise _wrong_day(
            situation, f"上一次报送于{long_date(sent_back)}退回，报送日期不得早于该日。"
        )


def _who(situation: Situation, day: date) -> list[Signer]:
    item = situation.item
    if isinstance(situation.subject, Feedback):
        return reporters_on(day, item, situation.subject.unit_id)
    return signers_on(day, item, HeadOf(item.lead_unit_id))


def _sent_back_on(situation: Situation) -> date | None:
    """The day the application before was sent back; a report has its own date for that, and a
    request for more time is never sent back."""
    if situation.subject is not None:
        return None
    ended = db.session.scalar(
        select(func.max(Approval.ended_at)).where(
            Approval.item_id == situation.item.id, Approval.chain == "closing"
        )
    )
    return shanghai_day(ended) if ended else None


def _wrong_day(situation: Situation, said: str) -> Unmet:
    return Unmet(said, article=_article(situation), fields={"paper_on": said})


def _article(situation: Situation) -> str:
    if isinstance(situation.subject, Extension):
        return REQUEST
    return REPORT if isinstance(situation.subject, Feedback) else CLOSING
