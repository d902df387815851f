/* Authenticates the administration key, and limits wrong ones. */
#ifndef ORGD_ADMIN_ADMIN_KEY_H
#define ORGD_ADMIN_ADMIN_KEY_H

#include "http/http.h"

/*
 * identity_authenticate_cached, with wrong administration keys limited for each client (ERR_TOO_MANY_REQUESTS, with
 * Retry-After). The right key always passes.
 */
enum err admin_key_authenticate_cached(struct request *req, enum caller_kind wanted) MUST_CHECK;

#endif
