/* Decides which origins may call from a browser, and answers CORS preflights. */
#ifndef ORGD_HTTP_CORS_H
#define ORGD_HTTP_CORS_H

#include "http/http.h"

/* Fills the reply to OPTIONS with Origin and Access-Control-Request-Method: 200 `OK`, or 400 naming the rejected
 * items. */
enum err cors_preflight(struct request *req) MUST_CHECK;

/* The first malformed entry of ORGD_ALLOWED_ORIGINS, or NULL. */
const char *cors_problem(const struct config_list *origins);

#endif
