/* Takes logins over from the database of another authentication server. */
#ifndef ORGD_SIGNIN_LOGIN_IMPORT_H
#define ORGD_SIGNIN_LOGIN_IMPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "db/db.h"

/* What can become of a login, or be noticed about an address. */
enum import_outcome {
    IMPORT_TAKEN,     /* it is here now */
    IMPORT_KNOWN,     /* it was here already */
    IMPORT_REFRESHED, /* it was here, nobody has used it yet, and its password had changed there */
    IMPORT_CONFLICT,  /* another login has the id, the address or the subject: that one stays */
    IMPORT_NO_HASH,   /* it is here, but with a hash that cannot be checked: the password has to be reset */
    IMPORT_UNUSABLE,  /* left out: no id that is a UUID, or no address that could sign in */
    IMPORT_HOMELESS,  /* an address without an account: it gets one when it first signs in */
    IMPORT_MIXED,     /* an account whose address is not in lower case: it is found all the same */
    IMPORT_AMBIGUOUS, /* several accounts whose addresses differ in case only: the exact one, or else the oldest, counts
                       */
    IMPORT_OUTCOMES,
};

/* A name for programs, "taken", and a sentence for people. */
const char *import_outcome_name(enum import_outcome outcome);
const char *import_outcome_text(enum import_outcome outcome);

/* Something an operator may want to look at. The texts live in the arena of the report. */
struct import_note {
    enum import_outcome outcome;
    const char *method, *email; /* `method` is NULL where it is about an address */
};

struct import_report {
    size_t counts[IMPORT_OUTCOMES];
    const struct import_note *notes; /* of every outcome but the first three, at most IMPORT_NOTES_MAX */
    size_t note_count;
};
enum { IMPORT_NOTES_MAX = 10000 };

/*
 * Reads the logins of `source` (a Postgres of the predecessor, whatever its version: columns and tables that older ones
 * lack are done without) in one snapshot, and adds to `core` what it does not have, in one transaction; a dry run does
 * the same and takes it back. Can be repeated. The report lives in `arena`. ERR_REFUSED with the sentence when `source`
 * is no such database; otherwise errors of db_run. Nothing is changed on failure.
 */
enum err import_logins(void *arena, struct db *source, struct db *core, bool dry_run, struct import_report *report,
                       struct error *error) MUST_CHECK;

#endif
