/* Reauthentication: confirming the user of a session again. */
#ifndef ORGD_SIGNIN_REAUTHENTICATE_H
#define ORGD_SIGNIN_REAUTHENTICATE_H

#include "http/http.h"

extern const struct model reauthenticate_body;

/* POST /auth/session/reauthenticate: the password of the account, with the same limits as sign-in. */
enum err session_reauthenticate(struct request *req);

#endif
