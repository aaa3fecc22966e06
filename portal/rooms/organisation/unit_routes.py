"""/admin/units and /admin/portfolios: 单位、分管分工; others find no such address."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, render_template, url_for

from portal.forms import ActForm
from portal.models import Unit
from portal.rooms.organisation import fields, queries, units
from portal.rooms.organisation.bearing import Outlook, bearing_of
from portal.rooms.organisation.forms import EndUnitForm, NewUnitForm, PortfolioForm, UnitForm
from portal.rooms.organisation.keeping import fingerprint, person_of, unit_of
from portal.rooms.organisation.steps import blueprint, confirmed, editor, saved
from portal.web import clock


@blueprint.get("/admin/units")
def unit_list() -> str:
    """All units in official order, with their head and leader of the day."""
    today = clock().today()
    return render_template(
        "rooms/organisation/units.html",
        lines=queries.unit_lines(today),
        ended=queries.units_ended(today),
    )


@blueprint.get("/admin/units/new")
def new_unit() -> str:
    """The form of a new unit."""
    form = NewUnitForm(formdata=None)
    form.place.data = len(queries.units_left(clock().today())) + 1
    form.valid_from.data = clock().today()
    return _new_unit(form, None)


@blueprint.post("/admin/units/new")
def add_unit() -> Response:
    """新增单位."""
    form = NewUnitForm()
    code = (form.code.data or "").upper()
    return saved(
        form,
        _new_unit,
        lambda: units.add_unit(editor(form), code, form.fields(), form.valid_from.data),
        "单位已新增",
        url_for("organisation.unit", code=code),
    )


@blueprint.get("/admin/units/<code>")
def unit(code: str) -> str:
    """One unit: its facts, what hangs on it, who leads it, what was changed."""
    return _unit(unit_of(code))


@blueprint.post("/admin/units/<code>")
def change_unit(code: str) -> Response:
    """修改单位信息."""
    found, form = unit_of(code), UnitForm()
    return saved(
        form,
        lambda form, _: _unit(unit_of(code), {"facts": form}),
        lambda: units.change_unit(editor(form), code, form.fields(), form.shown.data or ""),
        "单位信息已修改",
        url_for("organisation.unit", code=found.code),
    )


@blueprint.post("/admin/units/<code>/end")
def end_unit(code: str) -> Response:
    """撤销, 并入其他单位."""
    found = unit_of(code)
    form = EndUnitForm().offer(queries.units_left(clock().today()), found)
    return confirmed(
        form,
        lambda form, outlook: _unit(unit_of(code), {"end": form}, outlook),
        lambda: units.end_outlook(code, form.last_day.data, form.into.data),
        lambda: units.end_unit(
            editor(form), code, form.last_day.data, form.into.data, form.opinion.data
        ),
        "已登记单位撤销",
        url_for("organisation.unit", code=found.code),
    )


@blueprint.get("/admin/portfolios")
def portfolios() -> str:
    """分管分工 of the day, and the form that hands fields on."""
    return _portfolios(PortfolioForm(formdata=None), None)


@blueprint.post("/admin/portfolios")
def assign() -> Response:
    """调整分管分工."""
    form, today = PortfolioForm(), clock().today()
    form.offer(queries.leaders(), queries.units_left(today), today)

    def chosen() -> list[Unit]:
        return [unit_of(code) for code in form.units.data]

    return confirmed(
        form,
        _portfolios,
        lambda: fields.outlook(person_of(form.leader.data), chosen(), form.valid_from.data, today),
        lambda: fields.assign(
            editor(form),
            person_of(form.leader.data),
            chosen(),
            form.valid_from.data,
            form.opinion.data,
        ),
        "分管分工已调整",
        url_for("organisation.portfolios"),
    )


def _new_unit(form: ActForm, _outlook: Outlook | None) -> str:
    return render_template("rooms/organisation/new_unit.html", form=form)


def _unit(
    found: Unit, sent: Mapping[str, ActForm] | None = None, outlook: Outlook | None = None
) -> str:
    today = clock().today()
    left = queries.units_left(today)
    forms: dict[str, ActForm] = {
        "facts": UnitForm(formdata=None).fill(found, fingerprint(found)),
        "end": EndUnitForm(formdata=None).offer(left, found),
        **(sent or {}),
    }
    for name, form in forms.items():
        form.name_ids(name)
    return render_template(
        "rooms/organisation/unit.html",
        unit=found,
        into=next((one for one in left if one.id == found.merged_into_id), None),
        forms=forms,
        opened=next(iter(sent or {}), ""),
        outlook=outlook,
        bearing=bearing_of(found.id),
        posts=queries.posts_of_unit(found, today),
        fields=queries.fields_of(found),
        log=queries.log_of(("unit", found.id)),
        today=today,
    )


def _portfolios(form: ActForm, outlook: Outlook | None) -> str:
    today = clock().today()
    if isinstance(form, PortfolioForm):
        form.offer(queries.leaders(), queries.units_left(today), today)
    return render_template(
        "rooms/organisation/portfolios.html",
        form=form,
        outlook=outlook,
        lines=queries.unit_lines(today),
        leaders=queries.leaders(),
        planned=queries.fields_planned(today),
    )
