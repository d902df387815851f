/* Assigns plans to organizations, and keeps their numbers of members. */
#ifndef ORGD_ENTERPRISE_SUBSCRIPTIONS_H
#define ORGD_ENTERPRISE_SUBSCRIPTIONS_H

#include "admin/account_graph.h"

/*
 * Chooses the plans of the organizations from `first` on: those given in `collections`, otherwise the default. An
 * unknown plan is refused in the reply. Errors: ERR_MEMORY.
 */
enum err subscriptions_choose(struct graph *graph, const json_t *collections, size_t first) MUST_CHECK;

/* Writes the plans. Errors here and below: those of db_run. */
enum err subscriptions_write(struct graph *graph) MUST_CHECK;

/* Counts the members that a written graph has added. */
enum err subscriptions_count(struct graph *graph) MUST_CHECK;

/* Subtracts users (a JSON array of ids) or one membership from the numbers of members. Call it before they are
 * deleted. */
enum err subscriptions_count_off_users(struct request *req, const char *users) MUST_CHECK;
enum err subscriptions_count_off_member(struct request *req, const struct uuid *membership) MUST_CHECK;

/* Appends the plan of an organization to the answer. */
void subscription_show(struct buffer *out, const struct graph_node *organization);

#endif
