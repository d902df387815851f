/* Defines what handlers and the server share: the request, its route, and the reply. */
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
    METHOD_ANY = 127,
};
/* "GET" */
const char *method_name(enum method method);

enum {
    GROUP_LISTS_MAX = 12,
    PATH_PARAMETERS_MAX = 4,
    PARAMETER_NAME_SIZE = 64, /* bytes of the name of a path parameter, including its NUL */
    QUERY_PARAMETERS_MAX = 8,
    HTTP_BODY_MAX = 8 << 20, /* bytes, of any route */
    HTTP_HEADERS_MAX = 32 << 10,
    HTTP_TARGET_MAX = 8 << 10,
    REPLY_HEADERS_MAX = 16,
    REQUEST_ID_SIZE = 33,
};

/* ---- declarations ---- */

/* The types of members and parameters. validate.c checks them; openapi.c describes them. */
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
    TEXT_MAX_CHARACTERS = 4096, /* of texts that declare no maximum of their own */
    ANY_MAX_BYTES = 64 << 10,   /* bytes of a FIELD_ANY_OBJECT or FIELD_ANY_LIST as compact JSON */
};
#define TEXT_UNLIMITED SIZE_MAX /* limited only by the size of the body */

struct model;

struct field {
    const char *name;
    enum field_type type;
    bool required;             /* must be present */
    bool nullable;             /* null is accepted, and counts as absent */
    size_t max;                /* FIELD_STRING: the most characters; 0: TEXT_MAX_CHARACTERS */
    const struct model *model; /* of FIELD_OBJECT, and of the elements of FIELD_LIST and FIELD_MAP */
    const char *initial;       /* default in the OpenAPI document, as JSON; NULL: no default */
};

/* An object. `check` validates the whole object after its members; it returns NULL, or the message of a value_error. */
struct model {
    const char *name; /* in the OpenAPI document */
    const struct field *fields;
    size_t count;
    const char *(*check)(const json_t *object);
};
/* The model of an array of fields; `check` may be NULL. */
#define MODEL(name, fields, check)                                                                                     \
    {                                                                                                                  \
        name, fields, sizeof(fields) / sizeof *(fields), check                                                         \
    }

/* The kind of caller that a path accepts. */
enum caller_kind {
    CALLER_NONE,  /* everybody, without authentication */
    CALLER_ADMIN, /* administration key */
    CALLER_USER,  /* session, API key or secret token */
};

enum route_flag {
    ROUTE_INLINE = 1,      /* answered on the I/O thread when the caller is cached; needs no database */
    ROUTE_SLOW = 2,        /* runs in the slow worker pool: CPU-bound work such as password hashing */
    ROUTE_NEEDS_SCOPE = 4, /* a caller without a workspace gets NO_WORKSPACE */
    ROUTE_HIDDEN = 8,      /* not in the OpenAPI document */
    ROUTE_OUTBOUND = 16,   /* runs in the outbound worker pool: waits for other servers or for long statements */
    /*
     * Open to callers who are restricted to a project; every other route is closed to them. Ids of organization,
     * workspace and project in path, query and body must be those of the caller's project. A handler that finds objects
     * in another way limits them itself.
     */
    ROUTE_WITHIN_PROJECT = 32,
    ROUTE_OWNERSHIP = 64, /* deletes or transfers an organization */
    ROUTE_JOINS = 128,    /* for callers who are not yet members of the scope that the query names */
};

/* The shape of a body: the model, a list of it, or an optional model (absent means an empty object). */
enum body_kind { BODY_MODEL, BODY_LIST, BODY_OPTIONAL };

/* The shape of a successful answer: the model, a list of it, or a simpler value. */
enum answer_kind { ANSWER_MODEL, ANSWER_LIST, ANSWER_STRING, ANSWER_ANY_OBJECT, ANSWER_STRING_MAPS };

/* Limits of a body: its size in bytes as sent, and of its JSON, measured before it is parsed. */
struct body_limits {
    size_t bytes;
    struct json_size json;
};
extern const struct body_limits body_limits_open;  /* the default of routes without authentication */
extern const struct body_limits body_limits_usual; /* the default of all other routes */
extern const struct body_limits body_limits_bulk;  /* ten thousand accounts */
extern const struct body_limits body_limits_texts; /* few values, some of them long */

struct request;

struct route {
    enum method method; /* or several, as a set; 0 ends a list of routes */
    /* "/projects/{project_id}"; served with and without a final slash, documented as written here. A last segment of
     * "*" matches one segment or more. */
    const char *path;
    const char *operation_id;
    const char *summary;
    unsigned flags;
    int status; /* on success; 0: 200. A 204 route with an `answer` may also return 200 with that answer. */
    /* Query parameters, and path parameters that are not plain strings. Ends with a NULL name; NULL: no parameters. */
    const struct field *parameters;
    const struct model *body; /* NULL: the body is not read */
    enum body_kind body_kind;
    const struct body_limits *limits; /* NULL: the default. Limits above the default apply only to callers authenticated
                                         before the body is read. */
    const struct model *answer;       /* for the OpenAPI document; NULL: no model */
    enum answer_kind answer_kind;     /* for the OpenAPI document */
    /* Whether this configuration has the route; NULL: always. */
    bool (*active)(const struct config *config);
    /*
     * Fills req->reply, or returns the error to answer. On a worker, req->db is connected. Inline it is NULL: a handler
     * that needs it returns ERR_AGAIN and is called again on a worker.
     */
    enum err (*handle)(struct request *req);
};

