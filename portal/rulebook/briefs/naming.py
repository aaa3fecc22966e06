"""第二十三条: units named beside words of criticism, for the office to look at. Pure.

It warns and never decides: whether a sentence criticises, people say (SPEC §6.4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

CRITICAL: Final = (
    "批评", "滞后", "不力", "逾期", "未按时", "未按期", "敷衍", "推诿", "扯皮", "拖延", "久拖",
    "不到位", "迟报", "漏报", "未报送", "不及时", "不重视", "不配合", "弄虚作假", "失实",
    "问责", "追责", "责令", "检讨", "整改", "落后", "较差", "缓慢",
)  # fmt: skip
"""Words that tell of a fault (第二十三至二十五条 and the language of such papers)."""
_SENTENCE: Final = re.compile(r"[^。；！？\n]+[。；！？]?")


class Named(NamedTuple):
    """A unit that stands in one sentence with a word of criticism."""

    unit_id: int
    unit: str
    word: str
    sentence: str


def named_critically(
    texts: Iterable[str], names: Mapping[int, tuple[str, ...]], criticised: Iterable[int] = ()
) -> list[Named]:
    """Every unit but those `criticised` that a sentence names beside such a word, each sentence
    once a unit. `names`: what a unit is called, its name for the list first."""
    left = {unit_id: called for unit_id, called in names.items() if unit_id not in set(criticised)}
    found = []
    for text in texts:
        for sentence in _SENTENCE.findall(text):
            word = next((one for one in CRITICAL if one in sentence), "")
            if word:
                found += [
                    Named(unit_id, called[0], word, sentence.strip())
                    for unit_id, called in left.items()
                    if any(name and name in sentence for name in called)
                ]
    return found
