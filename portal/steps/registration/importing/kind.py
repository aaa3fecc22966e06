"""批量导入 as a kind of table: what `workbooks.importing` keeps, shows and has made."""

from __future__ import annotations

import uuid
from typing import Final

from portal.models import Item
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent
from portal.steps.registration import commands
from portal.steps.registration.importing.checking import check, fields_of, known
from portal.steps.registration.importing.columns import book
from portal.workbooks.columns import Row
from portal.workbooks.importing import Kind, register


def make(viewer: Viewer, row: Row, key: uuid.UUID) -> Item:
    """第十二条: the draft of one row, with the right that the person has to draft it now."""
    intent = Intent(seen=None, key=key)
    return commands.compose(viewer, fields_of(row), intent, facts={"row": row.place})


DRAFTS: Final = register(Kind("drafts", book, check, make, known))
