/* Connects a request of the operator's to the databases that are looked at, beside the worker's own connection. */
#ifndef ORGD_ADMIN_DATABASE_CONNECT_H
#define ORGD_ADMIN_DATABASE_CONNECT_H

#include "http/http.h"
#include "migrate/chains.h"

/*
 * In the request's arena, which closes it; statements end with the request's time. ERR_UNAVAILABLE with the cause in
 * req->error.
 */
enum err operator_connect(struct request *req, enum database database, struct db **db) MUST_CHECK;

/*
 * What to return when a look failed because of `error`: a sentence that was meant for the operator is the answer, as
 * 409, everything else goes to the log.
 */
enum err operator_failed(struct request *req, const struct error *error) MUST_CHECK;

#endif
