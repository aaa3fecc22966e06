"""Attacks in SQL on a connection of the web's role, as somebody in its place could run them.

`{hidden}` is the inner id of the item, `{own}` of one the attacker knows of, `{address}` its id in
addresses, `{mark}` the word in all its texts, `{keys}` the drafter's keys. What an attack tells is
everything that comes back: rows, notices, errors.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Truth = Literal["drafter", "owner", "superuser"]
MARK = "{mark}"


class Attack(NamedTuple):
    """Statements run one after the other in one transaction.

    `tells` is what betrays the item when it comes back; `truth`: who gets it by the same attack,
    so that an attack that is no more one is noticed.
    """

    name: str
    statements: tuple[str, ...]
    tells: str = MARK
    truth: Truth = "drafter"


FORGED = "SELECT set_config('app.keys', '{keys}', true)"
SPOKEN = (
    # Reading in other words
    Attack("plain", ("SELECT title FROM item",)),
    Attack("whole row", ("SELECT item FROM item",)),
    Attack("json", ("SELECT to_jsonb(item) FROM item",)),
    Attack("by its address", ("SELECT 'it is' FROM item WHERE public_id = '{address}'",), "it is"),
    Attack("by its inner id", ("SELECT 'it is' FROM item WHERE id = {hidden}",), "it is"),
    Attack("by its number", ("SELECT 'it is' FROM item WHERE doc_seq = 1",), "it is"),
    Attack("by a word of it", ("SELECT 'it is' FROM item WHERE title LIKE '%{mark}%'",), "it is"),
    Attack("by its place", ("SELECT title FROM item WHERE ctid = ANY (ARRAY(SELECT"
        " format('(%s,%s)', p, t)::tid FROM generate_series(0, 9) p, generate_series(1, 99) t))",)),
    Attack("by its place among all", ("SELECT title FROM item ORDER BY id LIMIT 1 OFFSET 0",)),
    Attack("as a sample", ("SELECT title FROM item TABLESAMPLE SYSTEM (100)",)),
    Attack("in a CTE", ("WITH w AS MATERIALIZED (SELECT * FROM item) SELECT title FROM w",)),
    Attack("in a recursive CTE", ("WITH RECURSIVE w AS (SELECT id, title FROM item UNION"
        " SELECT id + 0, title FROM w) SELECT title FROM w",)),
    Attack("lateral", ("SELECT x.title FROM unit, LATERAL (SELECT title FROM item"
        " WHERE lead_unit_id = unit.id) x",)),
    Attack("from its parts", ("SELECT title FROM event JOIN item ON item.id = item_id",)),
    Attack("a part alone", ("SELECT body FROM opinion",)),
    Attack("outer join", ("SELECT title FROM unit LEFT JOIN item ON lead_unit_id = unit.id",)),
    Attack("scalar subquery", ("SELECT (SELECT title FROM item WHERE id = {hidden})",)),
    Attack("in an order", ("SELECT name FROM unit ORDER BY (SELECT 1 / (id - {hidden})"
        " FROM item WHERE id = {hidden})",), "division by zero"),
    Attack("in a CHECK of EXISTS", ("SELECT CASE WHEN EXISTS (SELECT FROM item WHERE id ="
        " {hidden}) THEN 'it is' END",), "it is"),
    Attack("as a window", ("SELECT first_value(title) OVER () FROM item WHERE id = {hidden}",)),
    Attack("as an aggregate", ("SELECT string_agg(title, '') FROM item",)),
    Attack("counted", ("SELECT 'it is' FROM item WHERE id = {hidden} HAVING count(*) > 0",),
           "it is"),
    # Reading by statements that are none
    Attack("COPY of a table", ("COPY item TO STDOUT",)),
    Attack("COPY of a part", ("COPY feedback TO STDOUT (FORMAT csv)",)),
    Attack("COPY of a query", ("COPY (SELECT title FROM item) TO STDOUT",)),
    Attack("a cursor", ("DECLARE c CURSOR FOR SELECT title FROM item", "FETCH ALL FROM c")),
    Attack("a cursor to scroll", ("DECLARE c SCROLL CURSOR FOR SELECT title FROM item",
        "MOVE ABSOLUTE 0 FROM c", "FETCH FORWARD ALL FROM c")),
    Attack("a prepared statement", ("PREPARE p AS SELECT title FROM item", "EXECUTE p")),
    Attack("a generic plan", ("SET LOCAL plan_cache_mode = force_generic_plan",
        "PREPARE q (text) AS SELECT title FROM item WHERE title LIKE $1", "EXECUTE q ('%')")),
    Attack("without indexes", ("SET LOCAL enable_indexscan = off",
        "SET LOCAL enable_bitmapscan = off", "SELECT title FROM item WHERE id = {hidden}")),
    Attack("without sequential scans", ("SET LOCAL enable_seqscan = off",
        "SELECT title FROM item WHERE id = {hidden}")),
    Attack("in parallel", ("SET LOCAL parallel_setup_cost = 0",
        "SET LOCAL parallel_tuple_cost = 0", "SET LOCAL min_parallel_table_scan_size = 0",
        "SELECT string_agg(title, '') FROM item")),
    Attack("EXPLAIN ANALYZE", ("EXPLAIN (ANALYZE, VERBOSE, COSTS OFF, TIMING OFF)"
        " SELECT title FROM item WHERE id = {hidden}",), r"on public\.item \(actual rows=1"),
    Attack("a block of code", ("DO $$ DECLARE t text; BEGIN FOR t IN SELECT title FROM item"
        " LOOP RAISE NOTICE '%', t; END LOOP; END $$",)),
    Attack("a query in a text", ("DO $$ DECLARE t text; BEGIN EXECUTE 'SELECT title FROM item"
        " WHERE id = $1' INTO t USING {hidden}; RAISE NOTICE '%', t; END $$",)),
    Attack("a query run by a function", ("SELECT word FROM ts_stat("
        "'SELECT to_tsvector(''simple'', title) FROM item')",)),
    Attack("UPDATE RETURNING", ("UPDATE item SET title = title RETURNING title",)),
    Attack("UPDATE of the readers", ("UPDATE item SET readers = readers || 0 WHERE id = {hidden}"
        " RETURNING title",)),
    Attack("DELETE RETURNING", ("DELETE FROM item_unit WHERE item_id = {hidden}"
        " RETURNING (SELECT title FROM item WHERE id = {hidden})",)),
    Attack("MERGE", ("MERGE INTO item USING (VALUES ({hidden}::bigint)) AS v (id)"
        " ON item.id = v.id WHEN MATCHED THEN UPDATE"
        " SET title = (1 / (item.id - {hidden}))::text",),
        "division by zero"),
    Attack("copied into one's own", ("INSERT INTO opinion (item_id, body, salt)"
        " SELECT {own}, title, '' FROM item WHERE id = {hidden} RETURNING body",)),
    Attack("FOR UPDATE", ("SELECT title FROM item WHERE id = {hidden} FOR UPDATE",)),
    Attack("FOR SHARE, past what is locked", ("SELECT title FROM item FOR SHARE SKIP LOCKED",)),
    # Reading by errors: what fails on a row, fails on rows one may not know of
    Attack("a cast that quotes", ("SELECT 1 FROM item WHERE id = {hidden} AND"
        " title::int = 1",)),
    Attack("a division", ("SELECT 1 FROM item WHERE 1 / (CASE WHEN title LIKE '{mark}%' THEN 0"
        " ELSE 1 END) = 1",), "division by zero"),
    Attack("a pattern that fails", ("SELECT 1 FROM item WHERE id = {hidden} AND"
        " substring(title FROM title || '(') = ''",), "invalid regular expression"),
    Attack("an error in a part", ("SELECT 1 FROM opinion WHERE item_id = {hidden} AND"
        " body::date > now()",)),
    # Becoming somebody else
    Attack("forged keys", (FORGED, "SELECT title FROM item")),
    Attack("forged keys for the session", ("SELECT set_config('app.keys', '{keys}', false)",
        "SELECT title FROM item")),
    Attack("forged keys by SET", ("SET LOCAL app.keys = '{keys}'", "SELECT title FROM item")),
    Attack("forged keys in the query", ("SELECT title FROM (SELECT set_config('app.keys',"
        " '{keys}', true) OFFSET 0) f, item",)),
    Attack("a forged reason", ("SELECT set_config('app.because', 'x', true)",
        "SELECT title FROM item"), truth="owner"),
    Attack("SET ROLE of the owner", ("SET ROLE portal_owner", "SELECT title FROM item"),
           truth="superuser"),
    Attack("SET ROLE of the worker", ("SET ROLE portal_worker", FORGED, "RESET ROLE",
        "SELECT title FROM item"), truth="superuser"),
    Attack("SET SESSION AUTHORIZATION", ("SET SESSION AUTHORIZATION portal_owner",
        "SELECT title FROM item"), truth="superuser"),
    Attack("row security switched off", ("SET LOCAL row_security = off",
        "SELECT title FROM item"), truth="owner"),
    Attack("the policies removed", ("ALTER TABLE item DISABLE ROW LEVEL SECURITY",
        "SELECT title FROM item"), truth="owner"),
    Attack("a policy of one's own", ("CREATE POLICY mine ON item USING (true)",
        "SELECT title FROM item"), truth="owner"),
    Attack("a function of one's own", ("CREATE FUNCTION f() RETURNS SETOF text LANGUAGE sql"
        " SECURITY DEFINER AS 'SELECT title FROM item'", "SELECT f()"), truth="owner"),
    Attack("a view of one's own", ("CREATE VIEW v AS SELECT title FROM item", "TABLE v"),
           truth="owner"),
    Attack("a table that inherits", ("CREATE TABLE heir () INHERITS (item)",
        "INSERT INTO heir SELECT * FROM item RETURNING title"), truth="owner"),
    Attack("a table before the real one", ("CREATE TEMP TABLE item (title text)",
        "SELECT 'made' FROM pg_temp.item HAVING count(*) = 0"), "made", "superuser"),
    Attack("a trigger of one's own", ("CREATE TRIGGER t BEFORE UPDATE ON opinion FOR EACH ROW"
        " EXECUTE FUNCTION take_readers()", "SELECT 'made'"), "made", "owner"),
    # What the database knows of its tables
    Attack("most common values", ("SELECT most_common_vals::text FROM pg_stats",),
           truth="superuser"),
    Attack("statistics themselves", ("SELECT stavalues1::text FROM pg_statistic",),
           truth="superuser"),
    Attack("last value of a sequence", ("SELECT 'last ' || last_value FROM item_id_seq",),
           r"last \d", "owner"),
    Attack("last values of all", ("SELECT 'last ' || last_value FROM pg_sequences WHERE"
        " sequencename IN ('item_id_seq', 'opinion_id_seq')",), r"last \d", "owner"),
    Attack("current value of a sequence", ("SELECT 'last ' || nextval('item_id_seq')",),
           r"last \d", "owner"),
    Attack("the seals", ("SELECT 'event ' || count(*) FROM seal",), r"event \d", "owner"),
    Attack("what awaits a seal", ("SELECT 'event ' || event_id FROM unsealed",), r"event \d",
           "owner"),
    Attack("the secret", ("SELECT 'pad ' || encode(inner_pad, 'hex') FROM gate_secret",),
           r"pad \w", "owner"),
    Attack("the server's files", ("SELECT 'read ' || pg_read_file('PG_VERSION')",), "read 1",
           "superuser"),
    Attack("the server's programs", ("COPY (SELECT 1) TO PROGRAM 'false'",),
           "program \"false\" failed", "superuser"),
)  # fmt: skip
