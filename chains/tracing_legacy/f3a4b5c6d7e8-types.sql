-- revision: f3a4b5c6d7e8
-- revises: d1e2f3a4b5c6
-- Takes away two enumerations that nothing uses any more.

-- up
-- include: archive
SELECT pg_temp.archive_open('f3a4b5c6d7e8', 'tracing_legacy');

-- A type that something uses stays.
-- hazards: IS_USER_GENERATED
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT t.typname
          FROM pg_type t
         WHERE t.typnamespace = 'public'::regnamespace AND t.typname IN ('nodetype', 'treetype')
           AND NOT EXISTS (SELECT
                             FROM pg_depend d
                            WHERE d.refclassid = 'pg_type'::regclass AND d.refobjid IN (t.oid, t.typarray)
                              AND d.deptype <> 'i')
    LOOP
        IF pg_temp.keeps() THEN
            PERFORM pg_temp.change('f3a4b5c6d7e8',
                                   format('ALTER TYPE public.%I SET SCHEMA orgd_archive', found.typname),
                                   format('ALTER TYPE orgd_archive.%I SET SCHEMA public', found.typname));
        ELSE
            EXECUTE format('DROP TYPE public.%I', found.typname);
        END IF;
    END LOOP;
END
$$;

-- down
-- include: archive
SELECT pg_temp.archive_undo('f3a4b5c6d7e8');
