"""会议纪要 read: matters, units, dates and levels proposed, what charges nobody passed over."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.rooms.batches.minutes.duties import duty_of
from portal.rooms.batches.minutes.heading import read_heading
from portal.rooms.batches.minutes.proposing import ASKING, Proposal, units_named
from portal.rooms.batches.minutes.splitting import split
from portal.rooms.batches.minutes.titles import REQUIREMENT_LENGTH, TITLE_LENGTH
from tests.rooms.batches.college import COLLEGE, DIRECTORY, LEADERS, READER, SAMPLE, number

TODAY = date(2026, 11, 23)
LEADER_IDS = {leader.name: leader.id for leader in LEADERS}
FOUND = READER.read(SAMPLE["minutes_text"], TODAY)


def _proposals(text: str) -> tuple[Proposal, ...]:
    return READER.read(text, TODAY).proposals


def _term(one: Proposal) -> dict[str, Any]:
    if one.term.date is not None:
        return {"kind": "date", "date": one.term.date.isoformat()}
    if one.term.days is not None:
        return {"kind": "days", "days": one.term.days}
    return {"kind": "long_term" if one.term.kind == "open" else "none"}


@pytest.mark.parametrize(("place", "expected"), list(enumerate(SAMPLE["expected_drafts"])))
def test_the_sample_is_read_as_expected(place: int, expected: dict[str, Any]) -> None:
    """minutes_sample.json: units, date and level of every draft; the title is worded freely."""
    one = FOUND.proposals[place]
    assert one.lead == number(expected["lead"])
    assert set(one.co) == {number(unit) for unit in expected["co"]}
    assert _term(one) == expected["deadline"]
    assert one.level == expected["level_hint"]
    assert 0 < len(one.title) <= TITLE_LENGTH
    assert one.requirement in one.words.replace("\n", "")


def test_the_sample_holds_nothing_else() -> None:
    """As many as expected, and the 通报 is passed over; the head says which meeting it was."""
    assert len(FOUND.proposals) == len(SAMPLE["expected_drafts"])
    assert list(FOUND.skipped) == SAMPLE["skipped"]
    heading = FOUND.heading
    assert (heading.source_type, heading.source_ref, heading.day) == (
        "president_meeting", "院长办公会议纪要〔2026〕19号", date(2026, 11, 20),
    )  # fmt: skip


def test_a_leader_in_the_place_of_a_unit_is_asked_about() -> None:
    """Expected draft 5: proposed from the portfolio (第四条), and said so."""
    assert FOUND.proposals[4].notes == (
        "纪要由坤清祥牵头，牵头单位按分管范围拟为后勤国资处（另分管保卫处、智造建筑学院），请核对。",
    )


DUTIES = (
    # sentence, lead, co-units, unknown names
    ("由后勤国资处牵头，保卫处、学工部配合，月底前完成。", "U10", "U11 U05", ""),
    ("会议要求，教务处会同各二级学院做好准备。", "U06", "U13 U14 U15 U16 U17 U18", ""),
    ("由教务处、科研处共同负责。", "U06", "U07", ""),
    ("请招就处牵头，团委、计财处参与。", "U09", "U05 U08", ""),
    ("由院长办公室牵头，学工部配合。", "", "U05", "院长办公室"),
    ("由学工部牵头，校医院管理处协助。", "U05", "", "校医院管理处"),
    ("会议听取了后勤国资处关于供暖的汇报。", "", "", ""),
    ("会议同意教务处提出的方案。", "", "", ""),
    ("有关情况报党政办公室。", "", "", ""),
    ("由宣传统战部与组织人事部对接落实。", "U04", "U03", ""),
    ("各单位要高度重视，加强内部管理。", "", "", ""),
    ("由计划财务处牵头，与州财政局对接。", "U08", "", ""),
    ("由财务处负责。", "U08", "", ""),
    ("由后勤国自处负责。", "U10", "", ""),
    ("责成图书与信息中心三日内整改。", "U12", "", ""),
    ("由保卫处牵头、学工部配合，后勤国资处做好保障。", "U11", "U05 U10", ""),
)


@pytest.mark.parametrize(("sentence", "lead", "co", "unknown"), DUTIES)
def test_who_is_charged(sentence: str, lead: str, co: str, unknown: str) -> None:
    """第八条: one lead unit, any number of co-units; what is no unit is left open and named."""
    duty = duty_of(sentence, DIRECTORY, LEADER_IDS)
    assert duty.lead == ((number(lead),) if lead else ())
    assert set(duty.co) == {number(unit) for unit in co.split()}
    assert duty.unknown == ((unknown,) if unknown else ())


MATTERS = (
    # text, the leads of the matters in their order, passed over
    ("（一）由教务处牵头，本周五前完成。\n（二）由科研处负责，长期坚持。", "U06 U07", 0),
    ("1.由教务处牵头办理。\n2．由科研处负责办理。\n3、学习有关文件。", "U06 U07", 1),
    (
        "一、关于安全\n会议决定，由保卫处牵头，月底前排查。会议要求，由教务处牵头，年底前演练。",
        "U11 U06",
        0,
    ),
    ("一、关于安全\n（一）由保卫处牵头排查。\n（二）由教务处牵头演练。", "U11 U06", 0),
    ("一、关于安全\n由保卫处牵头。\n1.排查宿舍。\n2.排查食堂。", "U11", 0),
    ("一、传达学习上级会议精神。\n二、由教务处负责落实。", "U06", 1),
    ("一、通报学生工作部有关工作\n会议要求，学生工作部年底前总结。", "U05", 0),
    ("一、关于采购。会议决定，由计财处牵头，一周内完成。", "U08", 0),
    ("今天天气很好。\n大家讨论热烈。", "", 2),
    ("", "", 0),
)


@pytest.mark.parametrize(("text", "leads", "skipped"), MATTERS)
def test_where_a_matter_ends(text: str, leads: str, skipped: int) -> None:
    """一、 before （一） before 1.; within one part by 会议决定 and 会议要求."""
    found = READER.read(text, TODAY)
    assert [one.lead for one in found.proposals] == [number(unit) for unit in leads.split()]
    assert len(found.skipped) == skipped


LEVELS = (
    ("今天内", 1), ("三天内", 1), ("五天内", 3), ("一周内", 2), ("15天内", 2), ("一个月内", 3),
    ("两个月内", 4), ("11月26日前", 1), ("12月8日前", 2), ("12月23日前", 3), ("2027年6月底前", 4),
    ("长期推进，", 4), ("", 2),
)  # fmt: skip


@pytest.mark.parametrize(("words", "level"), LEVELS)
def test_the_level_follows_from_the_limit(words: str, level: int) -> None:
    """第十八条: the first level whose days hold it."""
    [one] = _proposals(f"一、由教务处牵头，{words}完成落实。")
    assert one.level == level


def test_a_day_is_counted_from_the_meeting_and_asked_about_when_it_has_passed() -> None:
    """「本周五」 of minutes of last week was last Friday."""
    [one] = _proposals("会议纪要\n时间：2026年11月18日\n一、由教务处牵头，本周五前完成。")
    assert one.term.date == date(2026, 11, 20)
    assert one.notes == ("2026年11月20日已过，请核对。",)


def test_of_several_dates_the_last_is_proposed_and_said_so() -> None:
    [one] = _proposals("一、由教务处牵头，11月27日前报方案，12月20日前完成。")
    assert one.term.date == date(2026, 12, 20)
    assert "纪要写有多个时限（11月27日前、12月20日前）" in one.notes[0]


def test_what_was_only_heard_or_agreed_to_is_not_asked_for() -> None:
    """办理要求 begins where somebody is charged; what follows belongs to it."""
    asked = [one.requirement for one in FOUND.proposals]
    assert asked[1].startswith("教务处会同各二级学院于12月20日前")
    [one] = _proposals(
        "一、关于校史馆\n会议听取了汇报。会议明确，年底前布展。由教务处牵头。注意质量。会议指出，很好。"
    )
    assert one.requirement == "年底前布展。由教务处牵头。注意质量。"


def test_a_matter_without_a_unit_is_open_and_marked() -> None:
    [one] = _proposals("一、关于校史馆建设\n会议决定，年底前完成布展。")
    assert one.lead is None
    assert one.notes == ("纪要未写明牵头单位，请选择。",)


TYPED = (
    ("教务处、科研处", "U06 U07", ""), ("教务处，科研处；学工部", "U06 U07 U05", ""),
    ("各二级学院", "U13 U14 U15 U16 U17 U18", ""), ("财务处", "U08", ""), ("", "", ""),
    ("教务处/院长办公室", "U06", "院长办公室"), ("教务处、教务处", "U06", ""),
)  # fmt: skip


@pytest.mark.parametrize(("typed", "units", "unknown"), TYPED)
def test_units_typed_in_one_field(typed: str, units: str, unknown: str) -> None:
    ids, none = units_named(typed, DIRECTORY)
    assert list(ids) == [number(unit) for unit in units.split()]
    assert none == ((unknown,) if unknown else ())


PIECES = st.sampled_from(
    ["一、", "（二）", "3.", "会议要求，", "由", "教务处", "、", "院长办公室", "牵头", "会同",
     "。", "\n", "11月底前", "长期", "坤清祥", "同志", "通报", "〔2026〕", "2026年13月40日", "　",
     "·", "𬭎", "("]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=200))
def test_whatever_is_pasted_is_read(text: str) -> None:
    """No words break the reader; what it proposes fits the form and stands in the paper."""
    found = READER.read(text, TODAY)
    for one in found.proposals:
        assert len(one.title) <= TITLE_LENGTH
        assert len(one.requirement) <= REQUIREMENT_LENGTH
        assert one.lead not in one.co
        assert one.level in (1, 2, 3, 4)
    lines = [line for raw in text.splitlines() if (line := " ".join(raw.split()))]
    parts = split(text)
    within = [word for section, _ in parts.sections for word in section.words.split("\n") if word]
    assert lines in ([*parts.preamble, *within], within)  # without numbers all of it may be matters


def test_patterns_look_a_bounded_way_ahead() -> None:
    """A page without a blank is read in a moment: no pattern runs to its end from every sign."""
    assert read_heading(["甲" * 50_000 + "纪要"], COLLEGE).source_ref == "甲" * 198 + "纪要"
    assert ASKING.search("由" + "甲" * 100 + "负责")
    assert not ASKING.search("由" + "甲" * 101 + "负责")
