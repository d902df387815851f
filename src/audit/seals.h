/*
 * The hash chain over the audit.
 *
 * A seal has a number, the row that it is for, and a hash: SHA-256 of the hash before it (32 bytes, all zero before the
 * first) and of the text "NUMBER OLDEST NEXT " with the row as a JSON array behind it (seals.sql, seal_page). Seals are
 * made after the rows are committed, so that writers do not wait for each other.
 */
#ifndef ORGD_AUDIT_SEALS_H
#define ORGD_AUDIT_SEALS_H

#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"

enum { SEAL_HASH_SIZE = 65, SEAL_BOUND_SIZE = 24 };

/* What a process that seals knows between two rounds; all zero at first. */
struct sealer {
    char oldest[SEAL_BOUND_SIZE]; /* transactions before it are sealed; "" when that is not known */
    char all_oldest[SEAL_BOUND_SIZE];
    int64_t after; /* where looking at every row has got to */
};

/*
 * Seals some of the rows that are committed and have no seal, in a transaction of its own, unless somebody else is
 * sealing. `more`: there may be others. Errors: those of db_run; then nothing was sealed.
 */
enum err seals_advance(struct sealer *sealer, struct db *db, bool *more) MUST_CHECK;

/* How many rows wait for their seal, and for how many seconds the eldest has. Errors: those of db_run. */
enum err seals_waiting(const struct sealer *sealer, struct db *db, int64_t *rows, int64_t *seconds) MUST_CHECK;

enum seal_break { SEAL_WHOLE, SEAL_ALTERED, SEAL_ROW_MISSING, SEAL_INSERTED, SEAL_MISSING, SEAL_NOT_EXPECTED };

struct seal_report {
    enum seal_break broken;
    int64_t broken_row, broken_seal; /* 0 where there is none */
    int64_t rows;                    /* seals that were looked at */
    int64_t waiting;                 /* rows without a seal */
    int64_t head;                    /* number of the last seal, or of the anchor; 0 for none */
    char head_hash[SEAL_HASH_SIZE];
    int64_t anchor; /* number of the last seal that was removed; 0 for none */
    int64_t removed;
    char anchor_hash[SEAL_HASH_SIZE];
};

/*
 * Walks the chain from its beginning to the first break, in one snapshot. `expected`, which may be NULL, is a hash that
 * was the head before: not to find it is a break. Errors: those of db_run.
 */
enum err seals_verify(struct db *db, const char *expected, struct seal_report *report) MUST_CHECK;

#endif
