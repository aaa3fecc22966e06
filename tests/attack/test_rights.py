"""What the web's role may write, spoken in SQL by somebody with an honest proof of his own: a file
for himself and for nobody else, and nothing deleted that the portal never deletes.
"""

from __future__ import annotations

import pytest

from portal.embedded import connect
from tests.attack.test_spoken import identity, speaking, told
from tests.attack.world import DRAFTER, STRANGERS, World

ATTACKER = STRANGERS[1]
DELETED = {
    "batch": {"portal_web"},
    "calendar_feed": {"portal_web"},
    "delivery": {"portal_worker"},
    "feedback_point": {"portal_web", "portal_worker"},
    "inspection_member": {"portal_web", "portal_worker"},
    "item_mark": {"portal_web"},
    "item_member": {"portal_web", "portal_worker"},
    "item_unit": {"portal_web", "portal_worker"},
    "item_template": {"portal_web"},
    "kept_workbook": {"portal_web", "portal_worker"},
    "ledger_view": {"portal_web"},
    "message": {"portal_worker"},
    "milestone": {"portal_web", "portal_worker"},
    "own_phrase": {"portal_web"},
    "scan_batch": {"portal_worker"},
    "scan_file": {"portal_worker"},
    "scan_sheet": {"portal_worker"},
    "sign_in_failure": {"portal_web", "portal_worker"},
    "typed_text": {"portal_web", "portal_worker"},
    "unsealed": {"portal_worker"},
}
"""What may be deleted: an address of the calendar that was revoked, lights, marks, handlers, the
team of a 督查方案 that is written anew, units of a draft, plans, wrong passwords, texts that were
sent; by an administrator tables handed in; by a worker what it has sealed, scans and messages whose
time is over (decision 0095)."""
EXPORT = (
    "INSERT INTO ledger_export (public_id, query, state, asked_by_id, asked_at, tries, done, total,"
    " readers, sha256) VALUES (gen_random_uuid(), '', '{state}', {by}, now(), 0, 0, 0,"
    " '{readers}', {sha256}) RETURNING 'written'"
)
SHEET = (
    "INSERT INTO document (item_id, public_id, kind, as_of_id, state, asked_by_id, asked_at, tries,"
    " sha256) SELECT {own}, gen_random_uuid(), 'other', max(id), '{state}', {by}, now(), 0,"
    " {sha256} FROM event WHERE item_id = {own} RETURNING 'written'"
)
LIST = (
    "INSERT INTO signing_list (public_id, signer_id, slot_ids, item_ids, key, asked_by_id,"
    " asked_at, listed_on, state, tries, readers, sha256)"
    " VALUES (gen_random_uuid(), 1, '{{}}', '{{}}', gen_random_uuid(), {by}, now(), now(),"
    " '{state}', 0, '{readers}', {sha256})"
    " RETURNING 'written'"
)
YEAR = (
    "INSERT INTO year_package (public_id, year, item_ids, asked_by_id, asked_at, state, tries,"
    " done, total, readers, sha256) VALUES (gen_random_uuid(), 2026, '{{}}', {by}, now(),"
    " '{state}', 0, 0, 0, '{readers}', {sha256}) RETURNING 'written'"
)
PACKAGE = (
    "INSERT INTO archive_package (item_id, public_id, unit_id, as_of_id, version, state,"
    " asked_by_id, asked_at, tries, done, total, sha256) SELECT id, gen_random_uuid(),"
    " lead_unit_id, (SELECT min(id) FROM event WHERE item_id = {own}), 99, '{state}', {by}, now(),"
    " 0, 0, 0, {sha256} FROM item WHERE id = {own} RETURNING 'written'"
)
CASES = {
    "his own": ({}, True),
    "another's": ({"by": "{other}"}, False),
    "another's, for both": ({"by": "{other}", "readers": "{{{mine},-{other}}}"}, False),
    "his own, for both": ({"readers": "{{{mine},-{other}}}"}, False),
    "made already, of bytes of others": ({"state": "made", "sha256": "'0'"}, False),
    "bytes of others": ({"sha256": "'0'"}, False),
}


