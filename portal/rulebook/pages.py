"""docs/rulebook.md and docs/glossary.md, written from the data the code reads.

`python -m portal.rulebook.pages docs` writes both; a test keeps them up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from portal.rulebook import glossary, text

GROUP_TITLES = {
    "concepts": "Concepts",
    "levels": "Levels 等级",
    "categories": "Categories 类别",
    "methods": "Methods 督办督查方式",
    "lights": "Lights",
    "buttons": "Buttons",
    "fields": "Fields",
    "states": "States of an item",
    "indicators": "Indicators",
    "menus": "Menus",
}


def rulebook_page() -> str:
    """The rule-book as Markdown, an anchor at every article, 项 and annex."""
    book = text.rulebook()
    parts = [f"# {book.title}"]
    for chapter in book.chapters:
        parts.append(f"## {chapter.label} {chapter.title}")
        for article in chapter.articles:
            parts.extend(_article(article))
    parts.extend(book.attachments)
    for annex in book.annexes:
        parts.extend(_annex(annex))
    return "\n\n".join([*parts, *book.issued]) + "\n"


def _article(article: text.Article) -> Iterator[str]:
    yield f'### <a id="a{article.number}"></a>{article.label}'
    yield from article.text.split("\n")
    for clause in article.clauses:
        anchor = f'<a id="a{article.number}-{clause.number}"></a>'
        yield f"{anchor}{clause.label}{clause.text}"


def _annex(annex: text.Annex) -> Iterator[str]:
    yield f'## <a id="annex-{annex.number}"></a>{annex.label}'
    yield f"**{annex.title}**"
    yield annex.number_line
    width = max(len(row) for row in annex.rows)
    rows = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in annex.rows]
    yield "\n".join([rows[0], f"|{' --- |' * width}", *rows[1:]])


def glossary_page() -> str:
    """The glossary as Markdown, a table a group."""
    parts = [
        "# Glossary",
        "The Chinese labels stand on the screen, letter for letter; the identifiers in the code. "
        "S: the word stands in the rule-book; J: chosen for the portal.",
    ]
    for name, terms in glossary.groups().items():
        parts.append(f"## {GROUP_TITLES[name]}")
        rows = [f"| {t.zh} | `{t.id}` | {t.meaning} | {t.origin} |" for t in terms]
        head = ["| Chinese label | identifier | meaning | |", "| --- | --- | --- | --- |"]
        parts.append("\n".join([*head, *rows]))
    return "\n\n".join(parts) + "\n"


PAGES = {"rulebook.md": rulebook_page, "glossary.md": glossary_page}


def write(folder: Path) -> None:
    """Write every page into `folder`."""
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
