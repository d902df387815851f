/* What a handler sees: the request, the route it was matched to, and the reply it fills. */
#ifndef ORGD_HTTP_HTTP_H
#define ORGD_HTTP_HTTP_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/uuid.h"
#include "config/config.h"
#include "db/db.h"
#include "http/json_limits.h"

enum method {
    METHOD_GET = 1,
    METHOD_POST = 2,
    METHOD_PUT = 4,
    METHOD_PATCH = 8,
    METHOD_DELETE = 16,
    METHOD_HEAD = 32,
    METHOD_OPTIONS = 64,
};
/* "GET" */
const char *method_name(enum method method);

enum {
    GROUP_LISTS_MAX = 12,
    PATH_PARAMETERS_MAX = 4,
    PARAMETER_NAME_SIZE = 64, /* of a path parameter, with its NUL */
    QUERY_PARAMETERS_MAX = 8,
    HTTP_BODY_MAX = 8 << 20, /* of any route */
    HTTP_HEADERS_MAX = 32 << 10,
    HTTP_TARGET_MAX = 8 << 10,
    REPLY_HEADERS_MAX = 16,
    REQUEST_ID_SIZE = 33,
};

/* ---- what is declared ---- */

/* Types of members and parameters; how each is checked is in decode.c, how it is described in openapi.c. */
enum field_type {
    FIELD_STRING,
    FIELD_BOOL,
    FIELD_UUID,
    FIELD_EMAIL,
    FIELD_OBJECT,
    FIELD_LIST,
    FIELD_MAP,
    FIELD_STRING_LIST,
    FIELD_ALL_OR_LIST, /* "all", or a list of strings */
    FIELD_ANY_OBJECT,
    FIELD_ANY_LIST,
    FIELD_STRING_MAP
};

enum {
    TEXT_MAX_CHARACTERS = 4096, /* of texts without a maximum of their own */
    ANY_MAX_BYTES = 64 << 10,   /* of a value that is not described, as compact JSON */
};
#define TEXT_UNLIMITED SIZE_MAX /* as long as the body may be */

struct model;

struct field {
    const char *name;
    enum field_type type;
    bool required;             /* absence is a problem */
    bool nullable;             /* null is accepted, and counts as absent */
    size_t max;                /* FIELD_STRING: most characters; 0: TEXT_MAX_CHARACTERS */
    const struct model *model; /* of FIELD_OBJECT, and of the elements of FIELD_LIST and FIELD_MAP */
    const char *initial;       /* default shown in the OpenAPI document, as JSON; NULL for none */
};

/* An object. `check` looks at a whole object after its members: returns NULL, or the message of a value_error. */
struct model {
    const char *name; /* in the OpenAPI document */
    const struct field *fields;
    size_t count;
    const char *(*check)(const json_t *object);
};

/* Who may call. */
enum caller_kind {
    CALLER_NONE,  /* anybody */
    CALLER_ADMIN, /* administration key */
    CALLER_USER,  /* session, API key or secret token */
};

enum route_flag {
    ROUTE_INLINE = 1,      /* answered on the I/O thread when the caller is known there; needs no database */
    ROUTE_SLOW = 2,        /* goes to the slow lane: work for the processor, as password hashing */
    ROUTE_NEEDS_SCOPE = 4, /* a caller without workspace is answered NO_WORKSPACE */
    ROUTE_HIDDEN = 8,      /* not in the OpenAPI document */
    ROUTE_OUTBOUND = 16,   /* goes to the outbound lane: waits, for servers of others or for long statements */
};

/* The shape of a body: the model, a list of it, or the model that may be left out and then is an empty object. */
enum body_kind { BODY_MODEL, BODY_LIST, BODY_OPTIONAL };

/* The shape of a successful answer: the model, a list of it, or something simpler. */
enum answer_kind { ANSWER_MODEL, ANSWER_LIST, ANSWER_STRING, ANSWER_ANY_OBJECT, ANSWER_STRING_MAPS };

/* How big a body may be, in bytes as it is sent, and as JSON before a tree is built from it. */
struct body_limits {
    size_t bytes;
    struct json_size json;
};
extern const struct body_limits body_limits_open;  /* the default where anybody may call */
extern const struct body_limits body_limits_usual; /* the default of all other routes */
extern const struct body_limits body_limits_bulk;  /* ten thousand accounts */
extern const struct body_limits body_limits_texts; /* few values, some of them long */

struct request;

