/* Checks that the operator accepted the effects of a run by name: data that it deletes, and sign-up that it opens. */
#ifndef ORGD_MIGRATE_RUN_ACCEPTANCE_H
#define ORGD_MIGRATE_RUN_ACCEPTANCE_H

#include "base/buffer.h"
#include "migrate/migrate.h"

#define LOSSES_MAX 64 /* decisions */

/* What a run deletes from a database, including what the archive keeps. */
struct losses {
    bool any;
    struct buffer *names; /* receives the tables with rows, "orgd.logins: 3, orgd.codes: 1"; may be NULL */
    int64_t tables;       /* with rows */
    int64_t table_rows;
    int64_t objects;          /* views, foreign keys and others that are dropped with the tables */
    int64_t rows[LOSSES_MAX]; /* of other kinds, by index in decisions[] */
};

/* Adds the losses that the result of decisions[number] lists. */
void losses_add(struct losses *losses, size_t number, const struct result *result);
/* "20 tables with 44 rows, keys: 3, projects: 1". */
void losses_write(const struct losses *losses, struct buffer *out);

/* Whether the step contains a statement that deletes, on the way up. */
bool acceptance_step_deletes(const struct migrate_step *step, bool enterprise);
/* Whether the step deletes rows that no decision query counts. */
bool acceptance_is_uncounted(const struct migrate_step *step, bool enterprise);

/* Whether `steps` turn an installation with one organization, closed until now, into one with open sign-up. */
bool acceptance_opens_signup(const struct migrate_step *steps, size_t count);

/* Writes the `migrate up` command that does what `options` ask for and accepts what has to be accepted. */
void acceptance_command(const struct migrate_options *options, bool losses, bool opens, struct buffer *out);

/*
 * Call inside a transaction with migrate_set_options. ERR_REFUSED, with the command that would do it, when `steps` have
 * an effect on this database that the options do not accept. Deleted rows are counted by the queries that the steps
 * themselves use. On the way down only data of orgd's own chain is lost: older rows come back from the archive, and
 * an obstacle reports when they cannot. `options->to` is then the revision to stay at.
 */
enum err migrate_check_acceptance(struct db *db, const struct migrate_state *state, const struct migrate_step *steps,
                                  size_t count, const struct migrate_options *options, struct error *error) MUST_CHECK;

#endif
