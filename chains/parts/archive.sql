-- Functions, gone with the session, with which revisions keep what they take away and bring it back.

-- Whether anything is kept.
CREATE OR REPLACE FUNCTION pg_temp.keeps() RETURNS boolean
    LANGUAGE sql AS $$ SELECT current_setting('orgd.legacy') = 'archive' $$;

-- Opens the archive for a revision.
CREATE OR REPLACE FUNCTION pg_temp.archive_open(revision text, chain text) RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    IF NOT pg_temp.keeps() THEN
        RETURN;
    END IF;
    CREATE SCHEMA IF NOT EXISTS orgd_archive;
    CREATE TABLE IF NOT EXISTS orgd_archive.applied (
        revision   text        NOT NULL PRIMARY KEY,
        chain      text        NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now()
    );
    -- a row as PostgreSQL writes it, which every type can be read back from; with `columns`, those are what changed
    CREATE TABLE IF NOT EXISTS orgd_archive.rows (
        revision   text   NOT NULL,
        place      bigint NOT NULL,
        table_name text   NOT NULL,
        columns    text,
        body       text   NOT NULL
    );
    -- without a key, it could not be emptied while it is published
    ALTER TABLE orgd_archive.rows REPLICA IDENTITY FULL;
    -- the columns that the table of such rows had, as in CREATE TABLE
    CREATE TABLE IF NOT EXISTS orgd_archive.row_columns (
        revision   text   NOT NULL,
        place      bigint NOT NULL,
        definition text   NOT NULL,
        PRIMARY KEY (revision, place)
    );
    CREATE TABLE IF NOT EXISTS orgd_archive.undo (
        revision  text   NOT NULL,
        place     bigint NOT NULL,
        statement text   NOT NULL,
        PRIMARY KEY (revision, place)
    );
    INSERT INTO orgd_archive.applied (revision, chain) VALUES (revision, chain);
END
$$;

-- Carries out a statement that `undo` takes back.
CREATE OR REPLACE FUNCTION pg_temp.change(of_revision text, statement text, undo text) RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    IF statement <> '' THEN
        EXECUTE statement;
    END IF;
    IF pg_temp.keeps() THEN
        INSERT INTO orgd_archive.undo (revision, place, statement)
        SELECT of_revision, coalesce(max(u.place), 0) + 1, undo
          FROM orgd_archive.undo u
         WHERE u.revision = of_revision;
    END IF;
END
$$;

-- Keeps rows of a table, before they are deleted or, with `columns`, changed.
CREATE OR REPLACE FUNCTION pg_temp.keep_rows(of_revision text, kept regclass, condition text, columns text DEFAULT NULL)
    RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    next bigint;
BEGIN
    IF pg_temp.keeps() THEN
        SELECT coalesce(max(c.place), 0) + 1 INTO next FROM orgd_archive.row_columns c WHERE c.revision = of_revision;
        INSERT INTO orgd_archive.row_columns (revision, place, definition)
        SELECT of_revision, next,
               string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum)
          FROM pg_attribute a
         WHERE a.attrelid = kept AND a.attnum > 0 AND NOT a.attisdropped;
        EXECUTE format('INSERT INTO orgd_archive.rows (revision, place, table_name, columns, body)'
                       ' SELECT %L, %s, %L, %L, (t.*)::text FROM %s t WHERE %s',
                       of_revision, next, kept::text, columns, kept, condition);
    END IF;
END
$$;

-- Keeps rows before they are deleted, and all that foreign keys delete or empty with them. `roots` are tables, each followed
-- by the condition of its rows; they are named together when something can hang on rows of both.
CREATE OR REPLACE FUNCTION pg_temp.keep_rows_and_what_hangs_on_them(of_revision text, VARIADIC roots text[])
    RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    link record;
    turn int := 0;
    following regclass;
