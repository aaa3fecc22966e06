"""Who is to do it: 由……牵头, ……会同……, ……配合 (第八条). A leader in charge may be named where the
unit should stand (第四条)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from portal.rooms.batches.minutes.units import Directory, Mention

BETWEEN: Final = re.compile(r"\s*(?:、|和|及|与|以及)\s*")
MORE: Final = r"(?:等)?(?:有关|相关)?(?:单位|部门)?"
LEADS: Final = re.compile(rf"{MORE}(?:共同)?(?:牵头|负责|主办|承办|具体)")
WITH: Final = re.compile(r"(?:会同|联合|商)")
HELPS: Final = re.compile(
    rf"{MORE}(?:要|应|须|做好)?(?:积极|密切|按职责|按职责分工)?(?:配合|协助|协办|参与|支持)"
)
SPOKEN_OF: Final = re.compile(r"(?:的|关于|提出|所|汇报|报告|拟定|起草)")
SPOKEN_TO: Final = re.compile(r"(?:与|向|对|报|经|送|听取了?|同意|审议)$")
BEGINS: Final = re.compile(r"(?:^|[，。：；,;:]|由|请|责成|明确)\s*$")
BY_LEADER: Final = r"(?P<name>{names})(?:同志|副书记|副院长|院长|书记)?(?:牵头|负责)"


class Duty(NamedTuple):
    """Lead and co-units (ids); names that no unit bears; those that were guessed at; the leader
    (id) who is named where the unit should stand."""

    lead: tuple[int, ...] = ()
    co: tuple[int, ...] = ()
    unknown: tuple[str, ...] = ()
    guessed: tuple[str, ...] = ()
    leader: int | None = None

    def __bool__(self) -> bool:
        return bool(self.lead or self.co or self.unknown or self.leader)

    def and_(self, more: Duty) -> Duty:
        """Both together: the first lead leads, every other unit helps."""
        lead = self.lead or more.lead
        rest = dict.fromkeys((*self.co, *more.co, *(more.lead if self.lead else ())))
        return Duty(
            lead,
            tuple(unit for unit in rest if unit not in lead),
            tuple(dict.fromkeys((*self.unknown, *more.unknown))),
            tuple(dict.fromkeys((*self.guessed, *more.guessed))),
            self.leader if self.leader is not None else more.leader,
        )


class Group(NamedTuple):
    """Units named in one breath (教务处、学工部), and where."""

    start: int
    end: int
    mentions: tuple[Mention, ...]

    @property
    def units(self) -> tuple[int, ...]:
        """Their ids, each once."""
        return tuple(dict.fromkeys(id_ for mention in self.mentions for id_ in mention.units))


def duty_of(sentence: str, directory: Directory, leaders: Mapping[str, int]) -> Duty:
    """What one sentence charges whom with; `leaders` are 校领导 by name."""
    found, last = Duty(leader=_leader(sentence, leaders)), None
    for group in _groups(sentence, directory):
        helping = last is not None and bool(WITH.fullmatch(sentence[last.end : group.start]))
        found = found.and_(_part(sentence, group, helping, bool(found.lead)))
        last = group
    return found


def _groups(sentence: str, directory: Directory) -> list[Group]:
    groups: list[Group] = []
    for mention in directory.mentions(sentence):
        last = groups[-1] if groups else None
        if last and BETWEEN.fullmatch(sentence[last.end : mention.start]):
            groups[-1] = Group(last.start, mention.end, (*last.mentions, mention))
        else:
            groups.append(Group(mention.start, mention.end, (mention,)))
    return groups


def _part(sentence: str, group: Group, helping: bool, led: bool) -> Duty:
    """What a group is charged with; `helping`: it is named after 会同."""
    before, after = sentence[: group.start], sentence[group.end :]
    named = Duty(
        unknown=tuple(mention.word for mention in group.mentions if not mention.units),
        guessed=tuple(mention.word for mention in group.mentions if mention.guessed),
    )
    if helping or HELPS.match(after):
        return named._replace(co=group.units)
    if LEADS.match(after) or WITH.match(after):
        return _led(named, group)
    if SPOKEN_OF.match(after) or SPOKEN_TO.search(before) or not BEGINS.search(before):
        return Duty()
    return named._replace(co=group.units) if led else _led(named, group)


def _led(named: Duty, group: Group) -> Duty:
    """The first of those in front leads (第八条: 一个牵头单位); an unknown first leaves it open."""
    first = group.mentions[0].units
    if not first:
        return named._replace(co=group.units)
    return named._replace(lead=first[:1], co=tuple(id_ for id_ in group.units if id_ != first[0]))


def _leader(sentence: str, leaders: Mapping[str, int]) -> int | None:
    if not leaders:
        return None
    names = "|".join(map(re.escape, leaders))
    found = re.search(BY_LEADER.format(names=names), sentence)
    return leaders[found["name"]] if found else None


def together(duties: Sequence[Duty]) -> Duty:
    """The duties of several sentences about one matter."""
    found = Duty()
    for duty in duties:
        found = found.and_(duty)
    return found
