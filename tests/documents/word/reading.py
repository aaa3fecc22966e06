"""Reading a Word copy back."""

from __future__ import annotations

import io

import docx
from docx.document import Document
from docx.oxml.ns import qn


def opened(content: bytes) -> Document:
    """The file as python-docx reads it."""
    return docx.Document(io.BytesIO(content))


def text_of_word(content: bytes) -> str:
    """All text of the body in its order, a paragraph a line."""
    found = []
    for paragraph in opened(content).element.body.iter(qn("w:p")):
        parts = []
        for node in paragraph.iter(qn("w:t"), qn("w:br"), qn("w:tab")):
            parts.append(node.text or "" if node.tag == qn("w:t") else " ")
        found.append("".join(parts))
    return "\n".join(found)
