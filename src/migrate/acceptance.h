/* What a run needs to be accepted by name before it touches anything: what goes, and who may sign up afterwards. */
#ifndef ORGD_MIGRATE_ACCEPTANCE_H
#define ORGD_MIGRATE_ACCEPTANCE_H

#include "base/buffer.h"
#include "migrate/migrate.h"

#define LOSSES_MAX 64 /* decisions */

/* What a run takes away from a database, whether the archive keeps it or not. */
struct losses {
    bool any;
    struct buffer *names; /* takes the tables with rows, "orgd.logins: 3, orgd.codes: 1"; may be NULL */
    int64_t tables;       /* with rows */
    int64_t table_rows;
    int64_t objects;          /* views, foreign keys and others that go with the tables */
    int64_t rows[LOSSES_MAX]; /* of other kinds, by place in decisions[] */
};

/* Adds what the answer of decisions[number] takes away. */
void losses_add(struct losses *losses, size_t number, const struct result *result);
/* "20 tables with 44 rows, keys: 3, projects: 1". */
void losses_write(const struct losses *losses, struct buffer *out);

/* Whether what the step does on the way up deletes anything, whatever is there now. */
bool acceptance_step_deletes(const struct migrate_step *step, bool enterprise);
/* Whether it does, and no decision tells what. */
bool acceptance_is_uncounted(const struct migrate_step *step, bool enterprise);

/* Whether `steps` open sign-up to everybody, where people have been among themselves until now. */
bool acceptance_opens_signup(const struct migrate_step *steps, size_t count);

/* Writes the command to go up that does what `options` ask for, with what has to be accepted. */
void acceptance_command(const struct migrate_options *options, bool losses, bool opens, struct buffer *out);

/*
 * Inside a transaction with migrate_set_options: REFUSED, with the command that would do it, when something that
 * `steps` do to this database is not accepted. What goes is counted by the same queries by which the steps decide it.
 * On the way down that is what orgd's own chain has made: what lies below comes back from the archive, and obstacles
 * tell when it cannot. `options->to` is the revision to stay at then.
 */
enum err migrate_check_acceptance(struct db *db, const struct migrate_state *state, const struct migrate_step *steps,
                                  size_t count, const struct migrate_options *options, struct error *error) MUST_CHECK;

#endif
