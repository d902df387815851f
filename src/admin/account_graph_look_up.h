/* Looks up and locks the rows that a graph refers to. */
#ifndef ORGD_ADMIN_ACCOUNT_GRAPH_LOOK_UP_H
#define ORGD_ADMIN_ACCOUNT_GRAPH_LOOK_UP_H

#include "admin/account_graph.h"

/*
 * Each function is a step of graph_write. A missing row is refused in the reply. Errors: those of db_run.
 *
 * Lock order: organizations, workspaces and projects from the outside in, then users. Accepting an invitation and
 * deleting users lock in the same order, so there is no deadlock.
 */

/* Locks existing organizations, workspaces and projects before anything is written. A missing one may be created by the
 * request. */
enum err graph_lock_places(struct graph *graph) MUST_CHECK;

/* Looks up users, after those of the request are written. */
enum err graph_look_up_users(struct graph *graph) MUST_CHECK;

/* Looks up the other targets, after the organizations of the request are written: a slug may be one of theirs. */
enum err graph_look_up_places(struct graph *graph) MUST_CHECK;

#endif
