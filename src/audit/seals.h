/*
 * Defines the hash chain over the audit.
 *
 * A seal has a number, the id of its row, and a hash: SHA-256 of the previous hash (32 bytes, all zero before the first
 * seal) followed by the text "NUMBER OLDEST NEXT " and the row as a JSON array (seals.sql, seal_page). Seals are made
 * after the rows were committed, so writers do not wait for each other.
 */
#ifndef ORGD_AUDIT_SEALS_H
#define ORGD_AUDIT_SEALS_H

#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"

enum { SEAL_HASH_SIZE = 65, SEAL_BOUND_SIZE = 24 };

/* The progress of a sealing process between two rounds. Zero it before the first. */
struct sealer {
    char oldest[SEAL_BOUND_SIZE]; /* transactions before it are sealed; "": unknown */
    char all_oldest[SEAL_BOUND_SIZE];
    int64_t after; /* the last row examined by a scan of all rows */
};

/*
 * Seals some of the committed rows without a seal, in a transaction of its own, unless another process is sealing.
 * `more`: there may be further rows. Errors: those of db_run; nothing was sealed then.
 */
enum err seals_advance(struct sealer *sealer, struct db *db, bool *more) MUST_CHECK;

/* The number of rows without a seal, and the age in seconds of the oldest. Errors: those of db_run. */
enum err seals_waiting(const struct sealer *sealer, struct db *db, int64_t *rows, int64_t *seconds) MUST_CHECK;

enum seal_break { SEAL_WHOLE, SEAL_ALTERED, SEAL_ROW_MISSING, SEAL_INSERTED, SEAL_MISSING, SEAL_NOT_EXPECTED };

struct seal_report {
    enum seal_break broken;
    int64_t broken_row, broken_seal; /* 0: none */
    int64_t rows;                    /* seals verified */
    int64_t waiting;                 /* rows without a seal */
    int64_t head;                    /* number of the last seal, or of the anchor; 0: none */
    char head_hash[SEAL_HASH_SIZE];
    int64_t anchor; /* number of the last seal that was removed; 0: none */
    int64_t removed;
    char anchor_hash[SEAL_HASH_SIZE];
};

/*
 * Verifies the chain from its beginning to the first break, in one snapshot. `expected` (may be NULL) is an earlier
 * head of the chain; it is a break when it is missing. Errors: those of db_run.
 */
enum err seals_verify(struct db *db, const char *expected, struct seal_report *report) MUST_CHECK;

#endif
