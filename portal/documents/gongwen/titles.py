"""Breaking a title into lines: whole words, 梯形 or 菱形 (GB/T 9704 7.3.1).

No dictionary of Chinese is at hand: most words have two characters, so within a stretch of text
a break after an even number of characters is taken to be one between words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from portal.documents.gongwen.places import ems
from portal.documents.typesetting.breaking import may_break

LONGEST_LINE: Final = 19.0  # characters of 二号 in 156 mm, with a little air
MOST_LINES: Final = 4
SHORTEST_LAST: Final = 4.0
OPENS, CLOSES = "“‘《（〔", "”’》）〕"
# Words of three and more characters, and such as a break by twos would cut.
WHOLE: Final = (
    "第一学期", "第二学期", "督办督查", "办公会", "党政办", "教职工", "委员会", "负责人",
    "可行性", "实训室", "图书馆", "校门口", "招生", "校区", "化学品", "事项", "落实", "情况",
    "关于", "的报告", "的通报", "的通知", "的意见", "的请示", "的方案",
)  # fmt: skip
NEVER_BEGINS: Final = "的了和与及等"
BESIDE_WORDS, EVEN, ODD, QUOTED = 0.5, 1.0, 3.0, 1.5  # costs of a break
HOURGLASS, SHORT_LAST, RECTANGLE = 6.0, 8.0, 1.0
WANTED_DIFFERENCE: Final = 4.0  # characters between the lines of a title of two
UNEVEN: Final = 0.15  # cost of a character more or less


def broken(title: str, room: float = LONGEST_LINE) -> tuple[str, ...]:
    """The lines of a title, none longer than `room` characters; a title of more than four lines
    as one, to be broken as text is."""
    title = "".join(title.split("\n"))
    if not room < ems(title) <= MOST_LINES * room:
        return (title,)
    costs = dict(_breaks(title))
    for count in range(2, MOST_LINES + 1):
        found = [
            (sum(costs[at] for at in places) + _shape([ems(line) for line in lines]), lines)
            for places in _ways(title, list(costs), room, count)
            for lines in [_cut(title, places)]
        ]
        if found:
            return min(found)[1]
    return (title,)


def _ways(
    title: str, places: Sequence[int], room: float, count: int, start: int = 0
) -> Iterator[tuple[int, ...]]:
    """The choices of places that give `count` lines from `start` on, each within the room."""
    if count == 1:
        yield ()
        return
    for number, at in enumerate(places):
        if ems(title[start:at]) > room:
            return
        if ems(title[at:]) <= room * (count - 1):
            for later in _ways(title, places[number + 1 :], room, count - 1, at):
                yield (at, *later)


def _cut(title: str, places: Sequence[int]) -> tuple[str, ...]:
    return tuple(title[a:b] for a, b in pairwise((0, *places, len(title))))


def _breaks(title: str) -> Iterator[tuple[int, float]]:
    """The places where the title may be broken, and what each costs."""
    inside, ends = _of_words(title)
    depth = begun = 0
    for at in range(1, len(title)):
        before, after = title[at - 1], title[at]
        depth += (before in OPENS) - (before in CLOSES)
        if at in ends or not before.isalpha() or before in NEVER_BEGINS:
            begun = at
        if at in inside or after in NEVER_BEGINS or not may_break(before, after):
            continue
        yield at, _cost(before, after, at - begun, at in ends) + QUOTED * (depth > 0)


def _cost(before: str, after: str, since: int, ends_word: bool) -> float:
    if before in CLOSES or after in OPENS or before in "、，：":
        return 0.0
    if ends_word:
        return BESIDE_WORDS
    return ODD if since % 2 else EVEN


def _of_words(title: str) -> tuple[set[int], set[int]]:
    """The places within a word of `WHOLE`, and those behind one."""
    inside: set[int] = set()
    ends: set[int] = set()
    for word in WHOLE:
        start = title.find(word)
        while start >= 0:
            inside.update(range(start + 1, start + len(word)))
            ends.add(start + len(word))
            start = title.find(word, start + 1)
    return inside, ends - inside


def _shape(widths: Sequence[float]) -> float:
    """What the outline costs: 梯形 and 菱形 nothing, an hourglass, a rectangle, a last line of a
    word or two more."""
    cost = SHORT_LAST * (widths[-1] < SHORTEST_LAST)
    cost += RECTANGLE * (max(widths) - min(widths) < 1)
    middle = widths[1:-1]
    cost += HOURGLASS * any(each < widths[0] and each < widths[-1] for each in middle)
    return cost + UNEVEN * abs(max(widths) - min(widths) - WANTED_DIFFERENCE)
