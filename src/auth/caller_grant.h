/* What a secret token on behalf of the caller of a request says. */
#ifndef ORGD_AUTH_CALLER_GRANT_H
#define ORGD_AUTH_CALLER_GRANT_H

#include "auth/identity.h"
#include "auth/secret_tokens.h"

/* The ids of the caller's scope, and the session; the ids of `caller` are borrowed. The texts are missing. */
struct secret_grant caller_grant(const struct identity *caller);

/*
 * Reads the texts of the grant, which live in the arena: the user's address and the organization's name. ERR_AGAIN
 * inline; ERR_UNAUTHORIZED if the user does not exist; errors of db_run.
 */
enum err caller_grant_read(struct request *req, struct secret_grant *grant) MUST_CHECK;

#endif
