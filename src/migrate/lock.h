/* What the runner waits for: its own kind, and whoever holds a table. */
#ifndef ORGD_MIGRATE_LOCK_H
#define ORGD_MIGRATE_LOCK_H

#include "migrate/migrate.h"

/* Tells the listener, if there is one. */
void migrate_report(const struct migrate_options *options, const char *format, ...) PRINTF_LIKE(2, 3);

/* When waiting is to end (platform.monotonic_us). */
int64_t migrate_deadline(const struct migrate_options *options);

/* Takes the lock of runners on a database; it is held until the connection ends or migrate_unlock_database. BUSY names
 * the holder. */
enum err migrate_lock_database(struct db *db, enum database database, const struct migrate_options *options,
                               int64_t deadline, struct error *error) MUST_CHECK;
void migrate_unlock_database(struct db *db);

/*
 * After a statement failed: true when that was a lock held by somebody else and there is time to try again; then it has
 * waited a little, longer with each attempt, and told whose transaction stands in the way. `statement` is the one that
 * failed, or NULL. `db` has no transaction open.
 */
bool migrate_try_again(struct db *db, const char *sqlstate, int attempt, const struct script_statement *statement,
                       const struct migrate_options *options, int64_t deadline);

/*
 * Writes who holds what `statement` needs, or else the oldest transaction that holds anything: "projects is locked by
 * process 123 (user ann, psql), idle in transaction for 12 s, last statement: SELECT ..."; "" when there is nobody.
 */
void migrate_name_blocker(struct db *db, const struct script_statement *statement, char *to, size_t size);

#endif
