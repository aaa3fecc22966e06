"""年度评估 as 党政办主任 meets it: /review."""

from __future__ import annotations

from flask import Blueprint

from portal.act_pages import ActPage, Pages, form_of
from portal.steps.reviews import commands
from portal.steps.reviews.forms import ReviewForm

blueprint = Blueprint("reviews", __name__)

PAGES = Pages(
    blueprint,
    (
        ActPage(
            act="review_yearly",
            address="/review",
            command=lambda viewer, item, _part, form, intent: commands.review(
                viewer, item, intent, outcome=form.outcome.data
            ),
            said="已完成年度评估",
            form=form_of(ReviewForm),
            template="steps/reviews/_review.html",
            follows="评估不改变事项状态；结论为办结或转为常规工作的，由牵头单位申请办结。",
        ),
    ),
)
