"""/reports/as-of: 时点台账, the ledger at the end of a past day, and whether a paper's 校验值 is
that day's."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import Blueprint, Response, make_response, render_template, request, url_for

from portal.figures.ledger import LENGTH, digest_of, incomplete
from portal.frame import NavEntry
from portal.rooms.indicators.asked import LATER, day_asked
from portal.rooms.indicators.then import OTHER, PAGE, SHADES, ledger_of
from portal.rulebook import policy
from portal.rulebook.workdays import DAY
from portal.web import note_opened, page_asked, viewer

blueprint = Blueprint("as_of", __name__)
NOT_OVER = "当日尚未结束，请选择今天以前的日期。"
NO_DIGEST = f"校验值应为{LENGTH}位十六进制数，请核对后重新填写。"


@blueprint.get("/reports/as-of")
def page() -> Response:
    """The ledger of the day `at`, by default yesterday's; 422 with a sentence for another day."""
    reader = viewer()
    today = reader.moment.day
    at, problem = day_asked(request.args.get("at", ""), today)
    if at == today or problem == LATER:
        at, problem = None, NOT_OVER
    elif at is None and not problem:
        at = today - DAY
    light = request.args.get("light", "")
    light = light if light in SHADES else ""
    number, found, digest = page_asked(), None, ""
    if at is not None:
        found, digest = ledger_of(reader, at, light, number), digest_of(at)
        for row in found.rows:
            if row.sensitive:
                note_opened(row.item_id)
    given = "".join(request.args.get("digest", "").split()).lower()
    html = render_template(
        "rooms/indicators/then.html",
        today=today,
        at=at,
        typed=at.isoformat() if at else request.args.get("at", ""),
        problem=problem,
        found=found,
        digest=digest,
        given=given,
        verdict=_verdict(given, digest),
        incomplete=at is not None and incomplete(reader, at),
        tabs=_tabs(found.counts, at.isoformat(), light) if found and at else [],
        page=number,
        pages=max(1, -(-found.total // PAGE)) if found else 1,
        first=(number - 1) * PAGE + 1,
        href=lambda n: url_for(
            "as_of.page", at=at.isoformat() if at else None, light=light or None, page=n
        ),
    )
    return make_response(html, 422 if problem else 200)


def _verdict(given: str, digest: str) -> str:
    """same, other, unreadable; empty: nothing to compare."""
    if not given or not digest:
        return ""
    if not re.fullmatch(rf"[0-9a-f]{{{LENGTH}}}", given):
        return NO_DIGEST
    return "same" if given == digest else "other"


def _tabs(numbers: Mapping[str, int], at: str, light: str) -> list[NavEntry]:
    """All, each light, and what had none, with their numbers."""
    words = {row.id: row.word for row in policy.CURRENT.lights} | {OTHER: "未交办、已结"}
    every = NavEntry("全部", "", url_for("as_of.page", at=at), sum(numbers.values()), not light)
    return [
        every,
        *(
            NavEntry(words[name], "", url_for("as_of.page", at=at, light=name),
                     numbers.get(name, 0), light == name)
            for name in SHADES
        ),
    ]  # fmt: skip
