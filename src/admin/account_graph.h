/* The graph of a provisioning request: users, organizations, workspaces, projects, memberships and keys with
 * references. */
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

/* How existing users are treated. */
enum graph_users {
    GRAPH_USERS_ANY,   /* existing users are used, others are created */
    GRAPH_USERS_NEW,   /* an existing user is a conflict */
    GRAPH_USERS_KNOWN, /* existing users are used, others are refused */
};

struct graph_node;

/* The target of a reference: a node of the request, or a row of the database. */
struct graph_target {
    const struct graph_node *node; /* NULL: a row */
    struct uuid id;                /* of the row, once looked up */
    const char *by, *value;        /* how the row is looked up: "id", "slug" or "email"; NULL for a node */
};

struct graph_node {
    const char *key;     /* in its collection */
    const char *account; /* key of the entry in a batch; NULL without a batch */
    const json_t *source;
    size_t place;   /* index among the nodes of its kind */
    struct uuid id; /* of the row */
    bool existed;   /* the user existed before */
    struct graph_target user, organization, workspace, project;
    const char *email, *role;
    const char *password_hash;
    const char *plan;  /* of an organization in the enterprise edition, or NULL */
    bool returned;     /* the API key is shown in the answer */
    bool default_rows; /* of a project */
    const char *raw;   /* the API key in clear text */
    const char *row;   /* the row as JSON for the answer; NULL until written */
};

struct graph_nodes {
    struct graph_node **items; /* in the order of the request; nodes of one entry are adjacent */
    size_t count, room;
};

struct graph {
    struct request *req;
    enum graph_users users;
    struct graph_nodes of[GRAPH_KINDS];
    json_t *names[GRAPH_KINDS];  /* index of each key */
    struct buffer errors;        /* structured errors, a JSON array without its brackets */
    bool identity_errors_refuse; /* a problem with an identity refuses the request, instead of a structured error */
};

/* The names of a kind: its collection in requests and answers, its name in refusals. */
struct graph_collection {
    const char *name;      /* "users" */
    const char *namespace; /* of its keys; "users" */
    const char *kind;      /* "User" */
    const char *unknown;   /* "user_not_found" */
};
extern const struct graph_collection graph_collections[GRAPH_KINDS];

/* An empty graph in the request's arena; NULL without memory. */
struct graph *graph_make(struct request *req, enum graph_users users);

/* Options of added nodes. */
struct graph_options {
    bool identities, keys, return_keys;
    bool default_rows; /* projects get the rows that the data plane expects */
};

/*
 * Adds the collections of a request, which is borrowed: as entry `account` of a batch, or with NULL as the whole
 * request. Resolves the references within it. A refusal is stored in the reply. ERR_MEMORY.
 */
enum err graph_add(struct graph *graph, const char *account, const json_t *collections,
                   const struct graph_options *options) MUST_CHECK;

/*
 * Hashes the passwords of the graph's identities, before the transaction, on the queue for CPU-bound work. A refusal is
 * stored in the reply. ERR_DEADLINE.
 */
enum err graph_hash_passwords(struct graph *graph) MUST_CHECK;

/*
 * Writes the graph in the open transaction, with one or two statements for each kind. A refusal is stored in the reply,
 * and the caller rolls back. Errors: those of db_run.
 */
enum err graph_write(struct graph *graph) MUST_CHECK;

/* Adds a structured error with up to three details. */
void graph_error(struct graph *graph, const char *code, const char *message, const char *const names[3],
                 const char *const values[3]);

/* The row of a target; its dependencies are written already. */
const struct uuid *graph_target_id(const struct graph_target *target);

/* Answers with the rows of the graph: as one account, or, with `simple`, as one account for each entry of the batch. */
enum err graph_answer(struct graph *graph) MUST_CHECK;
enum err graph_answer_simple(struct graph *graph) MUST_CHECK;

#endif
