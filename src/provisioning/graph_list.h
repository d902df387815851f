/* The lists of nodes that statements take, and the rows that they answer. */
#ifndef ORGD_PROVISIONING_GRAPH_LIST_H
#define ORGD_PROVISIONING_GRAPH_LIST_H

#include "provisioning/graph.h"

/* The beginning of a JSON array in the request's arena. */
struct buffer graph_list(const struct graph *graph);

/* Begins the entry of a node: an object with its place and id, which the caller closes. */
void graph_entry(struct buffer *list, const struct graph_node *node);
/* Members of an entry. `text` NULL writes null; the target has to be written or looked up. */
void graph_entry_text(struct buffer *list, const char *name, const char *text);
void graph_entry_target(struct buffer *list, const char *name, const struct graph_target *target);

/*
 * Closes the list and runs a statement over it, with `second` as a further parameter unless it is NULL. Each row says
 * the place of one of `nodes`, and how the answer shows it. Errors: those of db_run; ERR_MEMORY.
 */
enum err graph_run(struct graph *graph, const struct statement *statement, struct graph_nodes *nodes,
                   struct buffer *list, const char *second) MUST_CHECK;

#endif
