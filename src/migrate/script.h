/* The statements of a migration, each with what it locks and what it can do: made at build time by tools/classify.py.
 */
#ifndef ORGD_MIGRATE_SCRIPT_H
#define ORGD_MIGRATE_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

enum hazard {
#define HAZARD(code, destructive, what) HAZARD_##code,
#include "migrate/hazards.def"
#undef HAZARD
    HAZARD_COUNT
};

/* A hazard in a set of them. */
#define HAZARD_BIT(code) (1U << HAZARD_##code)

struct hazard_row {
    const char *code; /* "DELETES_DATA" */
    bool destructive; /* runs only when it was named */
    const char *what; /* one sentence without final period */
};
extern const struct hazard_row hazards[HAZARD_COUNT];

/* The hazard of a code; -1 when there is none. */
int hazard_find(const char *code);

/* PostgreSQL's table locks (13.3.1 of its documentation), by strength. Those that a reader takes are not told. */
enum lock_mode {
    LOCK_NONE,
    LOCK_ROW_EXCLUSIVE = 3,
    LOCK_SHARE_UPDATE_EXCLUSIVE,
    LOCK_SHARE,
    LOCK_SHARE_ROW_EXCLUSIVE,
    LOCK_EXCLUSIVE,
    LOCK_ACCESS_EXCLUSIVE,
};

/* "ACCESS EXCLUSIVE". */
const char *lock_mode_name(enum lock_mode mode);

/* On a table that the script does not make itself; without schema when that is public. */
struct script_lock {
    const char *table;
    enum lock_mode mode;
};

struct script_statement {
    const char *sql;
    const char *what; /* "ALTER TABLE projects" */
    unsigned hazards; /* HAZARD_BIT */
    const struct script_lock *locks;
    size_t lock_count;
};

/* Runs with search_path public; has no parameters. */
struct script {
    const struct script_statement *statements;
    size_t count;
};

#endif
