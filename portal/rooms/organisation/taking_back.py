"""撤销任职: a post that was entered ahead by mistake never held; what it ended goes on (SPEC §1.4).

The administrators' log says what its entry moved: just that is put back, and the log keeps both.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from portal.audit.administrative import Editor, columns, note
from portal.audit.words import role_label
from portal.extensions import db
from portal.models import AdminAct, Appointment, Person
from portal.models.organisation import NEVER, ONE_OF_THE_COLLEGE
from portal.rooms.organisation.bearing import Outlook
from portal.rooms.organisation.keeping import begin, finish, not_of_oneself
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Role

BEGUN = "该任职已开始或已撤销，不能撤销；需要时请登记终止。"
MOVED_ON = "登记以后相关任职又有更改，请先处理后续更改。"
ALONE = frozenset({Role.UNIT_HEAD.value, *ONE_OF_THE_COLLEGE})


def outlook(row: Appointment, editor: Editor) -> Outlook:
    """What does not come, and what goes on. Unmet once the post has begun."""
    _must_lie_ahead(row, editor)
    lines = [f"{_name(row)}自{long_date(row.valid_from)}起的任职（{_said(row)}）撤销，不生效。"]
    for act, other in _moved(row):
        if not act.before:
            said = f"自{long_date(other.valid_from)}起的记录一并撤销。"
        elif other.valid_to is not None:
            said = "恢复至登记前的任期。"
        else:
            said = "恢复为登记前的主要任职、兼任。"
        lines.append(f"{_name(other)}的任职（{_said(other)}）{said}")
    return Outlook(tuple(lines))


def cancel(editor: Editor, row: Appointment, reason: str) -> None:
    """Have the post never hold, and put back what its entry ended. Unmet once it has begun, where
    something was changed since, or where a unit with open work would have no head."""
    if begin(editor):
        not_of_oneself(editor, row.person_id)
        undo(editor, row, "cancel_appointment", reason)
        finish()


def undo(editor: Editor, row: Appointment, act: str, reason: str) -> None:
    """`cancel` in the turn and the transaction of the caller, noted as `act`."""
    _must_lie_ahead(row, editor)
    moved = _moved(row)
    never(editor, row, act, reason)
    for entry, other in moved:
        if not entry.before:
            never(editor, other, "cancel_appointment", reason)
            continue
        was = columns(other)
        if any(was[name] != value for name, value in entry.after.items()):
            raise Unmet(MOVED_ON)
        for name, value in entry.before.items():
            column = Appointment.__table__.columns[name]
            is_day = value is not None and column.type.python_type is type(NEVER)
            setattr(other, name, type(NEVER).fromisoformat(value) if is_day else value)
        note(editor, "restore_appointment", other, _name(other), before=was, reason=reason)


def never(editor: Editor, row: Appointment, act: str, reason: str) -> None:
    """The row holds on no day, whenever it began."""
    before, row.valid_to = columns(row), NEVER
    note(editor, act, row, _name(row), before=before, reason=reason)


def _must_lie_ahead(row: Appointment, editor: Editor) -> None:
    if row.valid_from <= editor.day or row.valid_to == NEVER:
        raise Unmet(BEGUN)


def _moved(row: Appointment) -> Sequence[tuple[AdminAct, Appointment]]:
    """What the entry of a post made of other posts, the last first: ended the day before, split, or
    made to go on after it. A table brought in has one key for all its rows: the others stay."""
    entry = db.session.scalars(
        select(AdminAct)
        .where(
            AdminAct.subject == "appointment",
            AdminAct.subject_id == row.id,
            AdminAct.act == "appoint",
        )
        .order_by(AdminAct.position)
        .limit(1)
    ).one_or_none()
    if entry is None:  # it was there before the portal kept a log
        return ()
    found = db.session.execute(
        select(AdminAct, Appointment)
        .join(Appointment, Appointment.id == AdminAct.subject_id)
        .where(
            AdminAct.key == entry.key,
            AdminAct.account_id == entry.account_id,
            AdminAct.subject == "appointment",
            AdminAct.act.in_(("appoint", "end_appointment")),
            Appointment.id != row.id,
        )
        .order_by(AdminAct.position.desc())
        .execution_options(populate_existing=True)
    ).all()
    return [(act, other) for act, other in found if _touched_by(row, other, act)]


def _touched_by(row: Appointment, other: Appointment, act: AdminAct) -> bool:
    same_office = (other.role, other.unit_id) == (row.role, row.unit_id) and row.role in ALONE
    if other.person_id != row.person_id and not same_office:
        return False
    ends = act.after.get("valid_to")
    if act.before and ends is not None:  # ended the day before
        return (row.valid_from - type(NEVER).fromisoformat(ends)).days == 1
    return other.valid_from >= row.valid_from


def _name(row: Appointment) -> str:
    return db.session.get_one(Person, row.person_id).name


def _said(row: Appointment) -> str:
    return f"{row.post}，{role_label(row.role)}"