/* Routes with one tag in the OpenAPI document, for one kind of caller. */
struct route_group {
    const char *tag;
    enum caller_kind caller;
    const struct route *routes; /* NULL ends a list of groups */
    /* Completes the body of a 500 and adds its headers; NULL: the common body. */
    void (*internal_error)(struct request *req, struct buffer *body);
};

/* ---- request and reply ---- */

struct header {
    const char *name;
    const char *value;
    bool of_success; /* dropped when the request fails afterwards */
};

struct reply {
    int status;               /* 0: not answered yet */
    const char *content_type; /* NULL: application/json */
    const char *body;         /* in the request's arena, or static */
    size_t len;
    struct header headers[REPLY_HEADERS_MAX];
    size_t header_count;
    bool no_cors; /* answers to crashes carry no CORS headers */
    bool no_gzip; /* never compressed */
};

/* Who may call the API from a page of another origin, besides the origins that the configuration names. */
struct cors_rules {
    const char *headers;                    /* names of allowed header fields, separated by ", " */
    const char *const *development_origins; /* allowed in development; ends with NULL */
    const char *development_suffix;         /* of host names that are allowed in development by https */
};

/* One request. Everything that belongs to it lives in `arena`, which is freed after the reply was sent. */
struct request {
    void *arena;
    const struct config *config;
    const struct cors_rules *cors;
    char id[REQUEST_ID_SIZE]; /* from X-Request-Id when that has 1 to 32 characters of [A-Za-z0-9._-]; otherwise
                                 generated */
    enum method method;
    const char *target; /* as received, for the log */
    const char *path;   /* percent-decoded, without /api, starting with '/' */
    bool prefixed;      /* the path began with /api */
    bool is_private;    /* arrived at the listener for private paths */
    const char *query;  /* raw, without '?'; "" without a query */
    const char *client; /* address of the peer, or of the client behind trusted proxies */
    bool client_found;  /* `client` was found in X-Forwarded-For */
    /* header values or NULL; `preflight_` are Access-Control-Request-Method and -Headers */
    const char *authorization, *cookie, *origin, *content_type, *preflight_method, *preflight_headers;
    const char *user_agent, *forwarded_for, *if_none_match;
    const char *fields; /* the parsed header fields, as lines; for request_header */
    size_t fields_len;
    bool accepts_gzip, accepts_brotli;
    bool accepts_html; /* by name: a wildcard does not count */
    const char *body;
    size_t body_len;
    const struct body_limits *limits; /* of the body; NULL without a body */
    int64_t started_us, deadline_us;  /* platform.monotonic_us */

    const struct route *route;                    /* NULL until matched */
    const struct route_group *group;              /* of the route */
    const char *path_values[PATH_PARAMETERS_MAX]; /* in the order of the path */
    json_t *json;                                 /* validated body; freed with the arena */
    uint64_t share;     /* one number for all requests that share the workers as one caller, such as a tenant; 0: the
                           client's number */
    void *identity;     /* struct identity of the authenticator, in the arena; NULL until authenticated */
    bool authenticated; /* the caller is authenticated; until then the worker asks the database */
    struct db *db;      /* the worker's connection; NULL inline */
    struct reply reply;
    struct error error;  /* cause of a 5xx, for the log */
    int64_t database_us; /* time spent waiting for the database */
};

/* ---- for handlers ---- */

/*
 * The value of a header field that struct request does not have; `name` ignores case. Fields of one name are joined by
 * ", " (RFC 9110 5.3). NULL when absent, and without memory.
 */
const char *request_header(const struct request *req, const char *name);
/* The value of the path parameter `name`, which the route must have. */
const char *path_value(const struct request *req, const char *name);
/* The last query parameter `name`, decoded; "" when given empty; NULL when absent. */
const char *query_value(struct request *req, const char *name);
/* The text of a member of the validated body; NULL when absent or null. */
const char *body_text(const struct request *req, const char *name);
/* Whether the body has the member (null included). */
bool body_has(const struct request *req, const char *name);
/* A boolean in any spelling that clients use (true, 1, "yes"); `absent` when absent or null. */
bool body_bool(const struct request *req, const char *name, bool absent);
/* The same for any validated JSON value, which may be NULL. */
bool json_bool_read(const json_t *value, bool absent);

/* Replies. `json` is borrowed from the arena, or static. All return OK or ERR_MEMORY. */
enum err reply_json(struct request *req, int status, const char *json);
/* Replies with the buffer's content, and takes ownership of it; ERR_MEMORY when the buffer has failed. */
enum err reply_buffer(struct request *req, int status, const struct buffer *body);
/*
 * Replies with the first column of the only row of `result`, JSON that PostgreSQL built. Moves the result to the arena
 * and compacts the text. ERR_INTERNAL when there is not exactly one row.
 */
