"""第二十一条: functions of the owner's pass by the policies, so each asks for proven keys itself.

Called for a hidden item and for none, they answer a stranger alike; who may know gets another
answer, or the call would prove nothing.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from datetime import timedelta

import pytest

from portal.embedded import connect
from portal.rulebook.identity import array_of
from portal.rulebook.keys import ADMINISTRATORS_KEYS, OFFICE_KEYS
from tests.attack.test_spoken import identity, speaking, told
from tests.attack.world import DRAFTER, KEEPER, MARK, STRANGERS, World
from tests.conftest import ANCHOR
from tests.gate import say, saying

NOBODYS = 987_654_321
WORDS = "gen_random_uuid(), '甲', 'salt', 'digest', now()"
FUNCTIONS = {
    "forget_draft(bigint)": ("SELECT forget_draft({draft})", DRAFTER),
    "share_item(bigint,integer[])": ("SELECT share_item({hidden}, ARRAY[0])", DRAFTER),
    "next_report(bigint)": ("SELECT next_report({hidden})", DRAFTER),
    "extensions_told(bigint)": ("SELECT given FROM extensions_told({hidden})", DRAFTER),
    "kept_lists(date)": (
        "SELECT count(*) FROM kept_lists('{day}') WHERE item = '{address}'",
        KEEPER,
    ),
    "list_unseen(date,uuid,bigint,uuid,text,text,text,timestamp with time zone)": (
        f"SELECT list_unseen('{{day}}', '{{address}}', {{person}}, {WORDS})",
        KEEPER,
    ),
    "unlist_unseen(date,uuid,uuid,uuid,text,text,text,timestamp with time zone)": (
        f"SELECT unlist_unseen('{{day}}', '{{address}}', '{{entry}}', {WORDS})",
        KEEPER,
    ),
}
"""How each is called, and by whom it may be."""
OPEN = {
    "calendar_bearing()", "number_register()", "items_in_hand(bigint)", "items_led(bigint)",
    "ledger_digest(date)",
}  # fmt: skip
"""Tell whoever asks which numbers are used, which dates a calendar bears on, how many open items
hang on a person or a unit, and nothing else of the items; of sensitive ones no date either
(decisions 0062, 0086, 0117). What the ledger of a day hashes to: to who sees everything open
(decision 0141)."""

OF_OFFICES = {"decided_against(bigint)", "found_justified(bigint,bigint)"}
"""Answers who handles cases or drafts a 通报, by the keys of their offices (decision 0147):
tests/rulebook/test_cases.py, tests/rooms/accountability/test_evaluation.py; of what is hidden
below."""
OF_PLANS = {
    "plan_reader(bigint)", "plan_told(text,bigint)", "plan_sheet_told(text)",
    "lapse_plans(bigint,timestamp with time zone)",
}  # fmt: skip
"""Ask the caller's own proven keys, and answer of a hidden plan as of none (decision 0182):
tests/steps/inspection/test_before_approval.py."""

OF_CASES = {"last_link(bigint)", "case_notes(text)"}
"""The last seal of a case's log, to who knows of the case; whether the form that one sent oneself
was entered (decision 0170): tests/rulebook/test_cases_apart.py; of a hidden item below."""

OF_SPILLS = {
    "report_spill(uuid,bigint,text,uuid,timestamp with time zone)", "spill_files(uuid)",
    "decide_spill(uuid,bigint,text,uuid[],text,timestamp with time zone)",
}  # fmt: skip
"""Who knows of the item reports it in his own name, 机要保密员 decides (decision 0183): below."""

ADMINISTRATIVE = {
    "unit_bearing(bigint)": ("sys_admin", "SELECT led FROM unit_bearing(1)"),
    "audit_events(timestamp with time zone,timestamp with time zone,bigint,integer,integer)": (
        "auditor",
        "SELECT id FROM audit_events('2020-01-01', '2030-01-01', NULL, 1, 0)",
    ),
    "audit_views(timestamp with time zone,timestamp with time zone,bigint,integer,integer)": (
        "auditor",
        "SELECT id FROM audit_views('2020-01-01', '2030-01-01', NULL, 1, 0)",
    ),
}
"""Answer one administrator's key and nobody else's (decision 0111)."""


def test_no_other_function_runs_as_the_owner(world: World) -> None:
    """One that comes later is an attack until the table above has it."""
    with speaking(world.servers.database_url, {}) as raw:
        rows = raw.execute(
            "SELECT oid::regprocedure::text FROM pg_proc WHERE prosecdef"
            " AND has_function_privilege(oid, 'EXECUTE')"
        ).fetchall()
    known = FUNCTIONS.keys() | OPEN | OF_OFFICES | OF_PLANS | OF_CASES | OF_SPILLS
    assert {row[0] for row in rows} == known | ADMINISTRATIVE.keys()


def called(world: World, call: str, said: Mapping[str, str]) -> tuple[str, str]:
    """What a call answers for what is hidden, and for what nobody has."""
    hidden = {
        "draft": world.draft, "hidden": world.hidden, "address": world.address, "entry": world.entry
    }  # fmt: skip
    none = {"draft": NOBODYS, "hidden": NOBODYS, "address": uuid.uuid4(), "entry": uuid.uuid4()}
    answers = []
    for aims in (hidden, none):
        with speaking(world.servers.database_url, said) as raw:
            person = world.ids[STRANGERS[1]]
            answers.append(told(raw, [call.format(**aims, day=ANCHOR, person=person)]))
    return answers[0], answers[1]


@pytest.mark.parametrize("who", [*STRANGERS, "nobody", DRAFTER])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_only_who_may_is_answered(world: World, function: str, who: str) -> None:
    call, may = FUNCTIONS[function]
    hidden, free = called(world, call, identity(world, who))
    assert (hidden != free) == (who == may), (hidden, free)


@pytest.mark.parametrize("function", [name for name in FUNCTIONS if "(date" in name])
def test_the_day_of_an_office_is_not_the_callers_word(world: World, function: str) -> None:
    """Who kept the lists yesterday: the proof says which day it is (decision 0076)."""
    call, may = FUNCTIONS[function]
    yesterday = call.replace("{day}", str(ANCHOR - timedelta(days=1)))
    hidden, free = called(world, yesterday, identity(world, may))
    assert hidden == free


DECIDE = "SELECT decide_spill('{spill}', {who}, 'whole', '{{}}', '', now())"
FILES = "SELECT count(*) > 0 FROM spill_files('{spill}')"
REPORT = "SELECT report_spill('{address}', {who}, 'words', gen_random_uuid(), now())"


@pytest.mark.parametrize("who", [*STRANGERS, DRAFTER])
def test_a_spill_is_reported_by_who_knows_of_the_item(world: World, who: str) -> None:
    """In his own name; to others the item is as none."""
    for name in (who, "坤清祥" if who == DRAFTER else DRAFTER):
        call = REPORT.format(address=world.address, who=world.ids[name])
        with speaking(world.servers.database_url, identity(world, who)) as raw:
            said = told(raw, [call])
        assert said == ("('done',)" if name == who == DRAFTER else "('missing',)"), name


@pytest.mark.parametrize("who", [*STRANGERS, DRAFTER])
def test_a_spill_is_the_officers(world: World, who: str) -> None:
    """Nobody else reads the report, sees that there are files, or decides; nor in his name."""
    with speaking(world.servers.database_url, identity(world, DRAFTER)) as raw:
        told(raw, [REPORT.format(address=world.address, who=world.ids[DRAFTER])])
        say(raw, identity(world, KEEPER))
        ((spill,),) = raw.execute("SELECT public_id FROM spill").fetchall()
        say(raw, identity(world, who))
        reports = told(raw, ["SELECT count(*) FROM spill"])
        seen = told(raw, [FILES.format(spill=spill)])
        decided = [
            told(raw, [DECIDE.format(spill=spill, who=world.ids[name])]) for name in (who, KEEPER)
        ]
    if who == KEEPER:
        assert (reports, seen, decided) == ("(1,)", "(True,)", ["('done',)", "('ended',)"])
    else:
        assert (reports, seen, decided) == ("(0,)", "(False,)", ["('missing',)"] * 2)


ACCUSED = """WITH made AS (
    INSERT INTO accountability (public_id, item_id, unit_id, state, since, origin, raised_on,
        lead_note, justified, silent, deciding_body, minutes_no, grade, decision, ended_on)
    SELECT gen_random_uuid(), id, lead_unit_id, 'dropped', now(), 'system', current_date, false,
        true, false, '', '', '', '', current_date
    FROM item WHERE id = %s RETURNING id
), noted AS (
    INSERT INTO accountability_ground (case_id, criterion, occasion, noted_on)
    SELECT id, 'A23', 'attacked', current_date FROM made
)
INSERT INTO accountability_act (case_id, key, act, at, day, acting_as, to_state, address, to_unit,
    body, salt, digest, previous, link)
