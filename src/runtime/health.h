/* What load balancers and people ask: is it alive, is it ready. */
#ifndef ORGD_RUNTIME_HEALTH_H
#define ORGD_RUNTIME_HEALTH_H

#include "http/http.h"

/* GET /health: 200 as long as the program runs; looks at nothing. For an inline route. */
enum err health_alive(struct request *req) MUST_CHECK;

/* GET /health/ready: 200 when both databases are reachable and current, else 503; says which is not. For an inline
 * route. */
enum err health_ready(struct request *req) MUST_CHECK;

#endif
