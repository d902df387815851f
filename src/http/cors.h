/* The CORS preflight answer. */
#ifndef ORGD_HTTP_CORS_H
#define ORGD_HTTP_CORS_H

#include "http/http.h"

/* Fills the reply to OPTIONS with Origin and Access-Control-Request-Method: 200 `OK`, or 400 saying what is not
 * allowed. */
enum err cors_preflight(struct request *req) MUST_CHECK;

#endif