struct route {
    enum method method; /* 0 ends a list of routes */
    const char *path;   /* "/projects/{project_id}"; served with and without a final slash, documented as here */
    const char *operation_id;
    const char *summary;
    unsigned flags;
    int status; /* of success, 0 for 200; with 204 and an `answer`, 200 with that answer is possible too */
    /* Query parameters, and path parameters that are not plain strings. Ends with a NULL name; NULL: none. */
    const struct field *parameters;
    const struct model *body; /* NULL: no body is read */
    enum body_kind body_kind;
    const struct body_limits
        *limits;                  /* NULL: the default. What is above it is for callers known before the body comes */
    const struct model *answer;   /* for the OpenAPI document; NULL: not described by a model */
    enum answer_kind answer_kind; /* likewise */
    /* Whether the route is there at all in this configuration; NULL: always. */
    bool (*active)(const struct config *config);
    /*
     * Fills req->reply, or returns the error to answer. On a worker req->db is connected, inline it is NULL, and a
     * handler that needs it nevertheless returns ERR_AGAIN to be called again on a worker.
     */
    enum err (*handle)(struct request *req);
};

/* Routes of one tag in the OpenAPI document, for one kind of caller. */
struct route_group {
    const char *tag;
    enum caller_kind caller;
    const struct route *routes; /* NULL ends a list of groups */
    /* Completes the body of a 500 and adds its headers; NULL: the body of every other route. */
    void (*internal_error)(struct request *req, struct buffer *body);
};

/* ---- what happens ---- */

struct header {
    const char *name;
    const char *value;
    bool of_success; /* dropped when the request is refused after all */
};

struct reply {
    int status;               /* 0: not answered yet */
    const char *content_type; /* NULL: application/json */
    const char *body;         /* in the request's arena, or static */
    size_t len;
    struct header headers[REPLY_HEADERS_MAX];
    size_t header_count;
    bool no_cors; /* the crash answers carry no CORS headers */
    bool no_gzip; /* never compressed */
};

/* Everything of one request lives in `arena` and is freed with it after the reply was sent. */
struct request {
    void *arena;
    const struct config *config;
    char id[REQUEST_ID_SIZE]; /* from X-Request-Id when it is one to 32 of [A-Za-z0-9._-], else made */
    enum method method;
    const char *target; /* as received, for the log */
    const char *path;   /* percent-decoded, without /api, starting with '/' */
    bool prefixed;      /* there was an /api */
    const char *query;  /* raw, without '?'; "" when none */
    const char *client; /* address of the peer, or of the client behind trusted proxies */
    bool client_found;  /* it is the latter, where they differ */
    /* header values or NULL; `preflight_` are Access-Control-Request-Method and -Headers */
    const char *authorization, *cookie, *origin, *content_type, *preflight_method, *preflight_headers;
    const char *st_auth_mode, *rid, *user_agent, *forwarded_for, *if_none_match;
    bool accepts_gzip, accepts_brotli;
    bool accepts_html; /* by name: a wildcard does not count */
    const char *body;
    size_t body_len;
    const struct body_limits *limits; /* of the body; NULL without one */
    int64_t started_us, deadline_us;  /* platform.monotonic_us */

    const struct route *route;                    /* NULL until matched */
    const struct route_group *group;              /* of the route */
    const char *path_values[PATH_PARAMETERS_MAX]; /* in the order of the path */
    json_t *json;                                 /* checked body; freed with the arena */
    uint64_t share;     /* the same for all who share workers as one: a tenant; 0: the client */
    void *identity;     /* struct identity of the authenticator, in the arena; NULL before */
    bool authenticated; /* the caller is known; before that the worker asks the database */
    struct db *db;      /* the worker's connection; NULL inline */
    struct reply reply;
    struct error error;  /* cause of a 5xx, for the log */
    int64_t database_us; /* time spent waiting for the database */
};

/* ---- for handlers ---- */

/* The path parameter of that name, which the route must have. */
const char *path_value(const struct request *req, const char *name);
/* The last query parameter of that name, decoded, or NULL; "" when given empty. */
const char *query_value(struct request *req, const char *name);
/* A member of the checked body: the text, or NULL when absent or null. */
const char *body_text(const struct request *req, const char *name);
/* Whether the member is there at all (null included). */
bool body_has(const struct request *req, const char *name);
/* A boolean as clients may spell it (true, 1, "yes"); `absent` when absent or null. */
bool body_bool(const struct request *req, const char *name, bool absent);
/* The same for any checked JSON value, which may be NULL. */
bool json_bool_read(const json_t *value, bool absent);

/* Replies. `json` is borrowed from the arena or static. All return OK or ERR_MEMORY. */
enum err reply_json(struct request *req, int status, const char *json);
/* Takes the buffer's content; ERR_MEMORY when it failed. */
enum err reply_buffer(struct request *req, int status, const struct buffer *body);
/*
 * The first column of the only row of `result`, JSON that PostgreSQL built: the result moves to the arena, the text is
 * made compact. ERR_INTERNAL when there is not exactly one row.
 */
