/* Who is in a database, and what each of the four access variables would do for them once sign-up is open. */
#ifndef ORGD_MIGRATE_SIGNUP_IMPACT_H
#define ORGD_MIGRATE_SIGNUP_IMPACT_H

#include "base/buffer.h"
#include "db/db.h"

/* The results live as long as the arena. */
struct signup_impact {
    int64_t people;
    struct result domains;  /* of the people's addresses: domain, number, most people first */
    struct result owners;   /* addresses of those who own organizations */
    struct result inactive; /* addresses of people who are not active */
};

enum signup_variable {
    SIGNUP_OWNERS,
    SIGNUP_DOMAINS,
    SIGNUP_BLOCKED_DOMAINS,
    SIGNUP_BLOCKED_EMAILS,
    SIGNUP_VARIABLES,
};

/* Its name. */
const char *signup_variable_name(enum signup_variable variable);

/* Inside a transaction, of a core database. Errors: those of db_run. */
enum err signup_impact_read(struct db *db, void *arena, struct signup_impact *impact) MUST_CHECK;

/* One sentence without final period: what the variable would do for these people. */
void signup_impact_describe(const struct signup_impact *impact, enum signup_variable variable, struct buffer *out);

#endif
