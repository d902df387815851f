/* What a run would do, found out without touching anything. */
#ifndef ORGD_MIGRATE_PLAN_H
#define ORGD_MIGRATE_PLAN_H

#include "base/buffer.h"
#include "migrate/acceptance.h"
#include "migrate/migrate.h"
#include "migrate/signup_impact.h"

#define PLAN_OUTCOMES_MAX 16

/* A table that the run locks and that exists now. */
struct plan_table {
    const char *name;
    enum lock_mode mode;  /* the strongest */
    const char *revision; /* the first that takes it */
    int64_t rows;
    bool exact; /* counted; a very large table is estimated */
};

struct plan_outcome {
    const char *word;
    int64_t rows;
};

/* What one decision answers now. */
struct plan_decision {
    const struct decision *decision;
    const struct migrate_step *step; /* that asks it first */
    struct result result;
    struct plan_outcome outcomes[PLAN_OUTCOMES_MAX]; /* in order of appearance; more are not told apart */
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
    const char *lacks; /* what the role that looks could not do, one sentence; NULL when it can do everything */
    bool opens_signup;
    struct signup_impact impact; /* when it does */
    /* What `down --to` reaches afterwards: as it is now when `back` is true, else no further than `floor`, for a
     * reason. */
    bool back;
    const char *floor;
    const char *floor_reason;
};

struct plan {
    const struct migrate_options *options;
    struct plan_database databases[DATABASE_COUNT];
};

/*
 * Looks at both databases, each in one read-only snapshot that takes no lock but a reader's. In `arena`, with results
 * that live as long. Errors: REFUSED when a database cannot be brought up, those of db_run.
 */
enum err plan_make(struct db *const dbs[DATABASE_COUNT], const struct migrate_options *options, void *arena,
                   struct plan **plan, struct error *error) MUST_CHECK;

/* Whether `up` would refuse: something stands in the way, or is not accepted yet. */
bool plan_is_obstructed(const struct plan *plan);
bool plan_needs_losses(const struct plan *plan);
bool plan_needs_signup(const struct plan *plan);

/* For people, with tables. */
void plan_write_text(const struct plan *plan, struct buffer *out);
/* The same as a page, with a picture of the chains. */
void plan_write_html(const struct plan *plan, struct buffer *out);
/* For programs, with every row. */
void plan_write_json(const struct plan *plan, struct buffer *out);

#endif
