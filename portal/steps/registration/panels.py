"""How 提交立项 and 编号备案 show on the item's page."""

from __future__ import annotations

from portal.forms import ActForm, DeclaredForm
from portal.models import Item
from portal.rulebook.offers import Offer
from portal.web import Panel


def _declared(item: Item, _offer: Offer) -> ActForm:
    return DeclaredForm(version=item.version)


def _plain(item: Item, _offer: Offer) -> ActForm:
    return ActForm(version=item.version)


PANELS = {
    "submit": Panel("steps/registration/_submit.html", _declared),
    "file": Panel("steps/registration/_file.html", _plain),
}
