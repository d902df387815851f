/* Waits for other runners and for table locks, and names who holds them. */
#ifndef ORGD_MIGRATE_LOCK_H
#define ORGD_MIGRATE_LOCK_H

#include "migrate/migrate.h"

/* Passes a sentence to options->report, if set. */
void migrate_report(const struct migrate_options *options, const char *format, ...) PRINTF_LIKE(2, 3);

/* The end of waiting, as platform.monotonic_us. */
int64_t migrate_deadline(const struct migrate_options *options);

/* Takes the advisory lock of migration runners on a database, until migrate_unlock_database or the end of the
 * connection. ERR_BUSY names the holder. */
enum err migrate_lock_database(struct db *db, enum database database, const struct migrate_options *options,
                               int64_t deadline, struct error *error) MUST_CHECK;
void migrate_unlock_database(struct db *db);

/*
 * Call after a statement failed. When another transaction held a lock and the deadline has not passed, it reports whose
 * transaction that is, waits a little, longer with each attempt, and returns true. `statement` is the failed one, or
 * NULL. `db` has no transaction open.
 */
bool migrate_try_again(struct db *db, const char *sqlstate, int attempt, const struct script_statement *statement,
                       const struct migrate_options *options, int64_t deadline);

/*
 * Writes who holds a lock that `statement` needs, or else whose transaction is the oldest: "projects is locked by
 * process 123 (user ann, psql), idle in transaction for 12 s, last statement: SELECT ..."; "" when no other transaction
 * is open.
 */
void migrate_name_blocker(struct db *db, const struct script_statement *statement, char *to, size_t size);

#endif
