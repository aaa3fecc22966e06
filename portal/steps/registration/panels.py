"""How 提交立项 and 编号备案 show on the item's page."""

from __future__ import annotations

from portal.forms import ActForm, DeclaredForm, ReasonForm
from portal.models import Item
from portal.rulebook.offers import Offer
from portal.web import Panel


def _declared(item: Item, _offer: Offer) -> ActForm:
    return DeclaredForm(version=item.version)


def _plain(item: Item, _offer: Offer) -> ActForm:
    return ActForm(version=item.version)


def _reason(item: Item, _offer: Offer) -> ActForm:
    return ReasonForm(version=item.version)


FOLDER = "steps/registration/"
PANELS = {
    "submit": Panel(FOLDER + "_submit.html", _declared),
    "submit_unit": Panel(FOLDER + "_submit.html", _declared),
    "file": Panel(FOLDER + "_file.html", _plain),
    "return_filing": Panel(FOLDER + "_send_back.html", _reason),
    "withdraw": Panel(FOLDER + "_withdraw.html", _plain),
    "delete": Panel(FOLDER + "_delete.html", _plain),
}