BEGIN
    IF NOT pg_temp.keeps() THEN
        RETURN;
    END IF;
    DROP TABLE IF EXISTS pg_temp.going;
    CREATE TEMPORARY TABLE going (relation oid, row_id tid, round int, columns text) ON COMMIT DROP;
    FOR i IN 1 .. cardinality(roots) BY 2 LOOP
        EXECUTE format('INSERT INTO going SELECT %L::regclass, t.ctid, 0 FROM %s t WHERE %s',
                       roots[i], roots[i]::regclass, roots[i + 1]);
    END LOOP;
    LOOP
        FOR link IN
            SELECT k.conrelid::regclass AS child,
                   k.confrelid::regclass AS parent,
                   string_agg(format('c.%I = p.%I', a.attname, b.attname), ' AND ' ORDER BY a.attnum) AS meets,
                   CASE WHEN k.confdeltype <> 'c' THEN string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) END AS emptied
              FROM pg_constraint k
             CROSS JOIN unnest(k.conkey, k.confkey) AS u (child_number, parent_number)
              JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.child_number
              JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = u.parent_number
             WHERE k.contype = 'f' AND k.confdeltype IN ('c', 'n', 'd') AND k.conparentid = 0
               AND k.confrelid IN (SELECT g.relation FROM going g WHERE g.round = turn
                                                                    AND g.columns IS NULL)
             GROUP BY k.oid, k.conname, k.conrelid, k.confrelid, k.confdeltype
             ORDER BY k.conrelid::regclass::text, k.conname
        LOOP
            EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', link.child);
            EXECUTE format('INSERT INTO going SELECT %L::regclass, c.ctid, %s, %L FROM %s c JOIN %s p ON %s'
                           ' JOIN going g ON g.relation = %L::regclass AND g.row_id = p.ctid AND g.round = %s'
                           ' WHERE NOT EXISTS (SELECT FROM going o WHERE o.relation = %L::regclass AND o.row_id = c.ctid'
                           ' AND o.columns IS NULL)',
                           link.child, turn + 1, link.emptied, link.child, link.parent, link.meets, link.parent, turn,
                           link.child);
        END LOOP;
        turn := turn + 1;
        EXIT WHEN NOT EXISTS (SELECT FROM going g WHERE g.round = turn);
    END LOOP;
    -- what is deleted is not changed as well
    DELETE FROM going g
     USING going o
     WHERE g.columns IS NOT NULL AND o.columns IS NULL AND o.relation = g.relation AND o.row_id = g.row_id;
    FOR link IN
        SELECT DISTINCT g.relation::regclass AS relation, g.relation::regclass::text AS name, g.columns
          FROM going g
         WHERE g.columns IS NOT NULL
         ORDER BY name, g.columns
    LOOP
        PERFORM pg_temp.keep_rows(of_revision, link.relation,
                                  format('t.ctid IN (SELECT g.row_id FROM going g WHERE g.relation = %L::regclass'
                                         ' AND g.columns = %L)', link.relation, link.columns), link.columns);
    END LOOP;
    -- a table before those that point at it
    LOOP
        SELECT g.relation::regclass INTO following
          FROM going g
         WHERE g.columns IS NULL
         GROUP BY g.relation
         ORDER BY (SELECT count(*)
                     FROM pg_constraint k
                    WHERE k.contype = 'f' AND k.conrelid = g.relation AND k.confrelid <> g.relation
                      AND k.confrelid IN (SELECT o.relation FROM going o WHERE o.columns IS NULL)),
                  g.relation::regclass::text
         LIMIT 1;
        EXIT WHEN following IS NULL;
        PERFORM pg_temp.keep_rows(of_revision, following,
                                  format('t.ctid IN (SELECT g.row_id FROM going g WHERE g.relation = %L::regclass)', following));
        DELETE FROM going g WHERE g.relation = following AND g.columns IS NULL;
    END LOOP;
END
$$;

