"""事项 and 办理要求 from the words of a matter: the heading, or what is to be finished."""

from __future__ import annotations

import re
from typing import Final

TITLE_LENGTH: Final = 60
REQUIREMENT_LENGTH: Final = 300
ABOUT: Final = re.compile(r"^(?:研究|审议|听取|讨论)?(?:了)?关于")
ENDING: Final = re.compile(r"(?:的)?(?:有关)?(?:事宜|事项|问题|情况|议题|工作)$")
OPENING: Final = re.compile(
    r"^(?:会议|会上)?(?:研究)?(?:一致)?"
    r"(?:决定|要求|明确|强调|指出|同意|议定|审议通过了?|原则通过|原则同意)"
    r"(?:[，：、,:]|由)?"
)
SHORTEST: Final = 4
CHARGED: Final = re.compile("负责|牵头")
SAID: Final = re.compile(r"^会议(?:决定|要求|明确|强调|议定)[，：,:]\s*")
DOING: Final = re.compile(
    r"(?:完成|落实|做好|制定|开展|推进|组织|印发|建立|整改|清查|办理|报送|提出|加强|修订|启动|编制|排查|维护|对接)"
)


def title_of(heading: str, sentences: tuple[str, ...]) -> str:
    """The heading without 「关于」 and 「工作」; without one, what the first sentence asks for.
    At most 60 characters, cut at a comma if there is one."""
    if heading:
        plain = ABOUT.sub("", heading.strip("。；： "), count=1)
        return _cut(_without_ending(plain))
    return _cut(_done(sentences[0]) if sentences else "")


def _without_ending(title: str) -> str:
    shorter = ENDING.sub("", title)
    return shorter if len(shorter) >= SHORTEST else title


def _done(sentence: str) -> str:
    plain = OPENING.sub("", sentence.rstrip("。！？；"), count=1)
    found = DOING.search(plain)
    if found is None:
        return plain
    clause = _clause(plain[found.start() :])
    return clause if len(clause) >= SHORTEST else _clause(CHARGED.split(plain)[-1])


def _clause(words: str) -> str:
    return re.split("[，；]", words, maxsplit=1)[0]


def _cut(title: str) -> str:
    if len(title) <= TITLE_LENGTH:
        return title
    head = title[:TITLE_LENGTH]
    stops = [head.rfind(sign) for sign in "，、；"]
    return head[: max(stops)] if max(stops) >= TITLE_LENGTH // 3 else head


def requirement_of(sentences: tuple[str, ...]) -> str:
    """The sentences that charge somebody, at most 300 characters; a sentence is not cut in two
    unless it is the first."""
    kept = ""
    for number, said in enumerate(sentences):
        sentence = SAID.sub("", said, count=1) if number == 0 else said
        if kept and len(kept) + len(sentence) > REQUIREMENT_LENGTH:
            break
        kept += sentence
    return kept[:REQUIREMENT_LENGTH]
