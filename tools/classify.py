"""Finds the locks and hazards of each statement of a migration; refuses statements that it cannot classify.

Comments before a statement declare what the parser cannot see: `-- hazards: CODE, CODE` (or NONE), which DO, CALL and a SELECT
that stands alone must have, and `-- locks: MODE table, table; MODE table`. Declared locks and hazards are added to those that are
found.
"""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "check"))
import pg_query  # noqa: E402  (from tools/check)

HAZARDS = re.findall(r"^HAZARD\((\w+),", (pathlib.Path(__file__).resolve().parent.parent / "src" / "migrate" / "hazards.def")
                     .read_text(encoding="utf-8"), re.M)
MODES = ["", "ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE",
         "ACCESS EXCLUSIVE"]
ROW_EXCLUSIVE, SHARE_UPDATE_EXCLUSIVE, SHARE, SHARE_ROW_EXCLUSIVE, EXCLUSIVE, ACCESS_EXCLUSIVE = range(3, 9)
LOCK_HAZARDS = {SHARE: "ACQUIRES_SHARE_LOCK", SHARE_ROW_EXCLUSIVE: "ACQUIRES_SHARE_ROW_EXCLUSIVE_LOCK",
                ACCESS_EXCLUSIVE: "ACQUIRES_ACCESS_EXCLUSIVE_LOCK"}
# Forms of ALTER TABLE that take less than ACCESS EXCLUSIVE.
WEAKER = {"AT_ValidateConstraint": SHARE_UPDATE_EXCLUSIVE, "AT_SetStatistics": SHARE_UPDATE_EXCLUSIVE,
          "AT_SetOptions": SHARE_UPDATE_EXCLUSIVE, "AT_ResetOptions": SHARE_UPDATE_EXCLUSIVE,
          "AT_SetRelOptions": SHARE_UPDATE_EXCLUSIVE, "AT_ResetRelOptions": SHARE_UPDATE_EXCLUSIVE,
          "AT_EnableTrig": SHARE_ROW_EXCLUSIVE, "AT_DisableTrig": SHARE_ROW_EXCLUSIVE}
ALTERS = {"AT_AddColumn", "AT_AddConstraint", "AT_AlterConstraint", "AT_ColumnDefault", "AT_DropColumn", "AT_DropConstraint",
          "AT_DropNotNull", "AT_SetNotNull", "AT_AlterColumnType", *WEAKER}
# Statements on objects that only the script uses.
HARMLESS = {"CreateSchemaStmt", "CreateEnumStmt", "CreateExtensionStmt", "CreateSeqStmt", "VariableSetStmt", "ViewStmt",
            "AlterEnumStmt"}


class Unclassified(Exception):
    pass


class Statement:
    def __init__(self, sql, what):
        self.sql = sql
        self.what = what
        self.locks = {}
        self.hazards = set()

    def lock(self, table, mode):
        self.locks[table] = max(mode, self.locks.get(table, 0))


def named(parts):
    names = [part["String"]["sval"] for part in parts]
    return ".".join(names[1:] if names[0] == "public" and len(names) > 1 else names)


def table_of(relation):
    schema = relation.get("schemaname")
    return relation["relname"] if schema in (None, "public") else f"{schema}.{relation['relname']}"


def text_of(argument):
    """The text of a constant, NULL as "", with casts and concatenations of constants; None for anything else."""
    kind, node = next(iter(argument.items()))
    if kind == "A_Const":
        return node.get("sval", {}).get("sval", "")
    return text_of(node["arg"]) if kind == "TypeCast" else None


def is_temporary(relation):
    return relation.get("relpersistence") == "t" or relation.get("schemaname") == "pg_temp"


