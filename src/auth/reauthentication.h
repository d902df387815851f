/* Reauthentication: important changes need a recent sign-in, not only a session. */
#ifndef ORGD_AUTH_REAUTHENTICATION_H
#define ORGD_AUTH_REAUTHENTICATION_H

#include "http/http.h"

/*
 * Whether the caller may make such a change now. API keys may. A session, or a token derived from one, may within
 * ORGD_REAUTHENTICATION_AGE seconds after its user signed in or repeated the password; later it gets
 * ERR_REAUTHENTICATION_REQUIRED. ERR_UNAUTHORIZED if the session has ended. Errors of db_run.
 */
enum err reauthentication_check(struct request *req) MUST_CHECK;

#endif
