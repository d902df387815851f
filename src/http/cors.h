/* Decides which origins may call from a browser, and answers CORS preflights. */
#ifndef ORGD_HTTP_CORS_H
#define ORGD_HTTP_CORS_H

#include "http/http.h"

/* Fills the reply to OPTIONS with Origin and Access-Control-Request-Method: 200 `OK`, or 400 naming the rejected
 * items. */
enum err cors_preflight(struct request *req) MUST_CHECK;

/*
 * Whether the request came from a page of an origin that may not call: the browser names the origin of the page in
 * `Origin`, and how it relates to the address of the request in `Sec-Fetch-Site`. Scripts can set neither. False for
 * clients that send neither, because they are not browsers.
 */
bool cors_is_foreign(const struct request *req);

/* The first malformed entry of ORGD_ALLOWED_ORIGINS, or NULL. */
const char *cors_problem(const struct config_list *origins);

#endif
