/* Plans and numbers of members of organizations. */
#ifndef ORGD_ENTERPRISE_SUBSCRIPTIONS_H
#define ORGD_ENTERPRISE_SUBSCRIPTIONS_H

#include "admin/account_graph.h"

/*
 * Chooses the plans of the organizations from `first` on: those that `collections` name, else the default. A plan that
 * there is not is refused in the reply. ERR_MEMORY.
 */
enum err subscriptions_choose(struct graph *graph, const json_t *collections, size_t first) MUST_CHECK;

/* Writes them. Errors here and below: those of db_run. */
enum err subscriptions_write(struct graph *graph) MUST_CHECK;

/* Counts the members whom a graph that is written has added. */
enum err subscriptions_count(struct graph *graph) MUST_CHECK;

/* Counts off people, a JSON array of ids, or a membership, while they are still there. */
enum err subscriptions_count_off_people(struct request *req, const char *people) MUST_CHECK;
enum err subscriptions_count_off_member(struct request *req, const struct uuid *membership) MUST_CHECK;

/* How the answer shows the plan of an organization. */
void subscription_show(struct buffer *out, const struct graph_node *organization);

#endif
