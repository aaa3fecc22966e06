"""How many lines the auditor's logs have between two instants, for his desk; the pages themselves
read them (portal/rooms/auditing/queries.py)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from portal.extensions import db
from portal.models import AdminAct, SignInSession

MOST: Final = 10_000
"""Beyond that nobody counts; the log's pages go on."""


def admin_acts(begin: datetime, end: datetime) -> int:
    """管理操作."""
    query = select(func.count(AdminAct.id)).where(AdminAct.at >= begin, AdminAct.at < end)
    return db.session.scalar(query) or 0


def views(begin: datetime, end: datetime) -> int:
    """敏感事项查看; nothing to who does not read as the auditor (decision 0113)."""
    seen = func.audit_views(begin, end, None, MOST, 0).table_valued("id")
    return db.session.scalar(select(func.count()).select_from(seen)) or 0


def sign_ins(begin: datetime, end: datetime) -> int:
    """登录记录, by real time."""
    query = select(func.count(SignInSession.id)).where(
        SignInSession.started_at >= begin, SignInSession.started_at < end
    )
    return db.session.scalar(query) or 0
