"""The build classifies every statement of a migration, and stops at one that it cannot classify."""
import pathlib
import shutil
import subprocess
import sys

import pytest

TREE = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TREE / "tools"))
import classify  # noqa: E402  (among the tools)

AE, SRE, SHARE, ROW = classify.ACCESS_EXCLUSIVE, classify.SHARE_ROW_EXCLUSIVE, classify.SHARE, classify.ROW_EXCLUSIVE
KNOWN = "CREATE TABLE users (id int); CREATE INDEX users_name ON users (id); CREATE TABLE keys (u int REFERENCES users);"


def judged(sql):
    classifier = classify.Classifier()
    classifier.learn(KNOWN)
    classifier.learn(sql)
    return classifier.statements(sql)


@pytest.mark.parametrize("sql, locks, hazards", [
    ("DROP TABLE keys", {"keys": AE, "users": AE}, {"DELETES_DATA", "ACQUIRES_ACCESS_EXCLUSIVE_LOCK"}),
    ("DROP INDEX users_name", {"users": AE}, {"INDEX_DROPPED", "ACQUIRES_ACCESS_EXCLUSIVE_LOCK"}),
    ("CREATE INDEX a ON public.users (id)", {"users": SHARE}, {"INDEX_BUILD", "ACQUIRES_SHARE_LOCK"}),
    ("CREATE TRIGGER t AFTER INSERT ON orgd.x EXECUTE FUNCTION f()", {"orgd.x": SRE}, {"ACQUIRES_SHARE_ROW_EXCLUSIVE_LOCK"}),
    ("CREATE TABLE a (b int REFERENCES users)", {"users": SRE}, {"ACQUIRES_SHARE_ROW_EXCLUSIVE_LOCK"}),
    ("ALTER TABLE keys ADD CONSTRAINT k FOREIGN KEY (u) REFERENCES users", {"keys": SRE, "users": SRE},
     {"ACQUIRES_SHARE_ROW_EXCLUSIVE_LOCK", "IMPACTS_DATABASE_PERFORMANCE"}),
    ("ALTER TABLE users DROP COLUMN id", {"users": AE}, {"DELETES_DATA", "ACQUIRES_ACCESS_EXCLUSIVE_LOCK"}),
    ("ALTER TABLE users DROP CONSTRAINT k", {"users": AE}, {"CORRECTNESS", "ACQUIRES_ACCESS_EXCLUSIVE_LOCK"}),
    ("ALTER TABLE users VALIDATE CONSTRAINT k", {"users": classify.SHARE_UPDATE_EXCLUSIVE}, {"IMPACTS_DATABASE_PERFORMANCE"}),
    ("DELETE FROM users WHERE id = 1", {"users": ROW}, {"DELETES_DATA", "IMPACTS_DATABASE_PERFORMANCE"}),
    ("WITH d AS (DELETE FROM keys RETURNING u) INSERT INTO users SELECT u FROM d", {"users": ROW, "keys": ROW},
     {"DELETES_DATA", "IMPACTS_DATABASE_PERFORMANCE"}),
    ("INSERT INTO users VALUES (1)", {"users": ROW}, set()),
    ("ANALYZE users", {"users": classify.SHARE_UPDATE_EXCLUSIVE}, {"IMPACTS_DATABASE_PERFORMANCE"}),
    ("TRUNCATE users", {"users": AE}, {"DELETES_DATA", "ACQUIRES_ACCESS_EXCLUSIVE_LOCK"}),
    ("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE", {"users": SRE}, {"ACQUIRES_SHARE_ROW_EXCLUSIVE_LOCK"}),
    ("GRANT SELECT ON users TO public", {}, {"AUTHZ_UPDATE"}),
    ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", {}, {"HAS_UNTRACKABLE_DEPENDENCIES"}),
    ("CREATE TEMPORARY TABLE t AS SELECT 1", {}, set()),
    ("-- hazards: NONE\nDO 'BEGIN END'", {}, set()),
    ("-- hazards: AUTHZ_UPDATE, DELETES_DATA\n-- locks: ACCESS EXCLUSIVE users, keys; ROW EXCLUSIVE a\nDO 'BEGIN END'",
     {"users": AE, "keys": AE, "a": ROW}, {"AUTHZ_UPDATE", "DELETES_DATA", "ACQUIRES_ACCESS_EXCLUSIVE_LOCK"}),
    ("SELECT pg_temp.change('r', 'ALTER TABLE users DROP COLUMN id', '')", {"users": AE},
     {"DELETES_DATA", "ACQUIRES_ACCESS_EXCLUSIVE_LOCK"}),
    ("SELECT pg_temp.add_constraint('r', 'keys', 'k', 'FOREIGN KEY (u) REFERENCES users')", {"keys": SRE, "users": SRE},
     {"ACQUIRES_SHARE_ROW_EXCLUSIVE_LOCK", "IMPACTS_DATABASE_PERFORMANCE"}),
])
def test_locks_and_hazards_of_statements(sql, locks, hazards):
    (statement,) = judged(sql)
    assert (statement.locks, statement.hazards) == (locks, hazards)