class Classifier:
    """Reads the scripts of all chains, to know the table of each index and foreign key."""

    def __init__(self):
        self.indexes = {}  # index: table
        self.references = {}  # table: tables

    def learn(self, sql):
        for tree, _, _ in pg_query.parse(sql):
            kind, node = next(iter(tree.items()))
            if kind == "IndexStmt":
                self.indexes[self.index_of(node)] = table_of(node["relation"])
            elif kind in ("CreateStmt", "AlterTableStmt"):
                for _, constraint in pg_query.nodes(node):
                    if constraint.get("contype") == "CONSTR_FOREIGN":
                        self.references.setdefault(table_of(node["relation"]), set()).add(table_of(constraint["pktable"]))

    @staticmethod
    def index_of(node):
        schema = node["relation"].get("schemaname")
        return node["idxname"] if schema in (None, "public") else f"{schema}.{node['idxname']}"

    def statements(self, sql):
        """The statements of one script, in order."""
        found = []
        made = set()  # created by the script itself: nobody else can see it yet
        for tree, text, line in pg_query.parse(sql):
            kind, node = next(iter(tree.items()))
            try:
                statement = self.classify(kind, node, text, made)
            except Unclassified as reason:
                raise Unclassified(f"{line + split(text)[0].count(chr(10)) + 1}: {reason}") from None
            found.append(statement)
        return found

    def classify(self, kind, node, text, made):
        comment, body = split(text)
        statement = Statement(body, "")
        declared = declarations(comment, statement)
        if kind in ("DoStmt", "CallStmt", "SelectStmt"):
            seen = kind == "SelectStmt" and self.helpers(node, statement)
            if not declared and not seen:
                raise Unclassified("what this does is not to be seen; write `-- hazards: CODE, ...` or `-- hazards: NONE` before it")
            statement.what = statement.what or {"DoStmt": "DO", "CallStmt": "CALL", "SelectStmt": "SELECT"}[kind]
        elif kind in HARMLESS:
            statement.what = " ".join(re.findall(r"[A-Za-z_.]+", body)[:3 if kind.startswith("Create") else 2])
        else:
            judge = getattr(self, f"_{kind}", None)
            if judge is None:
                raise Unclassified(f"a {kind} is nothing that tools/classify.py knows")
            judge(node, statement, made)
        self.inner(kind, node, statement)
        for table in list(statement.locks):
            if table in made:
                del statement.locks[table]
        if not statement.locks and not declared:  # nothing that others use
            statement.hazards -= {"INDEX_BUILD", "INDEX_DROPPED", "IMPACTS_DATABASE_PERFORMANCE"}
        if "pg_temp" in statement.what or statement.what.startswith(("CREATE TABLE decided_", "DROP TABLE pg_temp")):
            statement.what = ""
        statement.hazards |= {LOCK_HAZARDS[mode] for mode in statement.locks.values() if mode in LOCK_HAZARDS}
        return statement

    def helpers(self, node, statement):
        """Calls of the functions in chains/parts only; whether everything that they do is visible."""
        calls = [target["ResTarget"]["val"].get("FuncCall") for target in node.get("targetList", [])]
        if not calls or not all(call and call["funcname"][0]["String"]["sval"] == "pg_temp" for call in calls):
            return False
        return all([self.helper(call["funcname"][1]["String"]["sval"], call["args"], node, statement) for call in calls])

    def helper(self, name, arguments, node, statement):
        texts = [text_of(argument) for argument in arguments]
        inner = None
        if name == "change" and texts[1] is not None:
            inner = texts[1]
        elif name == "add_constraint" and None not in texts:
            inner = f"ALTER TABLE {texts[1]} ADD CONSTRAINT {texts[2]} {texts[3]}"
        elif name == "drop_foreign_keys" and texts[1]:
            inner = f"ALTER TABLE {texts[1]} DROP CONSTRAINT the_foreign_key"
        elif name == "relax":
            listed = [texts[1]] if texts[1] else [part["sval"] for kind, array in pg_query.nodes(node) if kind == "A_ArrayExpr"
                                                  for _, part in pg_query.nodes(array) if isinstance(part.get("sval"), str)]
            for table in listed:
                statement.lock(table, ACCESS_EXCLUSIVE)
            statement.what = f"ALTER TABLE {', '.join(listed)}"
            return bool(listed)
        elif name == "archive_undo":
            statement.hazards.add("IS_USER_GENERATED")
            statement.what = "what the archive keeps comes back"
            return True
        else:
            return name in ("archive_open", "keep_rows")
        if inner:
            for part in self.statements(inner):
                statement.what = part.what
                statement.hazards |= part.hazards
                for table, mode in part.locks.items():
                    statement.lock(table, mode)
        return True

    @staticmethod
    def inner(kind, node, statement):
        """INSERT, UPDATE and DELETE within WITH."""
        for inner, part in pg_query.nodes(node):
            if inner in ("InsertStmt", "UpdateStmt", "DeleteStmt") and not is_temporary(part["relation"]):
                statement.lock(table_of(part["relation"]), ROW_EXCLUSIVE)
                if inner == "DeleteStmt":
                    statement.hazards.add("DELETES_DATA")

    def _CreateStmt(self, node, statement, made):
        table = table_of(node["relation"])
        statement.what = f"CREATE TABLE {table}"
        if is_temporary(node["relation"]):
            made.add(table)
            return
        if not node.get("if_not_exists"):  # otherwise others may have it already
            made.add(table)
        for _, part in pg_query.nodes(node):
            if part.get("contype") == "CONSTR_FOREIGN":
                statement.lock(table_of(part["pktable"]), SHARE_ROW_EXCLUSIVE)

    def _CreateTableAsStmt(self, node, statement, made):
        relation = node["into"]["rel"]
        statement.what = f"CREATE TABLE {table_of(relation)} AS"
        made.add(table_of(relation))

    def _IndexStmt(self, node, statement, made):
        table = table_of(node["relation"])
        statement.what = f"CREATE INDEX {node['idxname']} ON {table}"
        statement.lock(table, SHARE_UPDATE_EXCLUSIVE if node.get("concurrent") else SHARE)
        statement.hazards.add("INDEX_BUILD")

    def _AlterTableStmt(self, node, statement, made):
        table = table_of(node["relation"])
        statement.what = f"ALTER TABLE {table}"
        for command in node["cmds"]:
            command = command["AlterTableCmd"]
            form = command["subtype"]
            constraint = command.get("def", {}).get("Constraint", {})
            if form not in ALTERS:
                raise Unclassified(f"ALTER TABLE of the form {form} is nothing that tools/classify.py knows")
            foreign = constraint.get("contype") == "CONSTR_FOREIGN"
            statement.lock(table, SHARE_ROW_EXCLUSIVE if foreign else WEAKER.get(form, ACCESS_EXCLUSIVE))
            for _, part in pg_query.nodes(command):
                if part.get("contype") == "CONSTR_FOREIGN":
                    statement.lock(table_of(part["pktable"]), SHARE_ROW_EXCLUSIVE)
            if form == "AT_DropColumn":
                statement.hazards.add("DELETES_DATA")
            if form in ("AT_DropConstraint", "AT_DisableTrig"):
                statement.hazards.add("CORRECTNESS")
            if form in ("AT_AddConstraint", "AT_SetNotNull", "AT_ValidateConstraint", "AT_AlterColumnType"):
                statement.hazards.add("IMPACTS_DATABASE_PERFORMANCE")
            if constraint.get("contype") in ("CONSTR_UNIQUE", "CONSTR_PRIMARY", "CONSTR_EXCLUSION"):
                statement.hazards.add("INDEX_BUILD")

    def _DropStmt(self, node, statement, made):
        kind = node["removeType"].removeprefix("OBJECT_")
        names = [self.dropped(entry) for entry in node["objects"]]
        statement.what = f"DROP {kind.replace('_', ' ')} {', '.join(names)}"
        if kind == "TABLE":
            for entry, name in zip(node["objects"], names):
                if name.startswith("pg_temp.") or name in made:
                    made.add(name)
                    continue
                statement.hazards.add("DELETES_DATA")
                statement.lock(name, ACCESS_EXCLUSIVE)
                for other in self.references.get(name, ()):
                    if other not in names:
                        statement.lock(other, ACCESS_EXCLUSIVE)
        elif kind == "INDEX":
            statement.hazards.add("INDEX_DROPPED")
            for name in names:
                if name not in self.indexes and not statement.locks:
                    raise Unclassified(f"the table of index {name} is not known; write `-- locks: ACCESS EXCLUSIVE table` before it")
                if name in self.indexes:
                    statement.lock(self.indexes[name], ACCESS_EXCLUSIVE)
        elif kind == "TRIGGER":
            statement.hazards.add("CORRECTNESS")
            for name in names:
                table, _, trigger = name.rpartition(".")
                statement.what = f"DROP TRIGGER {trigger} ON {table}"
                statement.lock(table, ACCESS_EXCLUSIVE)
        elif kind == "FUNCTION":
            statement.hazards.add("HAS_UNTRACKABLE_DEPENDENCIES")
        elif kind == "SCHEMA":
            if node.get("behavior") == "DROP_CASCADE":
                statement.hazards.add("DELETES_DATA")
        elif kind not in ("TYPE", "VIEW", "SEQUENCE", "EXTENSION"):
            raise Unclassified(f"DROP {kind} is nothing that tools/classify.py knows")

    @staticmethod
    def dropped(entry):
        kind, value = next(iter(entry.items()))
        if kind == "List":
            return named(value["items"])
        if kind == "TypeName":
            return named(value["names"])
        if kind == "ObjectWithArgs":
            return named(value["objname"])
        return value["sval"]

    def _write(self, verb, node, statement):
        relation = node["relation"]
        statement.what = f"{verb} {table_of(relation)}"
        if not is_temporary(relation):
            statement.lock(table_of(relation), ROW_EXCLUSIVE)
            if verb != "INSERT INTO" or "FROM" in statement.sql.upper():
                statement.hazards.add("IMPACTS_DATABASE_PERFORMANCE")

    def _InsertStmt(self, node, statement, made):
        self._write("INSERT INTO", node, statement)

    def _UpdateStmt(self, node, statement, made):
        self._write("UPDATE", node, statement)

    def _DeleteStmt(self, node, statement, made):
        self._write("DELETE FROM", node, statement)
        if table_of(node["relation"]) not in made:
            statement.hazards.add("DELETES_DATA")

    def _TruncateStmt(self, node, statement, made):
        statement.what = "TRUNCATE"
        for relation in node["relations"]:
            statement.lock(table_of(relation["RangeVar"]), ACCESS_EXCLUSIVE)
        statement.hazards.add("DELETES_DATA")

    def _VacuumStmt(self, node, statement, made):
        if node.get("is_vacuumcmd"):
            raise Unclassified("VACUUM cannot run in a transaction, and revisions are transactions")
        tables = [table_of(relation["VacuumRelation"]["relation"]) for relation in node.get("rels", [])]
        if not tables:
            raise Unclassified("ANALYZE has to name its tables")
        statement.what = f"ANALYZE {', '.join(tables)}"
        statement.hazards.add("IMPACTS_DATABASE_PERFORMANCE")
        for table in tables:
            statement.lock(table, SHARE_UPDATE_EXCLUSIVE)

    def _LockStmt(self, node, statement, made):
        tables = [table_of(relation["RangeVar"]) for relation in node["relations"]]
        statement.what = f"LOCK TABLE {', '.join(tables)}"
        for table in tables:
            if node["mode"] >= ROW_EXCLUSIVE:
                statement.lock(table, node["mode"])

    def _CreateTrigStmt(self, node, statement, made):
        table = table_of(node["relation"])
        statement.what = f"CREATE TRIGGER {node['trigname']} ON {table}"
        statement.lock(table, SHARE_ROW_EXCLUSIVE)

    def _CreateFunctionStmt(self, node, statement, made):
        statement.what = f"CREATE FUNCTION {named(node['funcname'])}"
        if not statement.what.startswith("CREATE FUNCTION pg_temp."):
            statement.hazards.add("HAS_UNTRACKABLE_DEPENDENCIES")

    def _AlterObjectSchemaStmt(self, node, statement, made):
        if node["objectType"] != "OBJECT_TABLE":
            statement.what = f"ALTER {node['objectType'].removeprefix('OBJECT_')} SET SCHEMA"
            return
        table = table_of(node["relation"])
        statement.what = f"ALTER TABLE {table} SET SCHEMA {node['newschema']}"
        statement.lock(table, ACCESS_EXCLUSIVE)

    def _RenameStmt(self, node, statement, made):
        if "relation" not in node:
            raise Unclassified("RENAME of anything but a table and what belongs to it is nothing that tools/classify.py knows")
        table = table_of(node["relation"])
        if node["renameType"] == "OBJECT_INDEX":
            statement.what = f"ALTER INDEX {table} RENAME"
            return
        statement.what = f"ALTER TABLE {table} RENAME"
        statement.lock(table, ACCESS_EXCLUSIVE)

    def _CommentStmt(self, node, statement, made):
        statement.what = "COMMENT"
        if node["objtype"] == "OBJECT_TABLE":
            statement.lock(named(node["object"]["List"]["items"]), SHARE_UPDATE_EXCLUSIVE)

    def _GrantStmt(self, node, statement, made):
        statement.what = "GRANT" if node.get("is_grant") else "REVOKE"
        statement.hazards.add("AUTHZ_UPDATE")


