/* Imports logins from the database of another authentication server. */
#ifndef ORGD_SIGNIN_LOGIN_IMPORT_H
#define ORGD_SIGNIN_LOGIN_IMPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "db/db.h"

/* The result for a login, or a finding about an address. */
enum import_outcome {
    IMPORT_TAKEN,     /* imported */
    IMPORT_KNOWN,     /* it existed here already */
    IMPORT_REFRESHED, /* it existed here, unused so far, and its password had changed on the other server */
    IMPORT_CONFLICT,  /* another login here has the id, the address or the subject; that login stays */
    IMPORT_NO_HASH,   /* imported with a hash that is not supported: the password has to be reset */
    IMPORT_UNUSABLE,  /* not imported: its id is not a UUID, or its address cannot sign in */
    IMPORT_HOMELESS,  /* an address without an account: the first sign-in creates it */
    IMPORT_MIXED,     /* an account whose address is not in lower case: sign-in finds it nevertheless */
    IMPORT_AMBIGUOUS, /* accounts whose addresses differ only in case: sign-in uses the exact one, else the oldest */
    IMPORT_OUTCOMES,
};

/* A name for programs, "taken", and a text for the report. */
const char *import_outcome_name(enum import_outcome outcome);
const char *import_outcome_text(enum import_outcome outcome);

/* A finding for the operator. The texts live in the arena of the report. */
struct import_note {
    enum import_outcome outcome;
    const char *method, *email; /* NULL for a finding about an address */
};

struct import_report {
    size_t counts[IMPORT_OUTCOMES];
    const struct import_note *notes; /* of every outcome except the first three, at most IMPORT_NOTES_MAX */
    size_t note_count;
};
enum { IMPORT_NOTES_MAX = 10000 };

/*
 * Reads the logins of `source` (the PostgreSQL database of the other server, of any version: missing columns and tables
 * are skipped) in one snapshot, and adds the missing ones to `core`, in one transaction. A dry run does the same and
 * rolls back. It can be repeated. The report lives in `arena`. ERR_REFUSED with a sentence if `source` is not such a
 * database; otherwise errors of db_run. A failure changes nothing.
 */
enum err import_logins(void *arena, struct db *source, struct db *core, bool dry_run, struct import_report *report,
                       struct error *error) MUST_CHECK;

#endif