-- Drops the foreign keys on a list of columns, whatever their names. What points at nothing by the time they come back
-- is emptied then.
CREATE OR REPLACE FUNCTION pg_temp.drop_foreign_keys(of_revision text, on_table regclass, VARIADIC on_columns text[])
    RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT k.conname, pg_get_constraintdef(k.oid) AS definition, k.confrelid::regclass AS parent,
               string_agg(format('p.%I = c.%I', b.attname, a.attname), ' AND ' ORDER BY u.place) AS meets,
               string_agg(format('c.%I IS NOT NULL', a.attname), ' AND ' ORDER BY u.place) AS filled,
               string_agg(format('%I = NULL', a.attname), ', ' ORDER BY u.place) AS emptied
          FROM pg_constraint k
         CROSS JOIN unnest(k.conkey, k.confkey) WITH ORDINALITY AS u (child_number, parent_number, place)
          JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.child_number
          JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = u.parent_number
         WHERE k.conrelid = on_table AND k.contype = 'f'
         GROUP BY k.oid, k.conname, k.confrelid
        HAVING array_agg(a.attname::text ORDER BY u.place) = on_columns
         ORDER BY k.conname
    LOOP
        PERFORM pg_temp.change(of_revision,
                               format('ALTER TABLE %s DROP CONSTRAINT %I', on_table, found.conname),
                               format('ALTER TABLE %s ADD CONSTRAINT %I %s', on_table, found.conname, found.definition));
        PERFORM pg_temp.change(of_revision, '',
                               format('%s WHERE %s AND NOT EXISTS (SELECT FROM %s p WHERE %s)',
                                      CASE WHEN cardinality(on_columns) = 1
                                           THEN format('UPDATE %s c SET %s', on_table, found.emptied)
                                           ELSE format('DELETE FROM %s c', on_table)
                                      END,
                                      found.filled, found.parent, found.meets));
    END LOOP;
END
$$;

-- Adds a constraint.
CREATE OR REPLACE FUNCTION pg_temp.add_constraint(of_revision text, on_table regclass, name text, definition text)
    RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM pg_temp.change(of_revision,
                           format('ALTER TABLE %s ADD CONSTRAINT %I %s', on_table, name, definition),
                           format('ALTER TABLE %s DROP CONSTRAINT %I', on_table, name));
END
$$;

-- Rows that were kept, as the temporary table `kept`, without what is not there to point at any more: where foreign keys
-- would have emptied a column, it is empty, and where they would have deleted the row, it is left out.
CREATE OR REPLACE FUNCTION pg_temp.unpack_rows(of_revision text, at_place bigint, relation regclass, columns text[])
    RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    link record;
    hits bigint;
    changed boolean := true;
BEGIN
    DROP TABLE IF EXISTS pg_temp.kept;
    EXECUTE (SELECT format('CREATE TEMPORARY TABLE kept (%s) ON COMMIT DROP', c.definition)
               FROM orgd_archive.row_columns c
              WHERE c.revision = of_revision AND c.place = at_place);
    EXECUTE format('INSERT INTO kept SELECT (whole.kept).* FROM (SELECT r.body::pg_temp.kept AS kept FROM orgd_archive.rows r'
                   ' WHERE r.revision = %L AND r.place = %s OFFSET 0) whole', of_revision, at_place);
    WHILE changed LOOP
        changed := false;
        FOR link IN
            SELECT k.confrelid::regclass AS parent,
                   columns IS NULL AND k.confdeltype = 'c' OR bool_and(a.attnotnull) AS goes,
                   string_agg(format('c.%I = p.%I', a.attname, b.attname), ' AND ' ORDER BY u.place) AS meets,
                   string_agg(format('c.%I IS NOT NULL', a.attname), ' AND ' ORDER BY u.place) AS filled,
                   string_agg(format('%I = NULL', a.attname), ', ' ORDER BY u.place) FILTER (WHERE NOT a.attnotnull) AS emptied
              FROM pg_constraint k
             CROSS JOIN unnest(k.conkey, k.confkey) WITH ORDINALITY AS u (child_number, parent_number, place)
              JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.child_number
              JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = u.parent_number
             WHERE k.conrelid = relation AND k.contype = 'f' AND k.conparentid = 0
             GROUP BY k.oid, k.conname, k.confrelid, k.confdeltype
            HAVING bool_and(a.attname IN (SELECT n.attname FROM pg_attribute n WHERE n.attrelid = 'pg_temp.kept'::regclass))
               AND (columns IS NULL OR bool_or(quote_ident(a.attname) = ANY (columns)))
             ORDER BY k.conname
        LOOP
            EXECUTE format('%s WHERE %s AND NOT EXISTS (SELECT FROM %s p WHERE %s)%s',
                           CASE WHEN link.goes THEN 'DELETE FROM kept c' ELSE format('UPDATE kept c SET %s', link.emptied) END,
                           link.filled, link.parent, link.meets,
                           CASE WHEN link.parent = relation THEN format(' AND NOT EXISTS (SELECT FROM kept p WHERE %s)', link.meets)
                                ELSE '' END);
            GET DIAGNOSTICS hits = ROW_COUNT;
            changed := changed OR hits > 0;
        END LOOP;
    END LOOP;
