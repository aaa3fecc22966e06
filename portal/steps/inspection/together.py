"""/inspections/new: one way to one unit for several of its items (第十七条), a plan of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, flash, make_response, render_template, request, url_for
from sqlalchemy import select
from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice

from portal.accounts.queries import units_in_order
from portal.codes import is_code
from portal.errors import NotFound, NotOffered, PortalError
from portal.extensions import db
from portal.kept_forms import kept_of
from portal.models import Item, ItemUnit, Unit
from portal.rulebook import workflow
from portal.rulebook.guards import inspection_free
from portal.rulebook.item_texts import number_of
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Role
from portal.rulebook.scope import visible
from portal.steps.inspection import commands
from portal.steps.inspection.forms import PlanForm
from portal.steps.inspection.pages import FOLDER, blueprint
from portal.web import intent_of, put_errors, to, viewer

OFFICE = {Role.OFFICE_STAFF.value, Role.OFFICE_HEAD.value}
AT_WORK = ("received", "handed_in")
NOTHING_CHOSEN = "请选择事项。"


class TogetherForm(PlanForm):
    """督查方案 for the items chosen among those of the unit."""

    items = SelectMultipleField("督查事项")


@blueprint.get("/inspections/new")
def together() -> str:
    """Which unit first; then its items and one plan for those that are chosen."""
    _must_be_office()
    code = request.args.get("unit", "")
    unit = _unit(code) if code else None
    items = _items(unit) if unit else ()
    return _page(unit, items, _form(items) if unit else None)


@blueprint.post("/inspections/new")
def plan_together() -> Response:
    """The plans of all that are chosen go to who approves them, or none does."""
    _must_be_office()
    unit = _unit(request.args.get("unit", ""))
    items = _items(unit)
    form = _form(items)
    chosen = [item for item in items if item.public_id.hex in (form.items.data or ())]
    if form.validate_on_submit() and _some(form, chosen):
        try:
            commands.plan_together(
                viewer(),
                chosen,
                unit.id,
                form.plan,
                intent_of(form),
                declared=bool(form.declared.data),
            )
        except Unmet as refused:
            db.session.rollback()
            put_errors(form, refused)
        except PortalError as error:
            error.kept = kept_of(form)
            raise
        else:
            flash("督查方案已送批", "toast")
            return to(url_for("inspections.page", stage="planned"))
    unit = _unit(request.args.get("unit", ""))
    return make_response(_page(unit, _items(unit), form), 422)


def _some(form: TogetherForm, chosen: Sequence[Item]) -> bool:
    if not chosen:
        form.items.errors = [NOTHING_CHOSEN]
    return bool(chosen)


def _must_be_office() -> None:
    if not viewer().roles & OFFICE:
        raise NotOffered("实地督查由党政办发起。", article=workflow.article_of_act("inspect"))


def _unit(code: str) -> Unit:
    if not is_code(code):
        raise NotFound
    found = db.session.scalars(select(Unit).where(Unit.code == code)).one_or_none()
    if found is None:
        raise NotFound
    return found


def _items(unit: Unit) -> Sequence[Item]:
    """The unit's items in work that nobody inspects, as far as this person may know of them."""
    works = (
        visible(viewer(), ItemUnit)
        .where(ItemUnit.unit_id == unit.id, ItemUnit.role != "former", ItemUnit.state.in_(AT_WORK))
        .with_only_columns(ItemUnit.item_id)
    )
    return db.session.scalars(
        visible(viewer(), Item)
        .where(
            Item.id.in_(works),
            Item.state.in_(workflow.states_during("inspect")),
            inspection_free(Item),
        )
        .order_by(Item.due, Item.id)
    ).all()


def _form(items: Sequence[Item]) -> TogetherForm:
    form = TogetherForm(version=None)
    form.items.choices = [SelectChoice(item.public_id.hex, _named(item)) for item in items]
    return form


def _named(item: Item) -> str:
    number = number_of(item)
    return f"{item.title}（{number}）" if number else item.title


def _page(unit: Unit | None, items: Sequence[Item], form: TogetherForm | None) -> str:
    context: dict[str, Any] = {
        "unit": unit,
        "units": units_in_order(viewer().moment.day),
        "some": bool(items),
        "form": form,
        "title": f"实地督查方案（{unit.short_name}）" if unit else "发起督查",
        "article": workflow.article_of_act("inspect"),
        "action": url_for("inspection.plan_together", unit=unit.code) if unit else "",
    }
    return render_template(FOLDER + "together.html", **context)
