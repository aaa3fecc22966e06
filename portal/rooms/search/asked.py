"""What is searched for, read once: words, letters of pinyin, a number."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from portal.accounts.pinyin import INTERPUNCT, normalise_name
from portal.forms import clean
from portal.readings import letters_of
from portal.rulebook import numbering
from portal.rulebook.numbering import Sought

LONGEST = 100
MOST_WORDS = 5


class Word(NamedTuple):
    """One word of the query: as typed with one kind of ·, and its letters if it can be pinyin."""

    text: str
    letters: str

    @property
    def spellings(self) -> tuple[str, ...]:
        """How it may stand in a text: the · of a name is ignored (SPEC §8.9)."""
        return tuple(dict.fromkeys((self.text, self.plain)))

    @property
    def plain(self) -> str:
        """Without any ·."""
        return self.text.replace(INTERPUNCT, "")


class Asked(NamedTuple):
    """A query: the whole of it, its words (all must be met), the number it may be."""

    text: str
    words: tuple[Word, ...]
    number: Sought | None

    def __bool__(self) -> bool:
        """Whether anything is asked."""
        return bool(self.words)


def read(typed: str | None, doc_words: Collection[str]) -> Asked:
    """Read a query as it was typed; `doc_words` are the college's 代字. Never an error: what
    nobody can type is left out, what is too long cut off."""
    text = normalise_name(" ".join(clean(typed)[:LONGEST].split()))
    words = [Word(word, letters_of(word)) for word in text.split() if word.strip(INTERPUNCT)]
    together = letters_of(text)
    if len(words) > 1 and together:  # 「ze ren」 is one word of two syllables
        words = [Word(text, together)]
    return Asked(text, tuple(words[:MOST_WORDS]), numbering.sought(text, doc_words))
