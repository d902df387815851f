/* Who is in a database, and what each of the four access variables would do for them once sign-up is open. */
#ifndef ORGD_MIGRATE_SIGNUP_IMPACT_H
#define ORGD_MIGRATE_SIGNUP_IMPACT_H

#include "base/buffer.h"
#include "db/db.h"

/* The results live as long as the arena. */
struct posture {
    int64_t people;
    struct result domains;  /* of the people's addresses: domain, number, most people first */
    struct result owners;   /* addresses of those who own organizations */
    struct result inactive; /* addresses of people who are not active */
};

enum posture_variable {
    POSTURE_OWNERS,
    POSTURE_DOMAINS,
    POSTURE_BLOCKED_DOMAINS,
    POSTURE_BLOCKED_EMAILS,
    POSTURE_VARIABLES,
};

/* Its name. */
const char *posture_variable_name(enum posture_variable variable);

/* Inside a transaction, of a core database. Errors: those of db_run. */
enum err posture_read(struct db *db, void *arena, struct posture *posture) MUST_CHECK;

/* One sentence without final period: what the variable would do for these people. */
void posture_effect(const struct posture *posture, enum posture_variable variable, struct buffer *out);

#endif
