"""The documents say what is: their tables are made from the code, their links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from docs import build
from portal.cli import main
from portal.rulebook import pages

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "README.zh-CN.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
RUN = re.compile(r"python3 run\.py(?:[ \t]+([a-z]\S*))?")
# At the head of a line of code, after a path, or after "or" in a comment.
PORTAL = re.compile(
    r"(?:^|bin/|or: |或 )portal[ \t]+([a-z]+(?:-[a-z]+)*)(?:[ \t]+([a-z]+))?", re.MULTILINE
)
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
PATH = re.compile(r"`((?:portal|jobs|migrations|docs|bench|tests)/[\w./-]+)`")


def test_commands_are_found_in_pages() -> None:
    """The patterns find what they are for."""
    text = (
        "portal doctor  # a check\nrq worker  # or: portal worker\n/x/bin/portal admin create --a"
    )
    assert PORTAL.findall(text) == [("doctor", ""), ("worker", ""), ("admin", "create")]
    assert RUN.findall("python3 run.py\npython3 run.py bench\npython3 run.py --port 1") == [
        "", "bench", "",
    ]  # fmt: skip


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def code_of(page: Path) -> str:
    """What a page gives as code, a line a piece."""
    return "\n".join(part.strip("`") for part in CODE.findall(page.read_text(encoding="utf-8")))


def test_settings_table_is_up_to_date() -> None:
    """docs/deploy.md names every variable that the portal reads."""
    page = build.DEPLOY.read_text(encoding="utf-8")
    assert page == build.with_settings(page), "run `python3 run.py docs`"


def test_settings_without_marks_are_refused() -> None:
    """A page that lost its marks is not silently left as it was."""
    with pytest.raises(ValueError, match="marks"):
        build.with_settings("# no marks\n")


@pytest.mark.parametrize("name", sorted(pages.PAGES))
def test_made_pages_are_up_to_date(name: str) -> None:
    """docs/rulebook.md and docs/glossary.md are what the data say."""
    assert (build.DOCS / name).read_text(encoding="utf-8") == pages.PAGES[name]()


def anchors(page: Path) -> set[str]:
    """The anchors of a page: those written out, and its headings as links name them."""
    text = page.read_text(encoding="utf-8")
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
    return slugs | set(re.findall(r'<a id="([^"]+)">', text))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_resolve(page: Path) -> None:
    """Every link within the project leads to a file that is there, and to an anchor in it."""
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = unquote(target).partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), f"{named(page)}: {target}"
        if anchor:
            assert anchor in anchors(found), f"{named(page)}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_places_in_the_code_exist(page: Path) -> None:
    """A page that names a file names one that is there."""
    for place in PATH.findall(page.read_text(encoding="utf-8")):
        assert (ROOT / place).exists(), f"{named(page)}: {place}"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_commands_of_run_exist(page: Path) -> None:
    """Every `python3 run.py X` is a command of run.py."""
    import run

    known = {"up", "test", "lint", "help"} | {
        name for name, (module, _) in run.TOOLS.items() if run.module_exists(module)
    }
    for command in RUN.findall(code_of(page)):
        assert not command or command in known, f"{named(page)}: run.py {command}"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_commands_of_portal_exist(page: Path) -> None:
    """Every `portal X` is a command of the console script, `portal X Y` of its group."""
    context = click.Context(main)
    for first, second in PORTAL.findall(code_of(page)):
        command = main.get_command(context, first)
        assert command is not None, f"{named(page)}: portal {first}"
        if isinstance(command, click.Group):
            assert command.get_command(context, second), f"{named(page)}: portal {first} {second}"


def test_every_reading_has_a_page() -> None:
    """P1 to P40 each lead to a page that names them."""
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (P\d+) \|.*\((\S+\.md)\) \|$", index, re.MULTILINE))
    assert set(rows) == {f"P{number}" for number in range(1, 41)}
    for reading, page in rows.items():
        text = (ROOT / "docs/decisions" / page).read_text(encoding="utf-8")
        assert re.search(rf"\b{reading}\b", text), f"{page} does not name {reading}"


def test_every_decision_is_listed() -> None:
    """No page of docs/decisions is missing from its index; numbers are given once."""
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    found = [page.name for page in sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))]
    assert [name for name in found if f"({name})" not in index] == []
    assert len({name[:4] for name in found}) == len(found)
