/* Writes the OpenAPI document from the route tables. */
#ifndef ORGD_HTTP_OPENAPI_H
#define ORGD_HTTP_OPENAPI_H

#include "http/http.h"

/* Writes the document (OpenAPI 3.1, compact JSON): every route that is not hidden, and the models that they
 * reference. */
enum err openapi_write(const struct application *app, struct buffer *out) MUST_CHECK;

/* Replies with the document. It is written and compressed at the first call; all calls must pass the same tables. */
enum err openapi_reply(const struct application *app, struct request *req) MUST_CHECK;

#endif
