/* Calls a handler of the administration API from within the program, without HTTP. */
#ifndef ORGD_ADMIN_LOCAL_CALL_H
#define ORGD_ADMIN_LOCAL_CALL_H

#include "http/http.h"

/*
 * Validates `body` against the route, runs its handler, and returns the answer as JSON, which lives as long as `arena`.
 * The audit log records a command. Errors: ERR_USAGE with the first problem of the body; ERR_REFUSED with the message
 * of a refusal; those of the handler.
 */
enum err local_call(void *arena, const struct config *config, struct db *db, const struct route *route,
                    const json_t *body, json_t **answer, struct error *error) MUST_CHECK;

#endif
