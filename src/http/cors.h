/* Which origins may call from a browser, and the CORS preflight answer. */
#ifndef ORGD_HTTP_CORS_H
#define ORGD_HTTP_CORS_H

#include "http/http.h"

/* Fills the reply to OPTIONS with Origin and Access-Control-Request-Method: 200 `OK`, or 400 saying what is not
 * allowed. */
enum err cors_preflight(struct request *req) MUST_CHECK;

/* The first entry of ORGD_ALLOWED_ORIGINS that is no origin, or NULL. */
const char *cors_problem(const struct config_list *origins);

#endif
