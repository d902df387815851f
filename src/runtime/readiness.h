/* Lets requests through only while both databases are reachable and at the revision of this program. */
#ifndef ORGD_RUNTIME_READINESS_H
#define ORGD_RUNTIME_READINESS_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "migrate/chains.h"

struct gate_options {
    const char *uris[DATABASE_COUNT];           /* borrowed while the thread runs */
    const char *migration_uris[DATABASE_COUNT]; /* for migrating: the same, or those of the databases' owner */
    const char *default_plan;                   /* see struct migrate_options; borrowed */
    bool enterprise;
    bool migrate; /* apply missing revisions; empty databases are always initialized */
};

enum gate_verdict {
    GATE_UNREACHABLE, /* a database cannot be reached */
    GATE_OPEN,        /* both are reachable and current */
    GATE_REFUSED,     /* one is behind, ahead, or of another program */
};

struct gate;

/*
 * Starts the thread that watches the databases, and waits for its first result. While that is not GATE_OPEN, the thread
 * checks again several times a second; it logs later results. `error` has the sentence of a result other than
 * GATE_OPEN. ERR_SYSTEM and ERR_MEMORY when the thread cannot be started.
 */
enum err gate_start(void *arena, const struct gate_options *options, struct gate **started, enum gate_verdict *verdict,
                    struct error *error) MUST_CHECK;
/* Ends the thread. NULL is accepted. */
void gate_stop(struct gate *gate);

/* The URI of a database, borrowed while the thread runs. NULL before gate_start. */
const char *gate_uri(enum database database);

/* Whether requests that need a database may run. One atomic read; false before gate_start. */
bool gate_is_open(void);

/* Appends the latest result as a JSON object: status, and each database's condition and revisions. True when ready. */
bool gate_report(struct buffer *out);

#endif
