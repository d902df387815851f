/* Describes whom each of the four access variables would affect once sign-up is open. */
#ifndef ORGD_MIGRATE_SIGNUP_IMPACT_H
#define ORGD_MIGRATE_SIGNUP_IMPACT_H

#include "base/buffer.h"
#include "db/db.h"

/* Columns of the three results; only `domains` has numbers. */
enum { SIGNUP_TEXT, SIGNUP_NUMBER };

/* The results live as long as the arena. */
struct signup_impact {
    int64_t users;
    struct result domains;  /* of the users' addresses: domain, number of users; largest first */
    struct result owners;   /* addresses of users who own organizations */
    struct result inactive; /* addresses of inactive users */
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

/* Reads a core database inside a transaction. Errors: those of db_run. */
enum err signup_impact_read(struct db *db, void *arena, struct signup_impact *impact) MUST_CHECK;

/* Writes one sentence without final period: the effect of the variable on these users. */
void signup_impact_describe(const struct signup_impact *impact, enum signup_variable variable, struct buffer *out);

#endif
