"""The rule-book stands in the portal letter for letter; references find their place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portal.rulebook import glossary, pages, phrases, text

ROOT = Path(__file__).parents[2]
ORIGINAL = (ROOT / "tests" / "data" / "rulebook.txt").read_text(encoding="utf-8")


def _letters(words: str) -> str:
    return re.sub(r"\s", "", words)


def test_page_is_the_original_letter_by_letter() -> None:
    page = re.sub(
        r'<a id="[a-z0-9-]+"></a>|^#+ |\*\*|\||^-+ ', "", pages.rulebook_page(), flags=re.M
    )
    page = re.sub(r"^ ?--- .*$", "", page, flags=re.M)
    original = re.sub(r"^- ", "", ORIGINAL, flags=re.M)
    # The annexes are printed before the two lines of issue in both.
    assert _letters(page) == _letters(original)


def test_articles_keep_the_spaces_of_the_original() -> None:
    for article in text.articles():
        paragraphs = [*article.text.split("\n"), *(clause.text for clause in article.clauses)]
        assert all(paragraph in ORIGINAL for paragraph in paragraphs)


def test_there_are_26_articles_in_8_chapters() -> None:
    assert [article.number for article in text.articles()] == list(range(1, 27))
    assert len(text.rulebook().chapters) == 8
    assert [article.label for article in text.articles()][17] == "第十八条"
    clauses = {article.number: len(article.clauses) for article in text.articles()}
    assert {n: k for n, k in clauses.items() if k} == {10: 4, 16: 7, 18: 5, 25: 3}


@pytest.mark.parametrize(
    ("ref", "label", "anchor"),
    [
        ("18(2)", "第十八条第（二）项", "a18-2"),
        ("18（二）", "第十八条第（二）项", "a18-2"),
        ("19", "第十九条", "a19"),
        ("2", "第二条", "a2"),
        ("10(4)", "第十条第（四）项", "a10-4"),
        ("20", "第二十条", "a20"),
        ("16(2)(3)", "第十六条第（二）、（三）项", "a16-2"),
        ("12, 16(1)", "第十二条、第十六条第（一）项", "a12"),
        ("A3", "附件3", "annex-3"),
    ],
)
def test_references(ref: str, label: str, anchor: str) -> None:
    assert text.ground_label(ref) == label
    assert text.ground_anchor(ref) == anchor
    assert f'id="{anchor}"' in pages.rulebook_page()


@pytest.mark.parametrize("ref", ["", "27", "0", "18(6)", "12(1)", "A4", "A1(1)", "18(", "第十八条"])
def test_references_to_nothing_are_refused(ref: str) -> None:
    with pytest.raises(ValueError, match="no "):
        text.references(ref)


def test_passage_is_the_item_only() -> None:
    assert text.passage("18(1)").startswith("一级事项：")
    assert "二级事项" not in text.passage("18(1)")
    assert "二级事项" in text.passage("18")


@pytest.mark.parametrize("name", sorted(pages.PAGES))
def test_pages_are_up_to_date(name: str) -> None:
    stored = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert stored == pages.PAGES[name](), "run: python -m portal.rulebook.pages docs"


def test_glossary_labels() -> None:
    assert glossary.label("fields", "deadline") == "完成时限"
    assert set(glossary.groups()) == set(pages.GROUP_TITLES)
    with pytest.raises(KeyError):
        glossary.label("fields", "nothing")


def test_phrases_are_sentences_without_exclamation() -> None:
    for step, texts in phrases.phrases().items():
        assert texts, step
        for phrase in texts:
            assert phrase.endswith(("。", "：")), phrase
            assert "！" not in phrase