END
$$;

-- Takes back what a revision did, the last first. False when the archive does not know it.
CREATE OR REPLACE FUNCTION pg_temp.archive_undo(of_revision text) RETURNS boolean
    LANGUAGE plpgsql
AS $$
DECLARE
    found record;
    columns text[]; -- that are still there and can be written
    key text;
    known boolean := false;
BEGIN
    IF to_regclass('orgd_archive.applied') IS NULL THEN
        RETURN false;
    END IF;
    SELECT true INTO known FROM orgd_archive.applied a WHERE a.revision = of_revision;
    FOR found IN
        SELECT u.statement FROM orgd_archive.undo u WHERE u.revision = of_revision ORDER BY u.place DESC
    LOOP
        EXECUTE found.statement;
    END LOOP;
    -- what a row hangs on was kept before it; what was only changed has to wait for all of them
    FOR found IN
        SELECT DISTINCT r.columns IS NOT NULL AS changed, r.place, r.table_name::regclass AS relation,
               string_to_array(r.columns, ', ') AS columns
          FROM orgd_archive.rows r
         WHERE r.revision = of_revision
         ORDER BY r.columns IS NOT NULL, r.place
    LOOP
        PERFORM pg_temp.unpack_rows(of_revision, found.place, found.relation, found.columns);
        SELECT array_agg(quote_ident(a.attname) ORDER BY a.attnum)
          INTO columns
          FROM pg_attribute a
          JOIN pg_attribute k ON k.attrelid = 'pg_temp.kept'::regclass AND k.attname = a.attname AND k.attnum > 0
         WHERE a.attrelid = found.relation AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
           AND (found.columns IS NULL OR quote_ident(a.attname) = ANY (found.columns));
        IF found.changed THEN
            SELECT string_agg(format('t.%I = k.%I', a.attname, a.attname), ' AND ') INTO STRICT key
              FROM pg_index i
              JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
             WHERE i.indrelid = found.relation AND i.indisprimary;
            EXECUTE format('UPDATE %s t SET (%s) = ROW(%s) FROM kept k WHERE %s',
                           found.relation, array_to_string(columns, ', '),
                           (SELECT string_agg('k.' || c.name, ', ' ORDER BY c.place)
                              FROM unnest(columns) WITH ORDINALITY AS c (name, place)), key);
        ELSE
            EXECUTE format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM kept',
                           found.relation, array_to_string(columns, ', '), array_to_string(columns, ', '));
        END IF;
    END LOOP;
    DELETE FROM orgd_archive.rows r WHERE r.revision = of_revision;
    DELETE FROM orgd_archive.row_columns c WHERE c.revision = of_revision;
    DELETE FROM orgd_archive.undo u WHERE u.revision = of_revision;
    DELETE FROM orgd_archive.applied a WHERE a.revision = of_revision;
    IF NOT EXISTS (SELECT FROM orgd_archive.applied) THEN
        DROP TABLE orgd_archive.undo, orgd_archive.row_columns, orgd_archive.rows, orgd_archive.applied;
        DROP SCHEMA orgd_archive;
    END IF;
    RETURN coalesce(known, false);
END
$$;
