"""What is proposed of each matter of 会议纪要, for the drafter to tick and correct (SPEC §8.2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from portal.rooms.batches.minutes.dates import Term, level_for, term_of
from portal.rooms.batches.minutes.duties import Duty, duty_of, together
from portal.rooms.batches.minutes.heading import Heading, read_heading
from portal.rooms.batches.minutes.splitting import Section, split
from portal.rooms.batches.minutes.titles import requirement_of, title_of
from portal.rooms.batches.minutes.units import Directory, Unit
from portal.rulebook.policy import Policy

PASSED_ON: Final = ("通报", "传达", "学习")
"""A matter about these charges nobody, unless it names a unit."""
ASKING: Final = re.compile(r"会议(?:决定|要求|明确|强调|议定|同意)|责成|由\S{1,100}?(?:牵头|负责)")
HEARD: Final = re.compile(r"^会议(?:首先|还)?(?:听取|通报|传达|学习|认为|指出|观看|审阅)")


class Leader(NamedTuple):
    """校领导 of today: id, name, and the units of the portfolio in official order."""

    id: int
    name: str
    unit_ids: tuple[int, ...]


class Proposal(NamedTuple):
    """One matter: the words of the minutes it comes from, and the fields of a draft.

    `lead` None: left open. `notes`: what the drafter should look at, in sentences.
    """

    words: str
    title: str
    requirement: str
    lead: int | None
    co: tuple[int, ...]
    term: Term
    level: int
    notes: tuple[str, ...]


class Reading(NamedTuple):
    """What was read: the paper's head, the proposals in its order, what was passed over."""

    heading: Heading
    proposals: tuple[Proposal, ...]
    skipped: tuple[str, ...]


class Reader:
    """Reads one paper: the units and leaders of today, the policy, the college's name."""

    def __init__(
        self, units: Sequence[Unit], leaders: Sequence[Leader], policy: Policy, college: str
    ) -> None:
        self.directory = Directory(units)
        self.leaders = {leader.name: leader for leader in leaders}
        self._ids = {name: leader.id for name, leader in self.leaders.items()}
        self.policy, self.college = policy, college

    def read(self, text: str, today: date) -> Reading:
        """All of it. Dates are counted from the meeting's day if the paper says it, else today."""
        parts = split(text)
        heading = read_heading(parts.preamble, self.college)
        proposals: list[Proposal] = []
        skipped: list[str] = []
        for section, smaller in parts.sections:
            found = self._matters(section, smaller)
            if found:
                day = heading.day or today
                proposals += [self._propose(section, one, day, today) for one in found]
            else:
                skipped.append(section.words)
        return Reading(heading, tuple(proposals), tuple(skipped))

    def _matters(self, section: Section, smaller: Sequence[Section]) -> list[Section]:
        """The matters within one numbered part: as many as charge somebody; none if it is passed
        over (通报、传达、学习), or a paragraph without a number that asks nothing."""
        charging = [part for part in smaller if self._duty(part)]
        if len(charging) > 1:
            return charging
        if not self._duty(section):
            plain = section.heading or section.words
            passed = any(word in plain for word in PASSED_ON) and not self.directory.mentions(plain)
            return [] if passed or not _asks(section) else [section]
        return self._by_sentence(section) if not smaller else [section]

    def _by_sentence(self, section: Section) -> list[Section]:
        """「会议决定，由甲牵头…。会议要求，由乙牵头…。」 are two matters of one part."""
        starts = [
            number
            for number, sentence in enumerate(section.sentences)
            if ASKING.match(sentence) and self._of(sentence).lead
        ]
        leads = {self._of(section.sentences[start]).lead for start in starts}
        if len(leads) < 2:
            return [section]
        ends = [*starts[1:], len(section.sentences)]
        pieces = [section.sentences[begin:end] for begin, end in zip(starts, ends, strict=True)]
        return [Section("", piece, "".join(piece)) for piece in pieces]

    def _asked(self, section: Section) -> tuple[str, ...]:
        """The sentences from the first that charges or asks somebody on; without one all but what
        was only heard."""
        kept: list[str] = []
        for sentence in section.sentences:
            asks = bool(self._of(sentence)) or ASKING.match(sentence) is not None
            if asks or (kept and not HEARD.match(sentence)):
                kept.append(sentence)
        return tuple(kept) or tuple(
            sentence for sentence in section.sentences if not HEARD.match(sentence)
        )

    def _duty(self, section: Section) -> Duty:
        return together([self._of(sentence) for sentence in section.sentences])

    def _of(self, sentence: str) -> Duty:
        return duty_of(sentence, self.directory, self._ids)

    def _propose(self, whole: Section, section: Section, day: date, today: date) -> Proposal:
        duty = self._duty(section)
        sentences = self._asked(section)
        lead, co, notes = self._units(duty)
        said = term_of("".join(sentences), day, today)
        level, term = level_for(self.policy.levels, said, today, USUAL_LEVEL)
        heading = section.heading or (whole.heading if section is whole else "")
        return Proposal(
            words=section.words,
            title=title_of(heading, sentences),
            requirement=requirement_of(sentences),
            lead=lead,
            co=co,
            term=term,
            level=level,
            notes=(*notes, *term.notes),
        )

    def _units(self, duty: Duty) -> tuple[int | None, tuple[int, ...], list[str]]:
        """The lead unit, the co-units, and what is uncertain about them."""
        notes = [f"“{word}”不是本校现有单位，请核对后选择。" for word in duty.unknown] + [
            f"“{word}”按简称识别，请核对。" for word in duty.guessed
        ]
        if duty.lead:
            return duty.lead[0], duty.co, notes
        leader = next((one for one in self.leaders.values() if one.id == duty.leader), None)
        if leader is None or not leader.unit_ids:
            return None, duty.co, [*notes, "纪要未写明牵头单位，请选择。"]
        first, *others = leader.unit_ids
        said = f"纪要由{leader.name}牵头，牵头单位按分管范围拟为{self._short(first)}"
        more = f"（另分管{'、'.join(map(self._short, others))}）" if others else ""
        co = tuple(unit for unit in duty.co if unit != first)
        return first, co, [*notes, f"{said}{more}，请核对。"]

    def _short(self, unit_id: int) -> str:
        return self.directory.units[unit_id].short_name


USUAL_LEVEL: Final = 2
"""What the form of 立项 proposes as well."""


def _asks(section: Section) -> bool:
    return bool(section.heading) or any(ASKING.search(one) for one in section.sentences)


def units_named(typed: str, directory: Directory) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Units typed in one field, separated by 、 ， ; / or line breaks: ids, and what is none."""
    words = [word.strip() for word in re.split(r"[、，,；;/\n]+", typed) if word.strip()]
    found = [directory.resolve(word) for word in words]
    ids = dict.fromkeys(id_ for mention in found for id_ in mention.units)
    return tuple(ids), tuple(mention.word for mention in found if not mention.units)
