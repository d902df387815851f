-- purge_drop: empties the archive, with what hangs on it
DROP SCHEMA IF EXISTS orgd_archive CASCADE;
