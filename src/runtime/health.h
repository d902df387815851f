/* Answers the health checks of load balancers: liveness and readiness. */
#ifndef ORGD_RUNTIME_HEALTH_H
#define ORGD_RUNTIME_HEALTH_H

#include "http/http.h"

/* GET /health: 200 while the program runs; checks nothing. For an inline route. */
enum err health_alive(struct request *req) MUST_CHECK;

/* GET /health/ready: 200 when both databases are reachable and current, otherwise 503 with the state of each. For an
 * inline route. */
enum err health_ready(struct request *req) MUST_CHECK;

#endif
