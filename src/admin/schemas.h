/* Endpoints that dump the schemas of the databases, and compare dumps. */
#ifndef ORGD_ADMIN_SCHEMAS_H
#define ORGD_ADMIN_SCHEMAS_H

#include "http/http.h"

extern const struct field schemas_dump_parameters[];
extern const struct model schemas_dump_answer;
extern const struct field schemas_diff_parameters[];
extern const struct model schemas_diff_body;

/* The text of `orgd schema dump` for ?database=core or tracing; ?full=true adds --full. */
enum err schemas_dump(struct request *req) MUST_CHECK;

/*
 * Compares `a` with `b`, each the text of a dump, or a database in use: {"verdict","parity":what `orgd schema parity
 * --json` prints}; with ?format=html the page of `orgd schema diff --html`. 409 with a sentence for a text that is not
 * a dump.
 */
enum err schemas_diff(struct request *req) MUST_CHECK;

#endif
