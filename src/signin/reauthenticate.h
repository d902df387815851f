/* Proving again, in a session, who one is. */
#ifndef ORGD_SIGNIN_REAUTHENTICATE_H
#define ORGD_SIGNIN_REAUTHENTICATE_H

#include "http/http.h"

extern const struct model reauthenticate_body;

/* POST /auth/session/reauthenticate: the password of the account, within the limits of signing in. */
enum err session_reauthenticate(struct request *req);

#endif
