/* Lets administrators in, and others not guess for long. */
#ifndef ORGD_ADMIN_ADMIN_KEY_H
#define ORGD_ADMIN_ADMIN_KEY_H

#include "http/http.h"

/*
 * identity_recognize, with tries of the administration key limited for each client: once they are used up, the right
 * key is refused as well (ERR_TOO_MANY_REQUESTS, with Retry-After), as guesses would not be limited otherwise.
 */
enum err admin_key_recognize(struct request *req, enum caller_kind wanted) MUST_CHECK;

#endif
