"""How Chinese text is read and found by its pinyin (SPEC §8.8): whole syllables, first letters, or
both mixed.

A text is kept as its syllables, each beginning with a capital: 「校园安全」 is "XiaoYuanAnQuan".
What is typed is a pattern over that, which may begin at any syllable and may leave the rest of
any syllable out: "anquan", "aq", "anq" and "aquan" all find it, "nquan" does not. The pattern
reads alike in PostgreSQL and in Python. Readings of phrases come from the dictionary (重庆 is
chongqing); names of persons have their own (accounts/pinyin.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

LONGEST: Final = 40
"""Letters of a query that are looked at."""
_TYPED: Final = re.compile(r"[a-z]{2,}")
# Where the dictionary reads a phrase of this region otherwise than people here do.
_PHRASES: Final = {"藏羌": [["zàng"], ["qiāng"]], "羌藏": [["qiāng"], ["zàng"]]}


def syllables(text: str) -> tuple[str, ...]:
    """What each character of the text adds to its reading: "Xiao" for 校; Latin letters stand as
    they are, a word's first one as a capital; signs and figures add nothing."""
    found: list[str] = []
    for reading in _read(text):
        plain = reading.lower()
        if not (plain.isascii() and plain.isalpha()):
            found.append("")
        elif len(plain) == 1 and _goes_on(text, len(found)):
            found.append(plain)
        else:
            found.append(plain.capitalize())
    return tuple(found)


def reading_of(text: str) -> str:
    """The whole reading as it is stored: 「校园安全」 is "XiaoYuanAnQuan"."""
    return "".join(syllables(text))


def letters_of(typed: str) -> str:
    """The letters of a query that can be pinyin, without blanks and in small ones: "ze ren" is
    "zeren"; "" for anything else, also for one letter alone."""
    plain = "".join(typed.lower().replace("ü", "v").replace("'", "").split())
    return plain[:LONGEST] if _TYPED.fullmatch(plain) else ""


def pattern_of(letters: str, *, from_start: bool = False) -> str:
    """The regular expression that finds a reading by what was typed (`letters_of`).

    `from_start`: only at the beginning of a reading, of which several may be parted by `|`.
    """
    begins = r"(?:^|\|)" if from_start else ""
    others = (f"(?:{one}|[a-z]*{one.upper()})" for one in letters[1:])
    return begins + letters[0].upper() + "".join(others)


def span_of(text: str, letters: str) -> tuple[int, int] | None:
    """Which characters of the text were meant: the first and the one after the last, or None."""
    read = syllables(text)
    found = re.search(pattern_of(letters), "".join(read))
    if found is None:
        return None
    ends, at = [], 0
    for syllable in read:
        at += len(syllable)
        ends.append(at)
    first = next(place for place, end in enumerate(ends) if end > found.start())
    last = next(place for place, end in enumerate(ends) if end >= found.end())
    return first, last + 1


def _goes_on(text: str, place: int) -> bool:
    """Whether a Latin letter follows another one of the same word."""
    return place > 0 and text[place - 1].isascii() and text[place - 1].isalpha()


def _read(text: str) -> list[str]:
    """A part a character."""
    return _dictionary()(text) if text else []


@lru_cache(maxsize=1)
def _dictionary() -> Callable[[str], list[str]]:
    """The dictionary, loaded when a text is first read: it takes a quarter of a second."""
    from pypinyin import Style, lazy_pinyin, load_phrases_dict

    load_phrases_dict(_PHRASES)

    def read(text: str) -> list[str]:
        # Characters without a reading come back one by one, so that the parts can be counted.
        return list(lazy_pinyin(text, Style.NORMAL, errors=list))  # type: ignore[arg-type]

    return read
