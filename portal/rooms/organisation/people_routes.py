"""/admin/people: 人员和任职; others find no such address."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import Response, render_template, request, url_for

from portal.extensions import db
from portal.forms import ActForm, ReasonForm, clean
from portal.models import Person, Unit
from portal.rooms.organisation import people, posts, queries, taking_back, userids
from portal.rooms.organisation.bearing import Outlook
from portal.rooms.organisation.forms import (
    CancelPostForm,
    DisplayForm,
    EndPostForm,
    NewPersonForm,
    PersonForm,
    PostForm,
)
from portal.rooms.organisation.keeping import fingerprint, person_of
from portal.rooms.organisation.steps import Show, blueprint, confirmed, editor, saved
from portal.rulebook.handover import in_hand, not_handed_over
from portal.web import clock, page_asked


@blueprint.get("/admin/people")
def person_list() -> str:
    """Persons by name, 工号, pinyin or unit; who left on a list of their own."""
    today = clock().today()
    typed = clean(request.args.get("q"))[:60]
    unit, left = clean(request.args.get("unit"))[:20], "left" in request.args
    page = page_asked()
    lines, total = queries.people(typed, unit, left, page, today)
    return render_template(
        "rooms/organisation/people.html",
        lines=lines,
        total=total,
        page=page,
        per_page=queries.PER_PAGE,
        asked={"q": typed, "unit": unit, "left": left},
        units=queries.units_left(today),
    )


@blueprint.get("/admin/people/new")
def new_person() -> str:
    """The form of a new person."""
    return _new_person(NewPersonForm(formdata=None), None)


@blueprint.post("/admin/people/new")
def add_person() -> Response:
    """新增人员."""
    form = NewPersonForm()
    return saved(
        form,
        _new_person,
        lambda: people.add_person(editor(form), form.emp_no.data, form.fields()),
        "人员已新增，请登记任职",
        url_for("organisation.person", emp_no=form.emp_no.data or "-"),
    )


@blueprint.get("/admin/people/<emp_no>")
def person(emp_no: str) -> str:
    """One person: facts, posts, account, what was changed."""
    return _person(person_of(emp_no))


@blueprint.post("/admin/people/<emp_no>")
def change_person(emp_no: str) -> Response:
    """修改人员信息."""
    form = PersonForm()
    return saved(
        form,
        _shown(emp_no, "facts"),
        lambda: people.change_person(editor(form), emp_no, form.fields(), form.shown.data or ""),
        "人员信息已修改",
        _address(emp_no),
    )


@blueprint.post("/admin/people/<emp_no>/posts")
def appoint(emp_no: str) -> Response:
    """登记任职."""
    found, units = person_of(emp_no), queries.units_left(clock().today())
    form = PostForm().offer(units)
    return confirmed(
        form,
        _shown(emp_no, "post"),
        lambda: posts.outlook(form.asked(found, units), clock().today()),
        lambda: posts.appoint(editor(form), form.asked(found, units)),
        "任职已登记",
        _address(emp_no),
    )


@blueprint.get("/admin/people/<emp_no>/posts/<uuid:post_id>")
def post(emp_no: str, post_id: uuid.UUID) -> str:
    """One post, to be ended."""
    return _post(emp_no, post_id, EndPostForm(formdata=None), None)


@blueprint.post("/admin/people/<emp_no>/posts/<uuid:post_id>/cancellation")
def cancel_post(emp_no: str, post_id: uuid.UUID) -> Response:
    """撤销任职, before it begins."""
    form = CancelPostForm()
    row = posts.appointment_of(person_of(emp_no).id, post_id)
    return confirmed(
        form,
        lambda form, outlook: _post(emp_no, post_id, form, outlook),
        lambda: taking_back.outlook(row, editor()),
        lambda: taking_back.cancel(editor(form), row, form.opinion.data),
        "任职已撤销",
        _address(emp_no),
    )


@blueprint.post("/admin/people/<emp_no>/posts/<uuid:post_id>")
def end_post(emp_no: str, post_id: uuid.UUID) -> Response:
    """终止任职."""
    form = EndPostForm()
    row = posts.appointment_of(person_of(emp_no).id, post_id)
    unit = db.session.get(Unit, row.unit_id) if row.unit_id else None
    return confirmed(
        form,
        lambda form, outlook: _post(emp_no, post_id, form, outlook),
        lambda: posts.end_outlook(row, unit, form.last_day.data),
        lambda: posts.end_appointment(
            editor(form), row, unit, form.last_day.data, form.opinion.data
        ),
        "已登记任职终止",
        _address(emp_no),
    )


@blueprint.post("/admin/people/<emp_no>/disable")
def disable(emp_no: str) -> Response:
    """停用; refused while something is not handed over."""
    form = ReasonForm()
    return saved(
        form,
        _shown(emp_no, "leave"),
        lambda: people.disable_person(editor(form), emp_no, form.opinion.data),
        "人员已停用",
        _address(emp_no),
    )


@blueprint.post("/admin/people/<emp_no>/enable")
def enable(emp_no: str) -> Response:
    """恢复."""
    form = ReasonForm()
    return saved(
        form,
        _shown(emp_no, "leave"),
        lambda: people.enable_person(editor(form), emp_no, form.opinion.data),
        "人员已恢复，请登记任职",
        _address(emp_no),
    )


@blueprint.post("/admin/people/<emp_no>/account")
def open_account(emp_no: str) -> Response:
    """开通账号."""
    form = ActForm()
    return saved(
        form,
        _shown(emp_no, "account"),
        lambda: people.open_account(editor(form), emp_no),
        "账号已开通，请安全保密管理员发放初始口令",
        _address(emp_no),
    )


@blueprint.post("/admin/people/<emp_no>/displays")
def open_display(emp_no: str) -> Response:
    """开通大屏账号, kept by this person."""
    form = DisplayForm()
    return saved(
        form,
        _shown(emp_no, "display"),
        lambda: people.open_display(editor(form), emp_no, form.username.data),
        "大屏账号已开通，请安全保密管理员发放初始口令",
        _address(emp_no),
    )


def _address(emp_no: str) -> str:
    return url_for("organisation.person", emp_no=emp_no)


def _new_person(form: ActForm, _outlook: Outlook | None) -> str:
    return render_template("rooms/organisation/new_person.html", form=form)


def _shown(emp_no: str, name: str) -> Show:
    return lambda form, outlook: _person(person_of(emp_no), {name: form}, outlook)


def _person(
    found: Person, sent: Mapping[str, ActForm] | None = None, outlook: Outlook | None = None
) -> str:
    today = clock().today()
    forms: dict[str, ActForm] = {
        "facts": PersonForm(formdata=None).fill(found, fingerprint(found)),
        "post": PostForm(formdata=None).offer(queries.units_left(today)),
        "leave": ReasonForm(formdata=None),
        "account": ActForm(formdata=None),
        "display": DisplayForm(formdata=None),
        **(sent or {}),
    }
    for name, form in forms.items():
        form.name_ids(name)
    rows = queries.posts_of_person(found, today)
    fields = queries.fields_of(found)
    return render_template(
        "rooms/organisation/person.html",
        person=found,
        forms=forms,
        opened=next(iter(sent or {}), ""),
        outlook=outlook,
        posts=rows,
        fields=fields,
        left=not_handed_over(in_hand(found.id)),
        account=queries.account_state(found),
        displays=queries.displays_of(found),
        userids=[row.UseridChange for row in userids.rows("proposed", person_id=found.id)],
        log=queries.log_of(("person", found.id), *(("appointment", line.row.id) for line in rows)),
        today=today,
    )


def _post(emp_no: str, post_id: uuid.UUID, form: ActForm, outlook: Outlook | None) -> str:
    found = person_of(emp_no)
    row = posts.appointment_of(found.id, post_id)
    line = next(
        one for one in queries.posts_of_person(found, clock().today()) if one.row.id == row.id
    )
    cancelling = isinstance(form, CancelPostForm)
    forms = {
        "end": EndPostForm(formdata=None) if cancelling else form,
        "cancel": form if cancelling else CancelPostForm(formdata=None),
    }
    for name, one in forms.items():
        one.name_ids(name)
    return render_template(
        "rooms/organisation/post.html",
        person=found,
        line=line,
        forms=forms,
        cancelling=cancelling,
        outlook=outlook,
        today=clock().today(),
    )