SELECT id, gen_random_uuid(), 'raise_clue', now(), current_date, 'system', 'clue', '', false, '',
    '', '', '', 'sealed' FROM made RETURNING case_id"""
"""A clue that was dropped as justified, on the lead unit."""
OF_ACCUSED = {
    "last_link": ("SELECT last_link({case})", "office_head"),
    "found_justified": (
        "SELECT found_justified(id, lead_unit_id) FROM item WHERE id = {item}",
        "hr",
    ),
}


@pytest.mark.parametrize("lists", [False, True])
@pytest.mark.parametrize("function", OF_ACCUSED)
def test_of_a_hidden_items_case_those_on_its_list_are_told(
    world: World, function: str, *, lists: bool
) -> None:
    """The key of the office alone does not do. A function of the owner's answers whoever calls it
    alike: by what the connection says of itself."""
    call, office = OF_ACCUSED[function]
    keys = {OFFICE_KEYS[office], *(world.keys[DRAFTER] if lists else ())}
    with connect(world.servers.owner_url) as raw, raw.transaction(force_rollback=True):
        ((case,),) = raw.execute(ACCUSED, (world.hidden,)).fetchall()
        say(raw, saying(keys))
        heard = told(raw, [call.format(case=case, item=world.hidden)])
    assert (
        heard
        == {
            "last_link": "('sealed',)" if lists else "(None,)",
            "found_justified": f"({lists},)",
        }[function]
    )


def test_no_keeper_lists_himself(world: World) -> None:
    call = next(call for name, (call, _may) in FUNCTIONS.items() if name.startswith("list_"))
    own = call.format(day=ANCHOR, address=world.address, person=world.ids[KEEPER])
    with speaking(world.servers.database_url, identity(world, KEEPER)) as raw:
        assert told(raw, [own]) == "('own',)"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_forged_keys_are_not_answered(world: World, function: str) -> None:
    """The keys of who may, under one's own proof."""
    call, may = FUNCTIONS[function]
    forged = {**saying(world.keys["坤建军"]), "keys": array_of(world.keys[may])}
    hidden, free = called(world, call, forged)
    assert hidden == free


