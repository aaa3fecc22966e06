"""/items/import: 批量导入 as people meet it."""

from __future__ import annotations

from typing import Final

from portal.errors import NotOffered
from portal.rulebook import offers
from portal.steps.registration.importing.kind import DRAFTS
from portal.steps.registration.template_routes import blueprint
from portal.web import viewer
from portal.workbooks.import_pages import ImportPages

__all__ = ["PAGES", "blueprint"]


def must_draft() -> None:
    """第十二条: whoever may draft one item may bring in several."""
    if not offers.may_draft(viewer()):
        raise NotOffered("立项由党政办和承办单位负责人、副职、联络员、承办人拟稿。", article="12")


PAGES: Final = ImportPages(
    kind=DRAFTS,
    address="/items/import",
    name="import_drafts",
    title="批量导入",
    note="每行一个事项，导入后为草稿",
    back=("new", "返回立项"),
    follows="导入后为草稿，可以修改，提交立项后进入签批。",
    done="均为草稿，请核对后提交立项。",
    must=must_draft,
)
PAGES.add_to(blueprint)
