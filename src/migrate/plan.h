/* Plans a run: reads what it would do, and changes nothing. */
#ifndef ORGD_MIGRATE_PLAN_H
#define ORGD_MIGRATE_PLAN_H

#include "base/buffer.h"
#include "migrate/migrate.h"
#include "migrate/run_acceptance.h"
#include "migrate/signup_impact.h"

#define PLAN_OUTCOMES_MAX 16

/* A table that the run locks and that exists now. */
struct plan_table {
    const char *name;
    enum lock_mode mode;  /* the strongest */
    const char *revision; /* the first that takes it */
    int64_t rows;
    bool exact; /* counted; the rows of a very large table are estimated */
};

struct plan_outcome {
    const char *word;
    int64_t rows;
};

/* The present result of one decision. */
struct plan_decision {
    const struct decision *decision;
    const struct migrate_step *step; /* the first one that uses it */
    struct result result;
    struct plan_outcome outcomes[PLAN_OUTCOMES_MAX]; /* in order of appearance; further ones are not listed */
    size_t outcome_count;
};

struct plan_database {
    struct migrate_state state;
    struct migrate_step steps[REVISIONS_MAX];
    size_t count;
    unsigned hazards; /* of all statements */
    struct plan_table *tables;
    size_t table_count;
    struct plan_decision *decisions;
    size_t decision_count;
    struct losses losses;
    const char *lacks; /* missing privileges of the present role, one sentence; NULL when it has all */
    bool opens_signup;
    struct signup_impact impact; /* when it does */
    /* Whether `down` could restore the present state afterwards; otherwise `floor` is as far as it could go, for
     * `floor_reason`. */
    bool back;
    const char *floor;
    const char *floor_reason;
};

struct plan {
    const struct migrate_options *options;
    struct plan_database databases[DATABASE_COUNT];
};

/*
 * Reads both databases, each in one read-only snapshot that takes readers' locks only. The plan and its results live in
 * `arena`. Errors: ERR_REFUSED when a database cannot be migrated up; those of db_run.
 */
enum err plan_make(struct db *const dbs[DATABASE_COUNT], const struct migrate_options *options, void *arena,
                   struct plan **plan, struct error *error) MUST_CHECK;

/* Whether `migrate up` would refuse: because of an obstacle, or of losses or open sign-up that are not accepted. */
bool plan_is_obstructed(const struct plan *plan);
bool plan_needs_losses(const struct plan *plan);
bool plan_needs_signup(const struct plan *plan);

/* As text with tables, for operators. */
void plan_write_text(const struct plan *plan, struct buffer *out);
/* As an HTML page with a picture of the chains. */
void plan_write_html(const struct plan *plan, struct buffer *out);
/* As JSON with every row, for programs. */
void plan_write_json(const struct plan *plan, struct buffer *out);

#endif
