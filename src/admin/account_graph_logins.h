/* Logins that administrators make for people. */
#ifndef ORGD_ADMIN_ACCOUNT_GRAPH_LOGINS_H
#define ORGD_ADMIN_ACCOUNT_GRAPH_LOGINS_H

#include "admin/account_graph.h"

enum { PASSWORDS_MAX = 500 }; /* in one request: each takes its time on purpose */

/* Looks at methods and addresses alone, before anything else: with `identity_errors_refuse`, a refusal is left in the
 * reply. */
enum err graph_check_logins(struct graph *graph) MUST_CHECK;

/*
 * Writes the logins of the graph's identities, each linked to the person of its address. What is wrong with one
 * becomes a structured error, or, with `identity_errors_refuse`, a refusal; so does an address that the access rules
 * keep out. Errors: those of db_run.
 */
enum err graph_write_logins(struct graph *graph) MUST_CHECK;

#endif
