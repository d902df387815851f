/* Who a session's access token belongs to, within the scope that the request names. */
#ifndef ORGD_AUTH_SESSION_IDENTITY_H
#define ORGD_AUTH_SESSION_IDENTITY_H

#include "auth/identity.h"
#include "http/http.h"

/*
 * On the I/O thread: OK when the same token has been decided upon, for the same scope; ERR_UNAUTHORIZED when there is
 * no token, or cookies as no browser sends them; ERR_AGAIN when a worker has to look.
 */
enum err session_recognize(struct request *req, struct identity *identity) MUST_CHECK;

/*
 * On a worker: verifies and asks the database, and remembers the answer. Who belongs nowhere is who they are, without a
 * scope; that is not remembered, so that an invitation they accept works at once. ERR_UNAUTHORIZED; ERR_NOT_IN_SCOPE
 * for a project or workspace of others; errors of db_run.
 */
enum err session_authenticate(struct request *req, struct identity *identity) MUST_CHECK;

#endif
