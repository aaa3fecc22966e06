"""批示 (第四条, SPEC §2.7): a leader's words on a report, and what the unit did about them."""

from __future__ import annotations

from typing import Any

from portal.extensions import db
from portal.models import Comment, Event, Feedback, Item, Opinion
from portal.rulebook import workflow
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.workflow import Intent


def give(viewer: Viewer, item: Item, report: Feedback, intent: Intent) -> None:
    """A todo for the unit: 「落实批示」; no new item unless 党政办 makes one."""

    def effect() -> dict[str, Any]:
        comment = Comment(
            item_id=item.id,
            feedback_id=report.id,
            state="given",
            given_by_id=viewer.person_id,
            given_at=viewer.moment.instant,
        )
        db.session.add(comment)
        db.session.flush()
        return {"comment_id": comment.id, "seq": report.seq}

    workflow.perform(viewer, "comment", item, intent, subject=report, effect=effect)
    db.session.commit()


def reply(viewer: Viewer, item: Item, comment: Comment, intent: Intent) -> None:
    """落实批示: one reply ends it."""

    def effect() -> dict[str, Any]:
        comment.replied_by_id, comment.replied_at = viewer.person_id, viewer.moment.instant
        return {"comment_id": comment.id}

    workflow.perform(viewer, "reply_comment", item, intent, subject=comment, effect=effect)
    db.session.commit()


def words_of(viewer: Viewer, comment: Comment) -> str:
    """What the leader wrote."""
    found = db.session.scalars(
        visible(viewer, Event)
        .join(Opinion, Opinion.id == Event.opinion_id)
        .where(
            Event.item_id == comment.item_id,
            Event.act == "comment",
            Event.facts["comment_id"].as_integer() == comment.id,
        )
        .with_only_columns(Opinion.body)
    ).one_or_none()
    return found or ""
