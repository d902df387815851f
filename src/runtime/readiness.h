/* Lets requests through only while both databases are reachable and at the revision of this program. */
#ifndef ORGD_RUNTIME_READINESS_H
#define ORGD_RUNTIME_READINESS_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "migrate/chains.h"

struct readiness_options {
    const char *uris[DATABASE_COUNT];           /* borrowed while the thread runs */
    const char *migration_uris[DATABASE_COUNT]; /* for migrating: the same, or those of the databases' owner */
    const char *default_plan;                   /* see struct migrate_options; borrowed */
    bool enterprise;
    bool migrate; /* apply missing revisions; empty databases are always initialized */
};

enum readiness_verdict {
    READINESS_UNREACHABLE, /* a database cannot be reached */
    READINESS_READY,       /* both are reachable and current */
    READINESS_REFUSED,     /* one is behind, ahead, or of another program */
};

struct readiness;

/*
 * Starts the thread that watches the databases, and waits for its first result. While that is not READINESS_READY, the
 * thread checks again several times a second; it logs later results. `error` has the sentence of a result other than
 * READINESS_READY. ERR_SYSTEM and ERR_MEMORY when the thread cannot be started.
 */
enum err readiness_start(void *arena, const struct readiness_options *options, struct readiness **started,
                         enum readiness_verdict *verdict, struct error *error) MUST_CHECK;
/* Ends the thread. NULL is accepted. */
void readiness_stop(struct readiness *readiness);

/* The URI of a database, borrowed while the thread runs. NULL before readiness_start. */
const char *readiness_uri(enum database database);

/* Whether requests that need a database may run. One atomic read; false before readiness_start. */
bool readiness_is_ready(void);

/* Appends the latest result as a JSON object: status, and each database's condition and revisions. True when ready. */
bool readiness_report(struct buffer *out);

#endif
