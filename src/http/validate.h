/* Validates parameters and body of a request against the declaration of its route, and reports all problems at once. */
#ifndef ORGD_HTTP_VALIDATE_H
#define ORGD_HTTP_VALIDATE_H

#include "http/http.h"

/*
 * Fills req->json when the route has a body. ERR_INVALID: the reply is filled with the 422. ERR_BODY_TOO_COMPLEX: the
 * body, declared or not, exceeds the limits for parsing.
 */
enum err validate_request(struct request *req) MUST_CHECK;

/* Whether every escape of the query string decodes to UTF-8 without NUL. */
bool validate_query_is_clean(struct request *req);

#endif