@pytest.mark.parametrize(
    ("statement", "given", "works"),
    [
        *(
            (statement, given, works)
            for statement in (EXPORT, YEAR)
            for given, works in CASES.values()
        ),
        # A sheet and a package take the readers of their item, a list those of the office.
        *(
            (statement, given, works)
            for statement in (SHEET, LIST, PACKAGE)
            for given, works in CASES.values()
            if "readers" not in given
        ),
    ],
)
def test_a_file_is_asked_for_as_oneself(
    world: World, statement: str, given: dict[str, str], works: bool
) -> None:
    """A worker makes it through the eyes of whom the row names."""
    people = {"mine": -world.ids[ATTACKER], "other": world.ids[DRAFTER]}
    plain = {"state": "asked", "sha256": "NULL", "by": "{me}", "readers": "{{{mine}}}"}
    filled = {
        name: value.format(**people, me=-people["mine"])
        for name, value in {**plain, **given}.items()
    }
    with speaking(world.servers.database_url, identity(world, ATTACKER)) as raw:
        heard = told(raw, [statement.format(**filled, own=world.own)])
    assert ("written" in heard) == works, heard


@pytest.mark.parametrize("table", ["ledger_export", "signing_list", "year_package"])
@pytest.mark.parametrize("column", ["asked_by_id = 1", "state = 'asked'", "sha256 = '0'"])
def test_what_was_asked_for_is_not_changed_by_the_web(
    world: World, table: str, column: str
) -> None:
    with speaking(world.servers.database_url, identity(world, ATTACKER)) as raw:
        assert "permission denied" in told(raw, [f"UPDATE {table} SET {column}"])  # noqa: S608 - of the list above


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("sha256 = '0'", "permission denied"),
        ("as_of_id = 1", "permission denied"),
        ("state = 'asked' WHERE state <> 'failed' RETURNING 'written'", ""),
    ],
)
def test_a_package_that_is_signed_for_is_not_changed_by_the_web(
    world: World, change: str, said: str
) -> None:
    """Only one that failed is asked for again."""
    with speaking(world.servers.database_url, identity(world, ATTACKER)) as raw:
        heard = told(raw, [f"UPDATE archive_package SET {change}"])  # noqa: S608 - of the list above
    assert said in heard
    assert "written" not in heard


def test_only_what_the_portal_deletes_can_be_deleted(world: World) -> None:
    """A table that comes later is in the list above, or has no right to delete."""
    with connect(world.servers.owner_url) as raw:
        rows = raw.execute(
            "SELECT table_name, grantee FROM information_schema.role_table_grants WHERE"
            " privilege_type = 'DELETE' AND grantee IN ('portal_web', 'portal_worker')"
        ).fetchall()
    found: dict[str, set[str]] = {}
    for table, role in rows:
        found.setdefault(table, set()).add(role)
    assert found == DELETED


def test_a_part_waits_for_who_is_changing_the_readers(world: World) -> None:
    """Else it would keep the readers that were just taken away."""
    url, drafter = world.servers.database_url, identity(world, DRAFTER)
    written = (
        f"INSERT INTO opinion (item_id, body, salt) VALUES ({world.own}, '', '') RETURNING readers"  # noqa: S608 - an id
    )
    with speaking(url, drafter) as holder, speaking(url, drafter) as raw:
        told(holder, [f"SELECT share_item({world.own}, '{{{-world.ids[DRAFTER]}}}')"])
        assert "lock timeout" in told(raw, ["SET LOCAL lock_timeout = '100ms'", written])


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("web", "UPDATE unit SET code = 'X'"),
        ("web", "UPDATE person SET emp_no = '1'"),
        ("web", "UPDATE appointment SET role = 'secretary'"),
        ("web", "UPDATE appointment SET valid_from = '2020-01-01'"),
        ("web", "UPDATE portfolio SET unit_id = 1"),
        ("web", "UPDATE admin_act SET reason = ''"),
        ("web", "DELETE FROM admin_act"),
        ("worker", "UPDATE person SET emp_no = '1'"),
        ("worker", "UPDATE appointment SET role = 'secretary'"),
        (
            "worker",
            "INSERT INTO admin_act (key, account_id, at, act, subject, subject_id, about, before,"
            " after, reason, address) SELECT gen_random_uuid(), 1, now(), '', '', 1, '', '{}',"
            " '{}', '', ''",
        ),
    ],
)
def test_of_the_organisation_is_written_what_the_portal_writes(
    world: World, role: str, statement: str
) -> None:
    """No row becomes another one, and no worker writes the log (decision 0111)."""
    urls = {"web": world.servers.database_url, "worker": world.servers.worker_url}
    with speaking(urls[role], {}) as raw:
        assert "permission denied" in told(raw, [statement])
