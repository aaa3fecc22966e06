"""回复催办 by the unit, and 代录 of what it answered otherwise (SPEC §2.8), in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from portal.extensions import db
from portal.models import Item, UrgeNotice
from portal.rulebook import workflow
from portal.rulebook.guards import Reply
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent
from portal.steps.urging.commands import urged


def reply(
    viewer: Viewer,
    item: Item,
    notice: UrgeNotice,
    intent: Intent,
    *,
    measures: str,
    promised_on: date | None,
    declared: bool,
) -> None:
    """回复催办: the reason (the opinion), what is done now, and the day promised."""

    def effect() -> dict[str, Any]:
        notice.replied_by_id, notice.replied_at = viewer.person_id, viewer.moment.instant
        return _promised(notice, promised_on)

    workflow.perform(
        viewer,
        "reply_urge",
        item,
        _with_measures(intent, measures),
        subject=notice,
        values={"declared": declared, "promised_on": promised_on},
        effect=effect,
    )
    db.session.commit()


def enter(
    viewer: Viewer,
    item: Item,
    notice: UrgeNotice,
    intent: Intent,
    *,
    answered: Reply | None,
    measures: str,
    promised_on: date | None,
    declared: bool,
) -> None:
    """代录催办回复: the same, as the unit said or wrote it otherwise than on screen."""

    def effect() -> dict[str, Any]:
        if answered is None:
            raise ValueError("the guards ask for the answer")
        notice.replied_by_id, notice.replied_at = answered.person_id, answered.at
        said = {"person_id": answered.person_id, "at": answered.at.isoformat()}
        return _promised(notice, promised_on) | {"reply": said | {"form": answered.form}}

    workflow.perform(
        viewer,
        "enter_urge_reply",
        item,
        _with_measures(intent, measures),
        subject=notice,
        values={"declared": declared, "promised_on": promised_on, "reply": answered},
        effect=effect,
    )
    db.session.commit()


def _with_measures(intent: Intent, measures: str) -> Intent:
    """Reason and measures are one text."""
    said = f"{intent.opinion}\n下一步措施：{measures}" if measures else intent.opinion
    return replace(intent, opinion=said)


def _promised(notice: UrgeNotice, day: date | None) -> dict[str, Any]:
    notice.promised_on = day
    return urged(notice) | {"promised_on": day.isoformat() if day else None}
