/* Creates logins in the name of an administrator. */
#ifndef ORGD_ADMIN_ACCOUNT_GRAPH_LOGINS_H
#define ORGD_ADMIN_ACCOUNT_GRAPH_LOGINS_H

#include "admin/account_graph.h"

enum { PASSWORDS_MAX = 500 }; /* in one request: each hash is slow on purpose */

/* Checks methods and addresses before anything else. With `identity_errors_refuse`, a refusal is stored in the reply.
 */
enum err graph_check_logins(struct graph *graph) MUST_CHECK;

/*
 * Writes the logins of the graph's identities, each linked to the user with its address. A problem, or an address that
 * the access rules exclude, becomes a structured error, or with `identity_errors_refuse` a refusal. Errors: those of
 * db_run.
 */
enum err graph_write_logins(struct graph *graph) MUST_CHECK;

#endif
