/* The rows that a graph refers to. */
#ifndef ORGD_ADMIN_ACCOUNT_GRAPH_LOOK_UP_H
#define ORGD_ADMIN_ACCOUNT_GRAPH_LOOK_UP_H

#include "admin/account_graph.h"

/*
 * Each is a step of graph_write: what is not there is refused in the reply. Errors: those of db_run.
 *
 * Everybody who writes holds places from the outside in before people, as accepting an invitation and removing people
 * do; so nobody waits in a circle.
 */

/* Holds the places that are there already, before anything is written; what is not there may be about to be made. */
enum err graph_hold_places(struct graph *graph) MUST_CHECK;

/* People, once those of the request are there. */
enum err graph_look_up_people(struct graph *graph) MUST_CHECK;

/* Places, once the organizations of the request are there: a slug may be one of theirs. */
enum err graph_look_up_places(struct graph *graph) MUST_CHECK;

#endif
