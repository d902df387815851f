/* What orgd says about itself: liveness, readiness, and the description of its API. */
#ifndef ORGD_HEALTH_H
#define ORGD_HEALTH_H

#include "http/http.h"

/* Static: checks nothing (API-ACCOUNTS.md 1.9). */
enum err health_check(struct request *req);

/* 200 when the database answers and is at a revision that this program knows, else 503; the body says which. */
enum err health_ready(struct request *req);

/* The OpenAPI document. */
enum err openapi_show(struct request *req);

#endif
