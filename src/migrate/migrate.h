/* The state of the two databases, and bringing them to where this program needs them. */
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

/* How far to go: Agenta's own chains, or orgd's on top of them. */
enum migrate_target { MIGRATE_TO_HEAD, MIGRATE_TO_AGENTA };

enum migrate_condition {
    MIGRATE_EMPTY,   /* nothing in it: can be initialized */
    MIGRATE_CURRENT, /* every chain at its newest revision */
    MIGRATE_BEHIND,  /* known revisions are missing: `migrate_up` applies them */
    MIGRATE_OLD,     /* of an older release, which this version cannot take further */
    MIGRATE_AHEAD,   /* made by a newer program */
    MIGRATE_UNKNOWN, /* a revision that no chain knows, or a version table without exactly one row */
    MIGRATE_FOREIGN, /* tables of somebody else, or not in UTF-8 */
};

/* Where one chain of chains[] stands. */
struct migrate_position {
    const struct chain *chain;
    char found[64]; /* the id in the version table, cut; "" when there is none */
    int at;         /* its place in chain->revisions; -1: not begun or not known */
    /* an older release's chain leads here, or another edition's has led past: this one's revisions are not missing */
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

/* What becomes of the tables and rows that the way from v0.103.5 removes. */
enum migrate_legacy {
    MIGRATE_ARCHIVE, /* kept in the schema orgd_archive, from where migrate_down brings them back */
    MIGRATE_DROP,    /* gone for good */
};

/* Told what happens, one sentence each, without a newline. */
typedef void migrate_listener(void *context, const char *sentence);

struct migrate_options {
    bool enterprise;
    enum migrate_target target;
    bool only_empty; /* initialize empty databases and leave the others alone */
    const char *
        default_plan; /* for organizations without one, when an OSS database is adopted; NULL: self_hosted_enterprise */
    enum migrate_legacy legacy;
    const char *everyone;    /* role of users without a used invitation in the organization; NULL or "": left out */
    bool strict;             /* who becomes a member of what exactly as in v0.104.0; only with MIGRATE_TO_AGENTA */
    const char *to;          /* revision after which a database goes no further, or to stay at; NULL: all of `target` */
    bool atomic;             /* each database in one transaction */
    unsigned allow;          /* destructive hazards that are accepted, HAZARD_BIT */
    bool accept_open_signup; /* from v0.103.5 on sign-up is open to everybody */
    bool access_restricted;  /* it is not: one of the four access variables is set */
    struct progress *progress; /* shows and stops the run; may be NULL */
    migrate_listener *advise;  /* told, before a refusal, what would help; may be NULL */
    int64_t wait_ms;           /* for another runner, and for locks held by others; 0: ten minutes */
    migrate_listener *tell;    /* may be NULL */
    void *context;
};

/* "empty", "current", ... as printed by `orgd migrate status`. */
const char *migrate_condition_name(enum migrate_condition condition);
/* "core" or "tracing". */
const char *migrate_database_name(enum database database);

/* Whether a chain runs in an edition on the way to a target. */
bool migrate_runs(const struct chain *chain, bool enterprise, enum migrate_target target);

/*
 * Whether the chain tells anything about where the database is, or where it goes. A legacy chain is over where the next
 * chain of its table begins: whether a database came that way or was made there cannot be told from it.
 */
bool migrate_is_reported(const struct migrate_position *position, bool enterprise);

/* One revision, one direction. */
struct migrate_step {
    const struct chain *chain;
    size_t at; /* its place in chain->revisions */
    bool down;
};

/* What is missing in a database that is empty, current or behind, in order of execution. */
size_t migrate_steps_up(const struct migrate_state *state, bool enterprise, enum migrate_target target,
                        struct migrate_step steps[REVISIONS_MAX]);

/* Whether `up` can do something about it, or need not. */
bool migrate_can_go_up(enum migrate_condition condition);

/* Whether the options fit together, and `to` is a revision that the edition has; else USAGE. */
enum err migrate_check_options(const struct migrate_options *options, struct error *error) MUST_CHECK;

/* How many of `steps` lead to the last one of revision `to`; all of them when it is NULL. */
size_t migrate_steps_until(const struct migrate_step *steps, size_t count, const char *to);

/* What ran after `revision` ("agenta": orgd's own chain), newest first. False when the database does not have it
 * behind itself. */
bool migrate_steps_down(const struct migrate_state *state, const char *revision,
                        struct migrate_step steps[REVISIONS_MAX], size_t *count);

/* Answers a decision that is for a revision of this edition's; a transaction with migrate_set_options is open. */
enum err migrate_decide(struct db *db, const struct decision *decision, bool enterprise,
                        struct result *result) MUST_CHECK;

/* Reads the state. `db` is connected. Errors: those of db_run; not being current is no error. */
enum err migrate_state(struct db *db, enum database database, bool enterprise, enum migrate_target target,
                       struct migrate_state *state, struct error *error) MUST_CHECK;

/*
 * Inside a transaction: sets what revisions and decisions read, for the rest of it: search_path, time limits and
 * orgd.default_plan, orgd.legacy, orgd.everyone, orgd.strict and orgd.exact (nothing of orgd's is to stay behind).
 */
enum err migrate_set_options(struct db *db, const struct migrate_options *options) MUST_CHECK;

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
 * Undoes everything that ran after `revision`, newest first, in each database that knows it, each in one transaction;
 * "agenta" undoes orgd's own chain. Errors: as migrate_up, DATABASE when something else in the database hangs on what
 * would go; USAGE when the revision is not one of the databases' present or past; REFUSED when a
 * step cannot be undone, or takes away what nothing keeps and that is not accepted (nothing is touched then).
 */
enum err migrate_down(struct db *const dbs[DATABASE_COUNT], const char *revision, const struct migrate_options *options,
                      struct error *error) MUST_CHECK;

#endif
