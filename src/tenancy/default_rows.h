/*
 * The rows that Agenta's data plane expects in a new project: without its three environments nothing can be published
 * there. Evaluators and a test set are there to begin with.
 */
#ifndef ORGD_TENANCY_DEFAULT_ROWS_H
#define ORGD_TENANCY_DEFAULT_ROWS_H

#include <jansson.h>

#include "base/error.h"
#include "base/uuid.h"
#include "config/config.h"
#include "db/db.h"

struct default_rows {
    struct uuid project, user; /* a new project, and its creator */
    bool test_set;             /* the first project of an organization */
};

/*
 * Adds the default rows of projects to the open transaction, unless ORGD_SEED_DEFAULTS is off. Rows that a project has
 * already are left alone. Memory is of `arena`. Errors: those of db_run, ERR_MEMORY.
 */
enum err default_rows_add(struct db *db, void *arena, const struct config *config, const struct default_rows *rows,
                          size_t count) MUST_CHECK;

/* Numbers of rows that projects lacked. */
struct default_rows_report {
    int64_t projects, environments, evaluators;
    int64_t incomplete; /* environments without a variant or a revision */
};

/*
 * Adds the environments and evaluators that the projects of the database lack, in the name of the owners of their
 * organizations, some projects at a time. With `dry_run` it changes nothing. Errors as default_rows_add.
 */
enum err default_rows_add_missing(struct db *db, void *arena, const struct config *config, bool dry_run,
                                  struct default_rows_report *report) MUST_CHECK;

/*
 * The id of a test case, which the data plane derives from the case and the id of its set: BLAKE2b over canonical JSON.
 * `set` is NULL for an id without a set. False without memory.
 */
bool test_case_id(void *arena, const json_t *data, const struct uuid *set, struct uuid *id);

/* Adds the member testcase_dedup_id to the case with that index in its set. False without memory. */
bool test_case_number(void *arena, json_t *data, size_t index);

#endif
