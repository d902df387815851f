/* What the editions do differently. The open edition is complete by itself; the enterprise edition adds to it. */
#ifndef ORGD_TENANCY_EDITION_H
#define ORGD_TENANCY_EDITION_H

#include <stdbool.h>

#include "http/http.h"
#include "tenancy/roles.h"

struct graph;
struct graph_node;

/* Hooks of the administration API's changes. Each runs in the transaction of the change; errors are those of db_run. */
struct account_hooks {
    /* New organizations from number `first` on: may refuse in the reply. `collections` is the request's. */
    enum err (*organizations_named)(struct graph *graph, const json_t *collections, size_t first);
    enum err (*organizations_written)(struct graph *graph);
    enum err (*members_written)(struct graph *graph);
    /* Before users, a JSON array of ids, are deleted. */
    enum err (*users_leaving)(struct request *req, const char *users);
    /* Before a membership of an organization is deleted. */
    enum err (*member_leaving)(struct request *req, const struct uuid *membership);
    /* Writes the subscription of an organization into an answer. */
    void (*write_subscription)(struct buffer *out, const struct graph_node *organization);
};

struct edition {
    const char *name;                 /* value of AGENTA_LICENSE: "oss", "ee" */
    const struct route_group *routes; /* in addition to those of the open edition; NULL: none */
    const struct role *roles;         /* strongest first; ends with a row without name */
    /* Whether the caller may do what a permission check asks for. */
    bool (*permits)(const struct request *req);
    bool checks_own_scope_only; /* a permission check that names another scope than the caller's is refused */
    /* OK when the policy of the organization allows the session, otherwise the refusal. NULL: no policies. */
    enum err (*check_session)(struct request *req, const struct uuid *user, const struct uuid *organization);
    bool owners_are_members;                   /* ownership is transferred to members of the organization only */
    bool memberships_are_deletable;            /* by the administration API, one by one */
    const struct account_hooks *account_hooks; /* NULL: none */
};

extern const struct edition open_edition;

/* The edition of this process: the open one until edition_choose. */
const struct edition *edition_now(void);

/*
 * Chooses the edition that AGENTA_LICENSE names; call before there are threads. ERR_USAGE when this program was built
 * without it.
 */
enum err edition_choose(const struct config *config, struct error *error) MUST_CHECK;

/* Calls the hook `name` of the edition with the arguments; OK when the edition has none. */
#define EDITION_HOOK(name, ...) (edition_now()->account_hooks ? edition_now()->account_hooks->name(__VA_ARGS__) : OK)

#endif
