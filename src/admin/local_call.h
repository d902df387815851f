/* Asks an operation of the administration from within the program, without HTTP. */
#ifndef ORGD_ADMIN_LOCAL_CALL_H
#define ORGD_ADMIN_LOCAL_CALL_H

#include "http/http.h"

/*
 * Checks `body` as the route declares it, does what its handler does, and gives the answer's JSON, which lives as long
 * as `arena`. What the handler refuses is ERR_REFUSED with its message; a body that is not as declared is ERR_USAGE
 * with the first problem. What changes is recorded as a command's. Otherwise errors of the handler.
 */
enum err local_call(void *arena, const struct config *config, struct db *db, const struct route *route,
                    const json_t *body, json_t **answer, struct error *error) MUST_CHECK;

/* Writes a JSON value compactly. False without memory. */
bool local_write(struct buffer *out, const json_t *value) MUST_CHECK;

#endif
