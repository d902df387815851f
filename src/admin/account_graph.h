/* What a provisioning request describes: people, places, memberships and keys that refer to each other. */
#ifndef ORGD_ADMIN_ACCOUNT_GRAPH_H
#define ORGD_ADMIN_ACCOUNT_GRAPH_H

#include "http/http.h"

/* In the order in which they are written. */
enum graph_kind {
    GRAPH_USERS,
    GRAPH_IDENTITIES,
    GRAPH_ORGANIZATIONS,
    GRAPH_WORKSPACES,
    GRAPH_PROJECTS,
    GRAPH_ORGANIZATION_MEMBERS,
    GRAPH_WORKSPACE_MEMBERS,
    GRAPH_PROJECT_MEMBERS,
    GRAPH_API_KEYS,
    GRAPH_KINDS
};

/* How users that are there already are taken. */
enum graph_users {
    GRAPH_USERS_ANY,   /* as they are; others are made */
    GRAPH_USERS_NEW,   /* as a conflict */
    GRAPH_USERS_KNOWN, /* as they are; others are refused */
};

struct graph_node;

/* What a node refers to: a node of the request, or a row that is looked up. */
struct graph_target {
    const struct graph_node *node; /* NULL: a row */
    struct uuid id;                /* of the row, once looked up */
    const char *by, *value;        /* how it is looked up: "id", "slug" or "email"; NULL: it is not */
};

struct graph_node {
    const char *key;     /* in its collection */
    const char *account; /* key of the entry in a batch; NULL: there is no batch */
    const json_t *source;
    size_t place;   /* among those of its kind */
    struct uuid id; /* of the row */
    bool existed;   /* a user that was there before */
    struct graph_target user, organization, workspace, project;
    const char *email, *role;
    const char *password_hash;
    const char *plan; /* of an organization in the enterprise edition; NULL: it has none */
    bool returned;    /* an API key that is shown */
    const char *raw;  /* that key */
    const char *row;  /* as the answer shows it, JSON; NULL: not made */
};

struct graph_nodes {
    struct graph_node **items; /* in the order of the request; an entry's own stand together */
    size_t count, room;
};

struct graph {
    struct request *req;
    enum graph_users users;
    struct graph_nodes of[GRAPH_KINDS];
    json_t *names[GRAPH_KINDS];  /* where a key stands */
    struct buffer errors;        /* structured errors, a JSON array without its brackets */
    bool identity_errors_refuse; /* a problem with an identity is the request's, not a structured error */
};

/* Where the collections of a kind stand in requests and answers, and what refusals call it. */
struct graph_collection {
    const char *name;      /* "users" */
    const char *namespace; /* of its references; "users" */
    const char *kind;      /* "User" */
    const char *unknown;   /* "user_not_found" */
};
extern const struct graph_collection graph_collections[GRAPH_KINDS];

/* An empty graph in the request's arena; NULL without memory. */
struct graph *graph_make(struct request *req, enum graph_users users);

/* Options of what is added. */
struct graph_options {
    bool identities, keys, return_keys;
};

/*
 * Adds the collections of a graph request, which is borrowed, as an entry `account` of a batch or, with NULL, by
 * itself. Resolves the references within it. Refusals are left in the reply. ERR_MEMORY.
 */
enum err graph_add(struct graph *graph, const char *account, const json_t *collections,
                   const struct graph_options *options) MUST_CHECK;

/*
 * Hashes the passwords of the graph's identities: the slow lane's work, before the transaction. A refusal is left in
 * the reply; ERR_DEADLINE.
 */
enum err graph_hash_passwords(struct graph *graph) MUST_CHECK;

/*
 * Writes all of it in the open transaction, a statement or two for each kind. A refusal is left in the reply, and the
 * caller rolls back. Errors: those of db_run.
 */
enum err graph_write(struct graph *graph) MUST_CHECK;

/* Adds a structured error with up to three details. */
void graph_error(struct graph *graph, const char *code, const char *message, const char *const names[3],
                 const char *const values[3]);

/* The row of a target, once everything it depends on is written. */
const struct uuid *graph_target_id(const struct graph_target *target);

/* Answers with the rows of the graph: as one account, or, with `simple`, as one account for each entry of the batch. */
enum err graph_answer(struct graph *graph) MUST_CHECK;
enum err graph_answer_simple(struct graph *graph) MUST_CHECK;

#endif
