/* The differences between the editions. The open edition is complete by itself; the enterprise edition adds to it. */
#ifndef ORGD_TENANCY_EDITION_H
#define ORGD_TENANCY_EDITION_H

#include <stdbool.h>

#include "http/http.h"
#include "tenancy/roles.h"

struct graph;
struct graph_node;

/*
 * Hooks for changes by the administration API. Each runs in the transaction of the change; errors are those of db_run.
 */
struct account_hooks {
    /*
     * Called for the new organizations from number `first` on; may refuse the request in the reply. `collections` is
     * the request's.
     */
    enum err (*organizations_named)(struct graph *graph, const json_t *collections, size_t first);
    enum err (*organizations_written)(struct graph *graph);
    enum err (*members_written)(struct graph *graph);
    /* Called before users are deleted; `ids` is a JSON array. */
    enum err (*users_leaving)(struct request *req, const char *users);
    /* Called before a membership of an organization is deleted. */
    enum err (*member_leaving)(struct request *req, const struct uuid *membership);
    /* Writes the subscription of an organization into an answer. */
    void (*write_subscription)(struct buffer *out, const struct graph_node *organization);
};

struct edition {
    const char *name;                 /* a value of AGENTA_LICENSE: "oss", "ee" */
    const struct route_group *routes; /* in addition to the routes of the open edition; NULL for none */
    const struct role *roles;         /* strongest first; ends with a row without name */
    /* Whether the caller may do what a permission check names. */
    bool (*permits)(const struct request *req);
    bool checks_own_scope_only; /* refuse a permission check that names another scope than the caller's */
    /*
     * OK if the policy of the organization allows the session, otherwise the refusal. NULL: the edition has no
     * policies.
     */
    enum err (*check_session)(struct request *req, const struct uuid *user, const struct uuid *organization);
    bool owners_are_members;                   /* ownership can be transferred only to members of the organization */
    bool memberships_are_deletable;            /* subscriptions can be set one by one by the administration API */
    const struct account_hooks *account_hooks; /* NULL for none */
};

extern const struct edition open_edition;

/* The edition of this process: the open edition until edition_choose is called. */
const struct edition *edition_now(void);

/*
 * Chooses the edition that AGENTA_LICENSE names; call it before there are threads. ERR_USAGE if this program was built
 * without that edition.
 */
enum err edition_choose(const struct config *config, struct error *error) MUST_CHECK;

/* Calls the hook `name` of the edition with the arguments; OK if the edition has no such hook. */
#define EDITION_HOOK(name, ...) (edition_now()->account_hooks ? edition_now()->account_hooks->name(__VA_ARGS__) : OK)

#endif