enum err reply_result(struct request *req, int status, struct result *result);
/* Runs a statement and replies with the JSON of its first row; returns `none` without a row, or if the JSON is NULL. */
enum err reply_query(struct request *req, int status, enum err none, const struct statement *statement,
                     const struct param *params, size_t count);
#define REPLY_QUERY(req, status, none, statement, ...)                                                                 \
    reply_query((req), (status), (none), &(statement), PARAMS_OF(statement, __VA_ARGS__))
/* Runs a statement and returns `none` when it yields no row. */
enum err run_query(struct request *req, enum err none, const struct statement *statement, const struct param *params,
                   size_t count);
#define RUN_QUERY(req, none, statement, ...) run_query((req), (none), &(statement), PARAMS_OF(statement, __VA_ARGS__))
/* {"detail":"text"} */
enum err reply_detail(struct request *req, int status, const char *text);
/* Adds a header. `name` and `value` must live as long as the request. ERR_INTERNAL beyond REPLY_HEADERS_MAX. */
enum err reply_header(struct request *req, const char *name, const char *value);
/* Adds a header that must not be sent when the request fails afterwards, for example at the commit: tokens. */
enum err reply_header_of_success(struct request *req, const char *name, const char *value);
/* Whether the client already has the version of this tag (RFC 9110 13.1.2). No tag of orgd is a part of another one. */
bool request_has_tag(const struct request *req, const char *tag);
/* Lets scripts of other origins read a header of the reply (Access-Control-Expose-Headers). `name` must live as long as
 * the request. */
enum err reply_expose(struct request *req, const char *name);

/* ---- for the server ---- */

/*
 * The kind of caller for paths that begin with a prefix. It depends on the path alone and is checked before routing, so
 * unauthenticated callers cannot find out which paths exist. Paths without a matching prefix are CALLER_USER.
 */
struct path_prefix {
    const char *prefix;
    enum caller_kind caller;
    bool whole_segment; /* the prefix must end at a segment boundary of the path */
    bool is_private;    /* not served below /api; served by the private listener only, when there is one */
};

/* What the HTTP layer needs of the program it serves. */
struct application {
    const struct config *config;
    const struct route_group *groups[GROUP_LISTS_MAX]; /* lists of groups; the first NULL ends them */
    const struct path_prefix *callers; /* the kind of caller by prefix; the first match counts; ends with NULL */
    bool private_listener;             /* there is a listener that serves the private paths, and only them */
    const char *alias, *alias_of;      /* a path that begins with `alias` is handled as if it began with `alias_of` */
    const struct cors_rules *cors;
    bool gzip;
    /*
     * Authenticates without a database, on the I/O thread. OK: sets req->authenticated and req->identity. ERR_AGAIN:
     * call `authenticate` on a worker. Other errors refuse the request.
     */
    enum err (*authenticate_cached)(struct request *req, enum caller_kind wanted);
    enum err (*authenticate)(struct request *req, enum caller_kind wanted);
    bool (*has_scope)(const struct request *req);
    /* Whether the known caller may use the route with the validated input. NULL: every caller may. */
    enum err (*permits)(struct request *req);
    /* Called on a worker after validation and before the handler of an unsafe method (RFC 9110 9.2.1). NULL: nothing to
     * do. */
    enum err (*before_change)(struct request *req);
    /* Called for each request when its answer is decided, on the deciding thread; `wanted` is the kind of caller of its
     * path. NULL: nothing to do. */
    void (*answered)(const struct request *req, enum caller_kind wanted, int status);
    /*
     * Answers a GET or HEAD without /api, inline and without authentication: fills the reply, or returns the error to
     * answer. ERR_AGAIN leaves the request to the route tables. Not called when HTML is accepted and the tables have a
     * GET of that path. NULL: no pages.
     */
    enum err (*page)(struct request *req);
    /* Whether requests may use the database; otherwise they get UNAVAILABLE. NULL: always. */
    bool (*available)(void);
};

enum worker_pool { POOL_NONE, POOL_DEFAULT, POOL_SLOW, POOL_OUTBOUND };

/*
 * Runs on the I/O thread when the head of a request with a body has been read: finds the caller and the limits of the
 * body. Any result but OK is answered in place of the request. Routes with limits above the usual ones require an
 * authenticated caller.
 */
enum err dispatch_admit(const struct application *app, struct request *req, size_t *body_max) MUST_CHECK;
/*
 * Runs the first half on the I/O thread: CORS preflight, cached authentication, routing, inline routes. POOL_NONE:
 * req->reply is filled. Otherwise the request goes to that worker pool, which calls dispatch_finish.
 */
enum worker_pool dispatch_begin(const struct application *app, struct request *req);
/* Runs the second half on a worker: authentication, validation, handler. Always fills req->reply. */
void dispatch_finish(const struct application *app, struct request *req);
/* Fills req->reply from the error row of `err`, with req->error as cause for the log. */
void dispatch_refuse(struct request *req, enum err err);
/* Adds the CORS headers to the reply. The server calls it for every reply, including refusals of the request parser. */
void cors_apply(struct request *req);

#endif
