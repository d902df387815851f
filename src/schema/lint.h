/* Lints a schema by rules; each rule is a statement that finds problems and proposes fixes. */
#ifndef ORGD_SCHEMA_LINT_H
#define ORGD_SCHEMA_LINT_H

#include "base/error.h"
#include "db/db.h"

enum lint_severity { LINT_NOTICE, LINT_WARNING, LINT_ERROR };

struct lint_rule {
    const char *id; /* "foreign-key-conflict" */
    enum lint_severity severity;
    const char *what;             /* what the rule finds, without final period */
    const struct statement *find; /* rows: object, problem, the SQL that fixes it or null */
    /* Returns the number of parts of a rule that would take too many locks in one transaction; $1 of `find` is the
     * part, from 0. NULL: one part. Such rules come last. */
    const struct statement *parts;
};

extern const struct lint_rule lint_rules[];
extern const size_t lint_rule_count;

/* "notice", "warning", "error". */
const char *lint_severity_name(enum lint_severity severity);
/* The rule with this id, or NULL. */
const struct lint_rule *lint_rule_named(const char *id);

struct lint_finding {
    const struct lint_rule *rule;
    const char *object; /* schema and name, quoted as SQL */
    const char *what;   /* one sentence without final period */
    /* SQL; several statements are separated by "; ", and enclosed in BEGIN and COMMIT when they belong together. NULL:
     * `what` says why no fix is proposed. */
    const char *fix;
};

struct lint_receiver {
    void *context;
    /* Called in the order of the rules; texts are valid during the call. An error ends the search with that error. */
    enum err (*found)(void *context, const struct lint_finding *finding);
    /* An object that could not be checked because the role lacks a privilege. */
    void (*hidden)(void *context, const char *object);
};

/*
 * Applies every rule except those of `ignored`, which ends with NULL, in READ ONLY transactions: one snapshot for all
 * rules, and one for each part of a rule in parts. `db` is connected and has no transaction open. Errors: those of
 * catalog_begin, db_run and the receiver.
 */
enum err schema_lint(struct db *db, const struct lint_rule *const *ignored, const struct lint_receiver *receiver,
                     struct error *error) MUST_CHECK;

#endif