def split(text):
    """The comments before a statement, and the statement."""
    found = re.match(r"(?:\s+|--[^\n]*(?:\n|$)|/\*.*?\*/)*", text, re.S)
    return found.group(0), text[found.end():].rstrip()


def declarations(comment, statement):
    """Applies the declarations in the comments before a statement; returns whether its hazards are declared."""
    declared = False
    for key, value in re.findall(r"^\s*-- (hazards|locks): (.+?)\s*$", comment, re.M):
        if key == "hazards":
            declared = True
            codes = [] if value == "NONE" else re.split(r",\s*", value)
            for code in codes:
                if code not in HAZARDS:
                    raise Unclassified(f"{code} is not a hazard; src/migrate/hazards.def lists them")
            statement.hazards.update(codes)
            continue
        for part in re.split(r";\s*", value):
            mode = max((m for m in MODES if m and part.startswith(m + " ")), key=len, default=None)
            if mode is None or MODES.index(mode) < ROW_EXCLUSIVE:
                raise Unclassified(f"expected `-- locks: MODE table, table; MODE table`, MODE from ROW EXCLUSIVE to ACCESS EXCLUSIVE")
            for table in re.split(r",\s*", part[len(mode) + 1:]):
                statement.lock(table, MODES.index(mode))
    return declared


def check_read_only(sql):
    """Refuses a text that is not a single read-only SELECT."""
    trees = [tree for tree, _, _ in pg_query.parse(sql)]
    kinds = [kind for kind, _ in pg_query.nodes(trees)]
    if len(trees) != 1 or kinds[0] != "SelectStmt":
        raise Unclassified("a decision is one SELECT")
    for kind in kinds:
        if kind in ("InsertStmt", "UpdateStmt", "DeleteStmt", "intoClause", "LockingClause"):
            raise Unclassified(f"a decision only reads, and this has a {kind}")
