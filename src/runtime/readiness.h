/* Lets requests through only while both databases can be reached and have the revision this program is made for. */
#ifndef ORGD_RUNTIME_READINESS_H
#define ORGD_RUNTIME_READINESS_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "migrate/chains.h"

struct gate_options {
    const char *uris[DATABASE_COUNT];           /* borrowed, as long as the gate */
    const char *migration_uris[DATABASE_COUNT]; /* for migrating: the same, or by the databases' owner */
    const char *default_plan;                   /* see struct migrate_options; borrowed */
    bool enterprise;
    bool migrate; /* apply missing revisions by itself; empty databases are initialized in any case */
};

enum gate_verdict {
    GATE_UNREACHABLE, /* a database cannot be reached */
    GATE_OPEN,        /* both are there and current */
    GATE_REFUSED,     /* one is behind, ahead, or somebody else's */
};

struct gate;

/*
 * Starts the thread that watches the databases, and waits for its first verdict. While it is not GATE_OPEN, it looks
 * again several times a second; what it finds later is logged. `error` has the sentence of a verdict other than
 * GATE_OPEN. ERR_SYSTEM and ERR_MEMORY when there is no thread to be had.
 */
enum err gate_start(void *arena, const struct gate_options *options, struct gate **started, enum gate_verdict *verdict,
                    struct error *error) MUST_CHECK;
/* Ends the thread. NULL is fine. */
void gate_stop(struct gate *gate);

/* Where a database is; borrowed, for as long as the gate. NULL before gate_start. */
const char *gate_uri(enum database database);

/* Whether requests that need a database may go on. One atomic read; false before gate_start. */
bool gate_is_open(void);

/* Writes what was found last as a JSON object: status, and each database's condition and revisions. True when open. */
bool gate_report(struct buffer *out);

#endif