def test_tables_created_by_the_script_need_no_lock():
    made = judged("CREATE TABLE mine (id int); CREATE INDEX m ON mine (id); INSERT INTO mine SELECT 1 FROM users; DROP TABLE mine")
    assert [(statement.locks, statement.hazards) for statement in made] == [({}, set())] * 4


def test_a_table_that_may_have_existed_needs_locks():
    _, index = judged("CREATE TABLE IF NOT EXISTS mine (id int); CREATE INDEX IF NOT EXISTS m ON mine (id)")
    assert (index.locks, index.hazards) == ({"mine": SHARE}, {"INDEX_BUILD", "ACQUIRES_SHARE_LOCK"})


@pytest.mark.parametrize("sql, words", [
    ("DO 'BEGIN END'", "not to be seen"),
    ("-- a comment\nSELECT something()", "2: what this does is not to be seen"),
    ("SELECT pg_temp.change('r', format('DROP TABLE %s', t), '') FROM (SELECT 'users' AS t) x", "not to be seen"),
    ("-- hazards: HARMLESS\nDO 'BEGIN END'", "HARMLESS is not a hazard"),
    ("-- hazards: NONE\n-- locks: STRONG users\nDO 'BEGIN END'", "expected `-- locks:"),
    ("DROP INDEX nobody_knows", "nobody_knows"),
    ("ALTER TABLE users ENABLE ROW LEVEL SECURITY", "AT_EnableRowSecurity"),
    ("VACUUM users", "VACUUM cannot run"),
    ("ANALYZE", "has to name its tables"),
    ("CLUSTER users", "a ClusterStmt is nothing"),
    ("CREATE RULE r AS ON INSERT TO users DO NOTHING", "RuleStmt"),
])
def test_unknown_statements_are_refused(sql, words):
    with pytest.raises(classify.Unclassified, match=".*" + words.replace("(", r"\(")):
        judged(sql)


@pytest.mark.parametrize("sql", ["DELETE FROM users", "SELECT 1; SELECT 2", "SELECT * FROM users FOR UPDATE",
                                 "WITH d AS (DELETE FROM users RETURNING id) SELECT id FROM d", "SELECT 1 INTO x"])
def test_a_decision_only_reads(sql):
    with pytest.raises(classify.Unclassified):
        classify.check_read_only(sql)


def test_the_build_stops_and_names_the_place(tmp_path):
    chains = tmp_path / "chains"
    shutil.copytree(TREE / "chains", chains)
    last = sorted((chains / "orgd").glob("*.sql"))[-1]
    last.write_text(last.read_text(encoding="utf-8").replace("-- up\n", "-- up\nCLUSTER users;\n", 1), encoding="utf-8")
    done = subprocess.run(["/usr/bin/python3", TREE / "tools" / "chains2c.py", chains, tmp_path / "c", tmp_path / "d"],
                          capture_output=True, text=True)
    assert done.returncode == 1 and not (tmp_path / "c").exists()
    assert done.stderr.startswith(f"chains2c: orgd/{last.name[:12]}, up, line 1: a ClusterStmt"), done.stderr
