/* Changes of consequence, for which a session must not be all that somebody has. */
#ifndef ORGD_AUTH_REAUTHENTICATION_H
#define ORGD_AUTH_REAUTHENTICATION_H

#include "http/http.h"

/*
 * Whether the caller may make such a change now. Keys may. A session, and what was derived from one, may within
 * ORGD_REAUTHENTICATION_AGE seconds after its person signed in or gave the password again; then
 * ERR_REAUTHENTICATION_REQUIRED. ERR_UNAUTHORIZED when the session has ended. Otherwise errors of db_run.
 */
enum err reauthentication_check(struct request *req) MUST_CHECK;

#endif
