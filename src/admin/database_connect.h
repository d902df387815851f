/* Opens additional database connections for the operator's endpoints. */
#ifndef ORGD_ADMIN_DATABASE_CONNECT_H
#define ORGD_ADMIN_DATABASE_CONNECT_H

#include "http/http.h"
#include "migrate/chains.h"

/*
 * Connects for the lifetime of the request's arena; statements end with the request's deadline. ERR_UNAVAILABLE with
 * the cause in req->error.
 */
enum err operator_connect(struct request *req, enum database database, struct db **db) MUST_CHECK;

/*
 * The result of a handler that failed with `error`: a sentence for the operator is answered with 409, any other error
 * is logged.
 */
enum err operator_failed(struct request *req, const struct error *error) MUST_CHECK;

#endif
