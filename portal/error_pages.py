"""Every error as a page in formal Chinese: what happened, what to do next, never what exists.

An HTMX request gets the same words as a notice in the corner, so that nothing typed is lost.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask, current_app, make_response, render_template, request, url_for
from flask.wrappers import Response
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException

from portal import errors
from portal.config import Settings
from portal.extensions import db
from portal.filters import full_time
from portal.log_lines import log_lines
from portal.rulebook import handover
from portal.rulebook.secrecy import scan
from portal.rulebook.text import ground_anchor, ground_label
from portal.text_names import label_of, written

AT_THE_SAME_MOMENT = frozenset({"23505", "23P01"})
"""PostgreSQL's unique_violation and exclusion_violation."""


@dataclass(frozen=True)
class Said:
    """The words of an error page; `actions` are (label, address), the first one is the main one."""

    title: str
    lines: tuple[str, ...]
    actions: tuple[tuple[str, str], ...] = (("返回工作台", "/"),)
    icon: str = "exclamation-circle"


GONE = Said(
    "没有找到您要的内容",
    ("地址可能有误，或内容不在您的查阅范围内。", "如系他人转发的链接，请向党政办核对。"),
    (("返回工作台", "/"), ("在台账中查找", "/ledger")),
    "search",
)
SAID = {
    400: Said("请求不完整", ("提交的内容不完整，未作任何改动。", "请返回上一页，刷新后重新提交。")),
    403: Said(
        "您没有办理权限",
        ("这项操作由其他岗位办理，未作任何改动。", "如岗位有调整，请联系党政办核对任职信息。"),
        icon="lock",
    ),
    404: GONE,
    405: Said("不支持这样打开", ("这个地址不能直接打开，请从页面上的按钮进入。",)),
    409: Said(
        "内容已有变化",
        ("您打开页面后，本内容已被更新，您的提交未生效。", "请查看最新内容，核对后再提交。"),
        icon="clock-history",
    ),
    413: Said(
        "文件过大",
        (
            "每份文件不超过50 MB，一次合计不超过100 MB，本次提交未保存。",
            "请压缩、拆分文件，或分次提交。",
        ),
        icon="upload",
    ),
    422: Said("现在不能办理", ("提交的内容不符合办理条件，未作任何改动。",)),
    429: Said(
        "操作过于频繁",
        ("短时间内请求过多，请稍候再试。",),
        icon="hourglass-split",
    ),
    500: Said(
        "系统出现问题",
        (
            "您的操作未能完成，已保存的内容不受影响。",
            "请稍后重试；仍有问题的，请将下方编号告知党政办。",
        ),
        icon="exclamation-triangle",
    ),
}
EXPIRED = Said(
    "页面已过期",
    ("页面打开时间较长，提交未生效。", "请返回上一页，复制已填内容，刷新页面后重新提交。"),
    icon="clock-history",
)


def _answer(said: Said, status: int, **more: Any) -> Response:
    """The error as a whole page, or as a notice for HTMX."""
    if request.headers.get("HX-Request") == "true":
        response = make_response(_bare("errors/_notice.html", said, status, more), status)
        response.headers["HX-Retarget"] = "#db-toasts"
        response.headers["HX-Reswap"] = "beforeend"
        return response
    return make_response(_render("errors/page.html", said, status, more), status)


def _render(template: str, said: Said, status: int, more: dict[str, Any]) -> str:
    if status != 500:
        return render_template(template, said=said, status=status, **more)
    # The context processors may be what broke; the frame stands without them.
    return _bare(template, said, status, more)


def _bare(template: str, said: Said, status: int, more: dict[str, Any]) -> str:
    """Without the frame's variables: a notice has no frame, and counting what waits for a person
    takes longer than most refusals."""
    settings: Settings | None = current_app.extensions.get("portal.settings")
    bare = {"request": request, "college": settings.college if settings else ""}
    page = current_app.jinja_env.get_template(template)
    return page.render(said=said, status=status, **bare, **more)


def _not_offered(error: errors.NotOffered) -> Response:
    said = replace(SAID[422], lines=(error.reason, *_by_whom(error.done)))
    if not error.article:
        return _answer(said, 422, kept=error.kept)
    where = ""
    if "help.rulebook" in current_app.view_functions:  # the frame stands without its rooms
        where = url_for("help.rulebook", _anchor=ground_anchor(error.article))
    article = ground_label(error.article)
    return _answer(said, 422, article=article, article_href=where, kept=error.kept)


def _refused_by_the_database(error: IntegrityError) -> Response:
    """What no form foresaw: an end that would leave an open item without an owner (第八条); what
    somebody else entered at the same moment."""
    refused = handover.left_alone(error)
    if refused is not None:
        db.session.rollback()
        return _not_offered(refused)
    if getattr(error.orig, "sqlstate", "") not in AT_THE_SAME_MOMENT:
        raise error
    db.session.rollback()
    current_app.logger.warning("two wrote the same at once: %s", request.endpoint)
    return _stale(errors.Stale())


def _stale(error: errors.Stale) -> Response:
    said = replace(SAID[409], actions=(("查看最新内容", error.href or "/"),))
    if error.done:
        said = replace(said, lines=(*_by_whom(error.done), *said.lines[1:]))
    return _answer(said, 409, kept=error.kept, href=error.href)


def _by_whom(done: tuple[errors.Done, ...]) -> tuple[str, ...]:
    return tuple(
        f"{one.who}已于{full_time(one.when)}办理“{one.what}”，您的提交未生效。" for one in done
    )


def _expired(_error: CSRFError) -> Response:
    """A page from before the last sign-in: what was written is handed back, never a mark of a
    state secret."""
    texts = written(request.form.to_dict())
    if any(scan(text).kind == "stop" for text in texts.values()):
        return _answer(EXPIRED, 400)
    kept = tuple(errors.Kept(label_of(name), text) for name, text in texts.items())
    return _answer(EXPIRED, 400, kept=kept)


def _too_many(error: errors.TooMany) -> Response:
    response = _answer(SAID[429], 429)
    response.headers["Retry-After"] = str(error.retry_after)
    return response


def _portal(error: errors.PortalError) -> Response:
    return _answer(SAID[error.status], error.status, kept=error.kept)


def _http(error: HTTPException) -> Response | HTTPException:
    """Werkzeug's own errors, with the headers it asks for (Allow, Retry-After)."""
    status = error.code or 500
    if status < 400:
        return error
    if status >= 500:
        return _broken(error)
    response = _answer(SAID.get(status, SAID[400]), status)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _broken(error: Exception) -> Response:
    """A random short reference on the page and in the log; no details on the page.

    Flask has written the traceback to the log just before.
    """
    reference = secrets.token_hex(4).upper()
    current_app.logger.error("reference %s: %s", reference, type(error).__name__)
    return _answer(SAID[500], 500, reference=reference)


def register_errors(app: Flask) -> None:
    """Answer every error with a page of the portal; what is logged of it is one line."""
    log_lines(app.logger)
    app.register_error_handler(errors.NotOffered, _not_offered)
    app.register_error_handler(errors.Stale, _stale)
    app.register_error_handler(IntegrityError, _refused_by_the_database)
    app.register_error_handler(errors.TooMany, _too_many)
    app.register_error_handler(errors.PortalError, _portal)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(500, _broken)
