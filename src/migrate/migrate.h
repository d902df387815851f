/* The state of the two databases, and bringing them to where this program needs them. */
#ifndef ORGD_MIGRATE_MIGRATE_H
#define ORGD_MIGRATE_MIGRATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "db/db.h"
#include "migrate/chains.h"

/* The chains of one database at most; see chains/chains.txt. */
#define MIGRATE_CHAINS_MAX 8

/*
 * statement_ms of the handles given to migrate_up and migrate_down: a revision takes as long as it takes, only locks
 * have a deadline. Twenty-four hours.
 */
#define MIGRATE_STATEMENT_MS (24LL * 3600 * 1000)

/* How far to go: Agenta's own chains, or orgd's on top of them. */
enum migrate_target { MIGRATE_TO_HEAD, MIGRATE_TO_AGENTA };

enum migrate_condition {
    MIGRATE_EMPTY,   /* nothing in it: can be initialized */
    MIGRATE_CURRENT, /* every chain at its newest revision */
    MIGRATE_BEHIND,  /* known revisions are missing: `migrate_up` applies them */
    MIGRATE_OLD,     /* of an older release, which this version cannot take further */
    MIGRATE_AHEAD,   /* made by a newer program */
    MIGRATE_UNKNOWN, /* a revision that no chain knows, or a version table without exactly one row */
    MIGRATE_FOREIGN, /* tables of somebody else */
};

/* Where one chain of chains[] stands. */
struct migrate_position {
    const struct chain *chain;
    char found[64]; /* the id in the version table, cut; "" when there is none */
    int at;         /* its place in chain->revisions; -1: not begun or not known */
};

struct migrate_state {
    enum database database;
    enum migrate_condition condition;
    char name[64]; /* of the database, cut */
    struct migrate_position
        positions[MIGRATE_CHAINS_MAX]; /* in order of execution, those of the other edition included */
    size_t count;
    char sentence[512]; /* what was found and what this version knows */
};

/* Told what happens, one sentence each, without a newline. */
typedef void migrate_listener(void *context, const char *sentence);

struct migrate_options {
    bool enterprise;
    enum migrate_target target;
    bool only_empty; /* initialize empty databases and leave the others alone */
    const char *
        default_plan; /* for organizations without one, when an OSS database is adopted; NULL: self_hosted_enterprise */
    int64_t wait_ms;  /* for another runner, and for locks held by others; 0: ten minutes */
    migrate_listener *tell; /* may be NULL */
    void *context;
};

/* "empty", "current", ... as printed by `orgd migrate status`. */
const char *migrate_condition_name(enum migrate_condition condition);
/* "core" or "tracing". */
const char *migrate_database_name(enum database database);

/* Whether a chain runs in an edition on the way to a target. */
bool migrate_runs(const struct chain *chain, bool enterprise, enum migrate_target target);

/* Reads the state. `db` is connected. Errors: those of db_run; not being current is no error. */
enum err migrate_state(struct db *db, enum database database, bool enterprise, enum migrate_target target,
                       struct migrate_state *state, struct error *error) MUST_CHECK;

/*
 * Initializes what is empty, each database in one transaction, and applies missing revisions, each in one transaction;
 * `dbs` holds one connected handle per database, in the order of enum database. One runner works at a time; a second
 * one waits and then finds nothing to do. Nothing is touched when either database is one that cannot be brought up.
 * Errors: REFUSED (with the sentence of the state), BUSY (another runner or a lock for longer than wait_ms; the holder
 * is named), DATABASE (a revision failed and left its predecessor's state), UNAVAILABLE and UNCERTAIN (run again: what
 * is committed stays).
 */
enum err migrate_up(struct db *const dbs[DATABASE_COUNT], const struct migrate_options *options,
                    struct error *error) MUST_CHECK;

/*
 * Undoes everything that ran after `revision`, newest first, in each database that knows it; "agenta" undoes orgd's own
 * chain. Errors: as migrate_up; USAGE when the revision is not one of the databases' present or past; REFUSED when a
 * step cannot be undone (nothing is touched then).
 */
enum err migrate_down(struct db *const dbs[DATABASE_COUNT], const char *revision, const struct migrate_options *options,
                      struct error *error) MUST_CHECK;

#endif
