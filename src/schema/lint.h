/* Looks for what is wrong with a schema by rules, each a statement that finds and says how to fix. */
#ifndef ORGD_SCHEMA_LINT_H
#define ORGD_SCHEMA_LINT_H

#include "base/error.h"
#include "db/db.h"

enum lint_severity { LINT_NOTICE, LINT_WARNING, LINT_ERROR };

struct lint_rule {
    const char *id; /* "foreign-key-conflict" */
    enum lint_severity severity;
    const char *what;             /* what it finds, without final period */
    const struct statement *find; /* rows: object, what is wrong with it, the SQL that fixes it or null */
    /* How many parts it has, when it locks too much for one transaction: $1 of `find` is the part, from 0. Last of the
     * rules. */
    const struct statement *parts;
};

extern const struct lint_rule lint_rules[];
extern const size_t lint_rule_count;

/* "notice", "warning", "error". */
const char *lint_severity_name(enum lint_severity severity);
/* NULL when there is none of this id. */
const struct lint_rule *lint_rule_named(const char *id);

struct lint_finding {
    const struct lint_rule *rule;
    const char *object; /* schema and name, quoted as SQL */
    const char *what;   /* one sentence without final period */
    /* SQL; several statements with "; " between them, and BEGIN and COMMIT around those that must not be run by halves.
     * NULL: `what` says why there is none. */
    const char *fix;
};

struct lint_receiver {
    void *context;
    /* In the order of the rules. The texts are valid during the call. An error ends the search with that error. */
    enum err (*found)(void *context, const struct lint_finding *finding);
    /* An object that could not be looked at, for lack of a right to it. */
    void (*hidden)(void *context, const char *object);
};

/*
 * Applies every rule that `ignored` does not name (NULL ends it) to a database, which it cannot change: to one snapshot
 * of it, and those of several parts to a snapshot for each part. `db` is connected and has no transaction open. Errors:
 * those of catalog_begin and db_run, those of the receiver.
 */
enum err schema_lint(struct db *db, const struct lint_rule *const *ignored, const struct lint_receiver *receiver,
                     struct error *error) MUST_CHECK;

#endif
