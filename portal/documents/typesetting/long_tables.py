"""Long tables in HTML are read some hundred rows at a time.

What xhtml2pdf holds of a table while it reads grows with its rows, so a ledger of thousands is cut
between rows and the tables are joined again. This works on the text of our own templates: what
people typed is escaped, so that every tag is the template's, and no table stands within another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

MOST_ROWS = 200
_TABLE = re.compile(r"(<table[^>]*>)(.*?)</table>", re.DOTALL)
_ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
_REPEATED = re.compile(r'\brepeat="(\d+)"')
_ENDS = "</table></body></html>"


class Part(NamedTuple):
    """A document of its own; `goes_on`: it begins with further rows of the table before, after the
    same head."""

    html: str
    goes_on: bool = False


def parts(html: str) -> Iterator[Part]:
    """The document in parts with no table of more than MOST_ROWS rows and its head."""
    begins = html[: html.find("<body>") + len("<body>")] if "<body>" in html else ""
    goes_on = False
    while begins and (found := _long_table(html)):
        tag, rows = found.group(1), _ROW.findall(found.group(2))
        head = rows[: _heads(tag)]
        kept, rest = rows[:MOST_ROWS], rows[MOST_ROWS:]
        yield Part(f"{html[: found.start()]}{tag}{''.join(kept)}{_ENDS}", goes_on)
        while len(rest) > MOST_ROWS:
            kept, rest = rest[:MOST_ROWS], rest[MOST_ROWS:]
            yield Part(f"{begins}{tag}{''.join([*head, *kept])}{_ENDS}", goes_on=True)
        html = f"{begins}{tag}{''.join([*head, *rest])}</table>{html[found.end() :]}"
        goes_on = True
    yield Part(html, goes_on)


def _long_table(html: str) -> re.Match[str] | None:
    for found in _TABLE.finditer(html):
        if found.group(2).count("</tr>") > MOST_ROWS + _heads(found.group(1)):
            return found
    return None


def _heads(tag: str) -> int:
    repeated = _REPEATED.search(tag)
    return int(repeated[1]) if repeated else 0
