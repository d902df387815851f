/* Dumps the schemas of the databases in use for the operator, and compares any two dumps. */
#ifndef ORGD_ADMIN_SCHEMAS_H
#define ORGD_ADMIN_SCHEMAS_H

#include "http/http.h"

extern const struct field schemas_dump_parameters[];
extern const struct model schemas_dump_answer;
extern const struct field schemas_diff_parameters[];
extern const struct model schemas_diff_body;

/* The text of `orgd schema dump`, of ?database=core or tracing, with ?full=true that of --full. */
enum err schemas_dump(struct request *req) MUST_CHECK;

/*
 * Compares `a` with `b`, each the text of a dump, or a database in use: {"verdict","parity":what `orgd schema parity
 * --json` prints}; with ?format=html the page of `orgd schema diff --html`. 409 with a sentence for what is no dump.
 */
enum err schemas_diff(struct request *req) MUST_CHECK;

#endif
