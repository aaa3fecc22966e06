"""Which forms have a Word copy, and making it. Pure, like `portal.documents.render`."""

from __future__ import annotations

import re
from typing import Final

from portal.documents.checks import DocumentError, check_lengths, check_rows, cleaned, texts
from portal.documents.gongwen.content import Gongwen
from portal.documents.render import GONGWEN
from portal.documents.sheets import NoticeBatch, NoticeSheet, Sheet
from portal.documents.typesetting.characters import cannot_print

FORMS: Final = frozenset({GONGWEN, "notice", "notices"})
"""The forms, as `portal.documents.render` knows them, that have one."""
MIMETYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_NO_XML = re.compile("[\ufffe\uffff]")
"""What is left after cleaning and may not stand in XML. What our own faces lack may: Word takes
another face."""


def write(form: str, sheet: Sheet, stamp: str = "") -> bytes:
    """The Word copy of `sheet`, with `stamp` at the head of its pages; the same data give the same
    bytes. DocumentError: it cannot be made, and why."""
    if form not in FORMS:
        raise DocumentError("这种文书没有 Word 版。")
    tidy: Sheet = cleaned(sheet)
    stamp = cleaned(stamp)  # a name, which may hold anything that a list of people did
    check_lengths(tidy)
    check_rows(tidy)
    unfit = {char for text in texts(tidy) for char in _NO_XML.findall(text)}
    if unfit:
        raise DocumentError(cannot_print(unfit))
    from portal.documents.word import gongwen, notice

    if isinstance(tidy, Gongwen):
        return gongwen.write(tidy, stamp)
    if isinstance(tidy, NoticeSheet) or (isinstance(tidy, NoticeBatch) and tidy.notices):
        return notice.write(tidy, stamp)
    raise DocumentError("没有可以下载的内容。")
