"""What every act on the organisation shares: who may, in which order, within which days."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from typing import Final, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.exc import DBAPIError

from portal.audit.administrative import CHANGED_MEANWHILE, Editor, columns, hold, is_done
from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.models import Account, Person, Unit
from portal.models.base import Base
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.handover import left_alone
from portal.rulebook.refusals import Unmet

KEEPER: Final = "sys_admin"
"""Whose account keeps the organisation (SPEC §1.3, `sys.config`)."""
GRANTER: Final = "sec_admin"
"""Whose account asks for roles of the whole college (`sys.security`)."""
T = TypeVar("T", Unit, Person)
FARTHEST: Final = timedelta(days=366)
"""[J] How far from today a change may take effect: farther is a slip of typing."""


ONESELF: Final = "不能为本人登记、终止或撤销任职和分管分工，请由另一名系统管理员办理。"
REFUSED: Final = {
    KEEPER: "单位、人员和任职由系统管理员维护。",
    GRANTER: "授权由安全保密管理员提出。",
}


def begin(editor: Editor, keeper: str = KEEPER) -> bool:
    """Take the turn; False if this very form was acted on already. NotOffered to others."""
    if editor.kind != keeper:
        raise NotOffered(REFUSED[keeper])
    hold("organisation")
    return not is_done(editor)


def not_of_oneself(editor: Editor, person_id: int) -> None:
    """Unmet where an administrator would enter or end a post of his own person (decision 0159)."""
    own = select(Account.person_id).where(Account.id == editor.account_id)
    if db.session.scalar(own) == person_id:
        raise Unmet(ONESELF)


def finish() -> None:
    """Commit; Unmet where the database would leave an open item without an owner."""
    try:
        db.session.commit()
    except DBAPIError as error:
        db.session.rollback()
        refused = left_alone(error)
        if refused is None:
            raise
        raise refused from error


def fingerprint(row: Base) -> str:
    """What a page showed of a row: who saves says what was seen."""
    said = json.dumps(columns(row), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def as_seen(row: Base, shown: str) -> None:
    """Unmet if the row is another now than on the page."""
    if fingerprint(row) != shown:
        raise Unmet(CHANGED_MEANWHILE)


def within_reach(day: date, today: date, field: str) -> None:
    """Unmet if a day is a slip of typing."""
    if abs(day - today) > FARTHEST:
        said = f"请核对日期，应在{long_date(today)}前后一年以内。"
        raise Unmet(said, fields={field: said})


def unit_of(code: str) -> Unit:
    """The unit with this code, fresh. NotFound if there is none."""
    return _one(select(Unit).where(Unit.code == code))


def person_of(emp_no: str) -> Person:
    """The person with this 工号, fresh. NotFound if there is none."""
    return _one(select(Person).where(Person.emp_no == emp_no))


def person_by_id(person_id: int) -> Person:
    """The person with this id, fresh."""
    return _one(select(Person).where(Person.id == person_id))


def _one(query: Select[T]) -> T:
    found = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound
    return found


def refuse(field: str, said: str) -> Unmet:
    """A refusal that stands at one field."""
    return Unmet(said, fields={field: said})