@pytest.mark.parametrize("who", [*STRANGERS, "nobody", DRAFTER, *ADMINISTRATORS_KEYS])
@pytest.mark.parametrize("function", ADMINISTRATIVE)
def test_an_administrators_function_answers_him_alone(
    world: World, function: str, who: str
) -> None:
    """His key opens no row of an item, and no person of the college holds it."""
    may, call = ADMINISTRATIVE[function]
    key = ADMINISTRATORS_KEYS.get(who)
    said = saying({key}) if key is not None else identity(world, who)
    with speaking(world.servers.database_url, said) as raw:
        heard = told(raw, [call])
        seen = told(raw, ["SELECT count(*) FROM item"])
    assert (heard != "") == (who == may), heard
    assert key is None or seen == "(0,)"


def test_an_administrators_key_under_ones_own_proof_is_not_believed(world: World) -> None:
    forged = {**saying(world.keys["坤建军"]), "keys": array_of(ADMINISTRATORS_KEYS.values())}
    for _may, call in ADMINISTRATIVE.values():
        with speaking(world.servers.database_url, forged) as raw:
            assert told(raw, [call]) == ""


def test_the_auditor_is_told_no_number_of_what_is_sensitive(world: World) -> None:
    """SPEC §7.5 (11): a digest of the address, no title and no number."""
    call = "SELECT DISTINCT item FROM audit_events('2020-01-01', '2030-01-01', NULL, 10000, 0)"
    with speaking(world.servers.database_url, saying({ADMINISTRATORS_KEYS["auditor"]})) as raw:
        heard = told(raw, [call])
    digest = hashlib.sha256(str(world.address).encode()).hexdigest()[:8]
    assert f"敏感事项 {digest}" in heard
    assert MARK not in heard
