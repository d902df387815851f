/* The user of a session's access token, and the scope that the request names. */
#ifndef ORGD_AUTH_SESSION_IDENTITY_H
#define ORGD_AUTH_SESSION_IDENTITY_H

#include "auth/identity.h"
#include "http/http.h"

/*
 * On the I/O thread: OK if the cache knows the token for this scope; ERR_UNAUTHORIZED if there is no token, or if the
 * cookies are not as a browser sends them; ERR_AGAIN if a worker has to decide.
 */
enum err session_authenticate_cached(struct request *req, struct identity *identity) MUST_CHECK;

/*
 * On a worker: verifies the token, asks the database and stores the answer in the cache. A user without any membership
 * is identified without a scope; that is not cached, so that an accepted invitation works at once. ERR_UNAUTHORIZED;
 * ERR_NOT_IN_SCOPE if the user is not a member of the project or workspace; errors of db_run.
 */
enum err session_authenticate(struct request *req, struct identity *identity) MUST_CHECK;

/*
 * The same two for an access token that is not the credential of the request, in the default scope of its user. In
 * addition ERR_SESSION_NONE for a token that is not valid and ERR_SESSION_EXPIRED for one that was.
 */
enum err session_authenticate_token_cached(struct request *req, const char *token,
                                           struct identity *identity) MUST_CHECK;
enum err session_authenticate_token(struct request *req, const char *text, struct identity *identity) MUST_CHECK;

#endif
