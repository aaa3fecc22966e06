"""Conditions of signing, returning and refusing (SPEC §2.3); on paper: `paper`."""

from __future__ import annotations

from portal.rulebook import policy
from portal.rulebook.guards.only import to_be_taken_back
from portal.rulebook.guards.situation import Situation, meets
from portal.rulebook.periods import LONGEST
from portal.rulebook.refusals import Unmet
from portal.rulebook.slots import signed_before, signed_beside, turn_of

SHORTEST_REASON = 4


def reason_given(situation: Situation) -> None:
    """SPEC §2.3: 退回 and 不予立项 say why, in four characters at least."""
    if len(situation.opinion.strip()) < SHORTEST_REASON:
        raise Unmet(
            "请写明理由，不少于4个字。",
            article="12",
            fields={"opinion": "请写明理由，不少于4个字。"},
        )


def place_to_return(situation: Situation) -> None:
    """SPEC §2.3: 「退回拟稿人」 or 「退回上一环节」, where there is one that was signed."""
    if not situation.values.get("to_previous"):
        return
    turn = turn_of(situation.item)
    if turn is None or signed_before(turn) is None:
        raise Unmet("没有可退回的上一环节，请退回拟稿人。", article="12")
    if situation.values.get("straight_back"):
        said = "“修改后直接送我”仅适用于退回拟稿人。"
        raise Unmet(said, article="12", fields={"straight_back": said})


def nobody_acted(situation: Situation) -> None:
    """SPEC §2.3: 撤回 is possible until somebody of the present step has acted."""
    turn = turn_of(situation.item)
    if turn is not None and signed_beside(turn):
        raise Unmet("本环节已有领导签批，不能撤回；可请其退回修改。", article="12")


def own_signature(situation: Situation) -> None:
    """SPEC §2.3: a signature is taken back by who gave it."""
    if situation.subject.person_id != situation.person_id:
        raise Unmet("只能撤回本人的签批。", article="12")


def nobody_signed_after(situation: Situation) -> None:
    """SPEC §2.3: 撤回 is possible until the next person has acted; reading does not block it."""
    if not meets(to_be_taken_back, situation.subject):
        raise Unmet("下一环节已经办理，签批不能撤回；可请其退回修改。", article="12")


def words_given(situation: Situation) -> None:
    """第四条: a 批示, its reply, a yearly judgment say something."""
    if not situation.opinion.strip():
        raise Unmet("请填写内容。", article="4", fields={"opinion": "请填写内容。"})


def new_due_given(situation: Situation) -> None:
    """第十六条（六）: a new deadline, not in the past and not out of reach."""
    day = situation.values.get("new_due")
    if day is None:
        raise Unmet("请填写新的办结期限。", article="16(6)", fields={"new_due": "请填写日期。"})
    today = situation.moment.day
    if not today <= day <= today + LONGEST:
        raise Unmet(
            "新的办结期限不得早于今天，也不得超过十年。",
            article="16(6)",
            fields={"new_due": "请填写不早于今天、十年以内的日期。"},
        )


def supplement_dated(situation: Situation) -> None:
    """SPEC §2.10: 补正期限 of one to three working days."""
    days = situation.values.get("supplement_days")
    low, high = (policy.CURRENT.limit(f"supplement_{end}") for end in ("min", "max"))
    if days is None or not low <= days <= high:
        raise Unmet(
            f"补正期限为{low}至{high}个工作日。",
            article="16(6)",
            fields={"supplement_days": f"请填写{low}至{high}之间的天数。"},
        )
