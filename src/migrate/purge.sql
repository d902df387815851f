-- purge_drop: drops the archive and its dependent objects
DROP SCHEMA IF EXISTS orgd_archive CASCADE;
