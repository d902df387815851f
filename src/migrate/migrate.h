/* Reads the migration state of the two databases, and migrates them up and down. */
#ifndef ORGD_MIGRATE_MIGRATE_H
#define ORGD_MIGRATE_MIGRATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "db/db.h"
#include "migrate/chains.h"
#include "migrate/progress.h"

/* The chains of one database at most; see chains/chains.txt. */
#define MIGRATE_CHAINS_MAX 8

/*
 * statement_ms of the handles given to migrate_up and migrate_down: a revision takes as long as it takes, only locks
 * have a deadline. Twenty-four hours.
 */
#define MIGRATE_STATEMENT_MS (24LL * 3600 * 1000)

/* How far to migrate: Agenta's chains only, or orgd's chain on top of them. */
enum migrate_target { MIGRATE_TO_HEAD, MIGRATE_TO_AGENTA };

enum migrate_condition {
    MIGRATE_EMPTY,   /* no tables: can be initialized */
    MIGRATE_CURRENT, /* every chain at its newest revision */
    MIGRATE_BEHIND,  /* known revisions are missing: `migrate_up` applies them */
    MIGRATE_OLD,     /* of a release that is too old for this program */
    MIGRATE_AHEAD,   /* made by a newer program */
    MIGRATE_UNKNOWN, /* a revision that no chain knows, or a version table without exactly one row */
    MIGRATE_FOREIGN, /* tables of another program, or an encoding other than UTF-8 */
};

/* Where one chain of chains[] stands. */
struct migrate_position {
    const struct chain *chain;
    char found[64]; /* the id in the version table, cut; "" when there is none */
    int at;         /* its index in chain->revisions; -1: not begun or unknown */
    /* its revisions are not missing: an older chain leads here, or the chain of another edition leads past it */
    bool skipped;
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

/* What happens to the tables and rows that the upgrade from v0.103.5 removes. */
enum migrate_legacy {
    MIGRATE_ARCHIVE, /* kept in the schema orgd_archive, from where migrate_down brings them back */
    MIGRATE_DROP,    /* deleted */
};

/* Receives progress messages: one sentence each, without a newline. */
typedef void migrate_listener(void *context, const char *sentence);

struct migrate_options {
    bool enterprise;
    enum migrate_target target;
    bool only_empty; /* initialize empty databases and leave the others alone */
    const char *
        default_plan; /* for organizations without one, when an OSS database is adopted; NULL: self_hosted_enterprise */
    enum migrate_legacy legacy;
    const char *everyone;      /* role of users without a used invitation; NULL or "": they become no members */
    bool strict;               /* memberships exactly as v0.104.0 makes them; only with MIGRATE_TO_AGENTA */
    const char *to;            /* last revision of the way up, or revision to stay at; NULL: all of `target` */
    bool atomic;               /* each database in one transaction */
    unsigned allow;            /* accepted hazards, HAZARD_BIT */
    bool accept_open_signup;   /* the operator accepts that sign-up is open after the upgrade */
    bool access_restricted;    /* sign-up stays restricted: one of the four access variables is set */
    struct progress *progress; /* shows and stops the run; may be NULL */
    migrate_listener *advise;  /* receives advice before a refusal; may be NULL */
    int64_t wait_ms;           /* for another runner, and for locks held by others; 0: ten minutes */
    migrate_listener *report;  /* may be NULL */
    void *context;
};

/* "empty", "current", ... as printed by `orgd migrate status`. */
const char *migrate_condition_name(enum migrate_condition condition);
/* "core" or "tracing". */
const char *migrate_database_name(enum database database);

/* Whether a chain runs in an edition on the way to a target. */
bool migrate_runs(const struct chain *chain, bool enterprise, enum migrate_target target);

/*
 * Whether reports list the chain. A legacy chain ends where the next chain of its version table begins; a database that
 * is past that point does not show whether it was upgraded or created there.
 */
bool migrate_is_reported(const struct migrate_position *position, bool enterprise);

/* One revision, one direction. */
struct migrate_step {
    const struct chain *chain;
    size_t at; /* its index in chain->revisions */
    bool down;
};

/* The missing steps of a database that is empty, current or behind, in order of execution. Returns their number. */
size_t migrate_steps_up(const struct migrate_state *state, bool enterprise, enum migrate_target target,
                        struct migrate_step steps[REVISIONS_MAX]);

/* Whether `migrate up` can handle a database in this condition, or has nothing to do. */
bool migrate_can_go_up(enum migrate_condition condition);

/* ERR_USAGE when the options contradict each other, or `to` is not a revision of the edition. */
enum err migrate_check_options(const struct migrate_options *options, struct error *error) MUST_CHECK;

/* The number of `steps` up to and including revision `to`; all of them when it is NULL. */
size_t migrate_steps_until(const struct migrate_step *steps, size_t count, const char *to);

/* The steps that ran after `revision` ("agenta": orgd's own chain), newest first. False when the database has not
 * passed that revision. */
bool migrate_steps_down(const struct migrate_state *state, const char *revision,
                        struct migrate_step steps[REVISIONS_MAX], size_t *count);

/* Runs the query of a decision that the edition has, in an open transaction with migrate_set_options. */
enum err migrate_decide(struct db *db, const struct decision *decision, bool enterprise,
                        struct result *result) MUST_CHECK;

/* Reads the state. `db` is connected. Errors: those of db_run. A database that is not current is not an error. */
enum err migrate_state(struct db *db, enum database database, bool enterprise, enum migrate_target target,
                       struct migrate_state *state, struct error *error) MUST_CHECK;

/*
 * Sets, for the rest of the open transaction, the settings that revisions and decisions read: search_path, time limits,
 * orgd.default_plan, orgd.legacy, orgd.everyone, orgd.strict, and orgd.exact (no objects of orgd may remain).
 */
enum err migrate_set_options(struct db *db, const struct migrate_options *options) MUST_CHECK;

/*
 * Initializes empty databases, each in one transaction, and applies missing revisions, each in one transaction. `dbs`
 * holds one connected handle for each database, in the order of enum database. One runner works at a time; a second one
 * waits and then finds nothing to do. When one database cannot be migrated, neither is touched. Errors: ERR_REFUSED
 * (with the sentence of the state); ERR_BUSY (another runner, or a lock held for longer than wait_ms; names the
 * holder); ERR_DATABASE (a revision failed and was rolled back); ERR_UNAVAILABLE and ERR_UNCERTAIN (run again:
 * committed revisions stay).
 */
enum err migrate_up(struct db *const dbs[DATABASE_COUNT], const struct migrate_options *options,
                    struct error *error) MUST_CHECK;

/*
 * Undoes all revisions after `revision`, newest first, in each database that has it, each database in one transaction;
 * "agenta" undoes orgd's own chain. Errors: those of migrate_up; ERR_DATABASE when another object depends on one that
 * would be dropped; ERR_USAGE when no database has or had the revision; ERR_REFUSED, before anything is touched, when a
 * step cannot be undone or loses data that the options do not accept.
 */
enum err migrate_down(struct db *const dbs[DATABASE_COUNT], const char *revision, const struct migrate_options *options,
                      struct error *error) MUST_CHECK;

#endif