enum err reply_result(struct request *req, int status, struct result *result);
/* Runs a statement and answers its first row's JSON, or `none` when there is no row. */
enum err reply_query(struct request *req, int status, enum err none, const struct statement *statement,
                     const struct param *params, size_t count);
#define REPLY_QUERY(req, status, none, statement, ...)                                                                 \
    reply_query((req), (status), (none), &(statement), (const struct param[]){__VA_ARGS__},                            \
                sizeof((const struct param[]){__VA_ARGS__}) / sizeof(struct param))
/* Runs a statement of which only the number of rows matters: `none` when there is none. */
enum err run_query(struct request *req, enum err none, const struct statement *statement, const struct param *params,
                   size_t count);
#define RUN_QUERY(req, none, statement, ...)                                                                           \
    run_query((req), (none), &(statement), (const struct param[]){__VA_ARGS__},                                        \
              sizeof((const struct param[]){__VA_ARGS__}) / sizeof(struct param))
/* {"detail":"text"} */
enum err reply_detail(struct request *req, int status, const char *text);
/* Adds a header; `name` and `value` live as long as the request. Beyond REPLY_HEADERS_MAX: ERR_INTERNAL. */
enum err reply_header(struct request *req, const char *name, const char *value);
/* The same for what must not be sent when the request is refused after all, as the commit may fail after it: tokens. */
enum err reply_header_of_success(struct request *req, const char *name, const char *value);
/* Whether the client has what goes by the tag already (RFC 9110 13.1.2). No tag of ours is a part of another one. */
bool request_has_tag(const struct request *req, const char *tag);
/* Lets scripts of other origins read a header of the reply (Access-Control-Expose-Headers). `name` lives as long as the
 * request. */
enum err reply_expose(struct request *req, const char *name);

/* ---- for the server ---- */

/*
 * Who may call the paths that begin with a prefix. The path alone decides, before routing, so an unknown path tells a
 * stranger nothing. Paths below no prefix are CALLER_USER.
 */
struct path_prefix {
    const char *prefix;
    enum caller_kind caller;
    bool whole_segment; /* the prefix ends where the path or a segment of it ends */
};

/* What the HTTP layer needs of the program it serves. */
struct application {
    const struct config *config;
    const struct route_group *groups[GROUP_LISTS_MAX]; /* lists of groups; the first NULL ends them */
    const struct path_prefix *callers; /* who may call below a prefix, the first that fits; ends with NULL */
    const char *alias, *alias_of;      /* a path that begins with `alias` counts as one with `alias_of` */
    bool gzip;
    /*
     * Knows the caller without a database, on the I/O thread: sets req->authenticated and req->identity and returns OK;
     * or refuses; or ERR_AGAIN: ask `authenticate` on a worker.
     */
    enum err (*recognize)(struct request *req, enum caller_kind wanted);
    enum err (*authenticate)(struct request *req, enum caller_kind wanted);
    bool (*has_scope)(const struct request *req);
    /* Called on a worker before the handler of a method that is not safe (RFC 9110 9.2.1), when the input was checked.
     * NULL: nothing to do. */
    enum err (*before_change)(struct request *req);
    /* Called for each request when its answer is decided, on the thread that did; `wanted` is who may call its path.
     * NULL: nothing to do. */
    void (*answered)(const struct request *req, enum caller_kind wanted, int status);
    /*
     * Answers a GET or HEAD that came without /api, inline and whoever asks: fills the reply, or refuses; ERR_AGAIN
     * leaves it to the tables. Not asked when HTML is accepted and the tables have a GET of that path. NULL: there are
     * no pages.
     */
    enum err (*page)(struct request *req);
    /* Whether requests may go to the database at all; while not, they are answered UNAVAILABLE. NULL: always. */
    bool (*available)(void);
};

enum lane { LANE_DONE, LANE_ORDINARY, LANE_SLOW, LANE_OUTBOUND };

/*
 * When a head with a body has been read, on the I/O thread: whose it is, and how many bytes of body are taken. Anything
 * but OK is to be answered in place of the request. Callers of a route that takes more than is usual have to be known.
 */
enum err pipeline_admit(const struct application *app, struct request *req, size_t *body_max) MUST_CHECK;
/*
 * First half, on the I/O thread: CORS preflight, authentication without database, matching, inline routes.
 * LANE_DONE: req->reply is filled. Otherwise the job goes to that lane and ends in pipeline_finish.
 */
enum lane pipeline_begin(const struct application *app, struct request *req);
/* Second half, on a worker: authentication, decoding, handler. Always fills req->reply. */
void pipeline_finish(const struct application *app, struct request *req);
/* Fills req->reply from the row of `code`, with req->error as cause for the log. */
void pipeline_refuse(struct request *req, enum err code);
/* CORS headers into the reply; called by the server for every reply, the front door's refusals included. */
void cors_apply(struct request *req);

#endif
