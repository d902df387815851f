/* Answers a proxy's question whether a request may pass, and with which credential. */
#include "dataplane/forward_auth.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "auth/caller_grant.h"
#include "auth/identity.h"
#include "base/platform.h"
#include "dataplane/paths.h"
#include "http/request_parser.h"
#include "http/router.h"
#include "http/validate.h"

/* ---- texts of secret tokens ---- */

/* The texts change rarely and decide nothing, so a token may carry those of a minute ago. */
enum { TEXTS = 1024, TEXTS_AGE_US = 60 * 1000000, EMAIL_SIZE = 321, NAME_SIZE = 1024, TOKEN_MAX = 8 << 10 };

struct texts {
    struct uuid user_id, organization_id;
    int64_t read_us; /* platform.monotonic_us; 0: the entry is empty */
    char email[EMAIL_SIZE];
    char name[NAME_SIZE]; /* empty: longer, and left out of tokens */
};

static pthread_mutex_t texts_lock = PTHREAD_MUTEX_INITIALIZER;
static struct texts texts_table[TEXTS]; /* guarded by texts_lock */

static struct texts *texts_slot(const struct identity *caller)
{
    uint64_t user, organization;

    memcpy(&user, caller->user_id.bytes + 8, sizeof user);
    memcpy(&organization, caller->organization_id.bytes + 8, sizeof organization);
    return &texts_table[(user ^ organization) % TEXTS];
}

static bool texts_find(const struct identity *caller, struct texts *found)
{
    (void)pthread_mutex_lock(&texts_lock);
    *found = *texts_slot(caller);
    (void)pthread_mutex_unlock(&texts_lock);
    return found->read_us && platform.monotonic_us() - found->read_us < TEXTS_AGE_US &&
           uuid_equal(&found->user_id, &caller->user_id) &&
           uuid_equal(&found->organization_id, &caller->organization_id);
}

static bool copy_whole(char *to, size_t size, const char *text)
{
    return text && (size_t)snprintf(to, size, "%s", text) < size;
}

/* Keeps the texts of a grant. False if the address is too long for a token. */
static bool texts_keep(const struct identity *caller, const struct secret_grant *grant, struct texts *texts)
{
    *texts = (struct texts){
        .user_id = caller->user_id, .organization_id = caller->organization_id, .read_us = platform.monotonic_us()};
    if (!copy_whole(texts->email, EMAIL_SIZE, grant->user_email))
        return false;
    if (!copy_whole(texts->name, NAME_SIZE, grant->organization_name))
        texts->name[0] = '\0';
    (void)pthread_mutex_lock(&texts_lock);
    *texts_slot(caller) = *texts;
    (void)pthread_mutex_unlock(&texts_lock);
    return true;
}

/* ---- the original request ---- */

/* The fields by which a kind of proxy names the target and the method of the original request. */
static const struct {
    const char *target, *method;
} proxy_fields[] = {
    {"x-original-uri", "x-original-method"},
    {"x-original-url", "x-original-method"},
    {"x-forwarded-uri", "x-forwarded-method"},
};

/* As a method that decides about cookies: safe, unsafe or a preflight. */
static enum method method_of(const char *name)
{
    if (strcmp(name, "OPTIONS") == 0)
        return METHOD_OPTIONS;
    return strcmp(name, "GET") == 0 || strcmp(name, "HEAD") == 0 ? METHOD_GET : METHOD_POST;
}

/*
 * Reads the original target and method: from the fields that the proxy sets, or, where it appends the path to that of
 * this route, from the request itself. A client may add the fields of another kind of proxy, so two targets are
 * ambiguous. A method that the proxy does not name is taken for an unsafe one. ERR_FORBIDDEN: missing, ambiguous or
 * malformed.
 */
static enum err read_original(const struct request *req, struct request *original)
{
    static const char own[] = "/auth/forward/";
    const char *target = strstr(req->target, own);
    bool appends = target && target < req->target + strcspn(req->target, "?");
    const char *method = NULL;
    size_t count = appends;

    if (!appends)
        target = NULL;
    else {
        target += sizeof own - 2;
        method = method_name(req->method);
    }
    for (size_t i = 0; i < sizeof proxy_fields / sizeof *proxy_fields; i++) {
        const char *value = request_header(req, proxy_fields[i].target);

        if (value) {
            target = value;
            method = request_header(req, proxy_fields[i].method);
            count++;
        }
    }
    if (count != 1 || !target || target_parse(original, target))
        return ERR_FORBIDDEN;
    original->method = method ? method_of(method) : METHOD_POST;
    return OK;
}

/* Whether a segment means another one to some servers: dots, also with the parameters of Java's, or a backslash. */
static bool is_ambiguous(const char *segment, size_t len)
{
    size_t dots = strspn(segment, ".");

    return memchr(segment, '\\', len) || ((dots == 1 || dots == 2) && (dots == len || segment[dots] == ';'));
}

/* Whether proxies and servers agree on the path: no empty and no ambiguous segments. */
static bool is_plain(const char *path)
{
    for (const char *at = strchr(path, '/'); at; at = strchr(at + 1, '/')) {
        size_t len = strcspn(at + 1, "/");

        if ((len == 0 && at[1]) || is_ambiguous(at + 1, len))
            return false;
    }
    return true;
}

/* The path as Agenta's API reads it: without any of the /api segments that it begins with. */
static const char *without_prefixes(const char *path)
{
    while (strncasecmp(path, "/api", 4) == 0 && (path[4] == '/' || path[4] == '\0'))
        path += 4;
    return *path ? path : "/";
}

/*
 * Whether a path is of the account plane. A proxy sends these here, so one that asks about them was made to read the
 * path differently. Letters of either case: what proxies and servers make of them differs.
 */
static bool is_account_plane(const char *path)
{
    for (const char *const *prefix = path_account_plane; *prefix; prefix++) {
        size_t len = strlen(*prefix);

        if (strncasecmp(path, *prefix, len) == 0 && (path[len] == '/' || path[len] == '\0'))
            return true;
    }
    return false;
}

/* ---- the answer ---- */

static enum err pass(struct request *req, const char *authorization)
{
    /* always present: Caddy 2.6 copies the name of a placeholder for a field that is missing */
    TRY(reply_header(req, "Authorization", authorization ? authorization : ""));
    return reply_json(req, 200, "{}");
}

static enum err pass_as_caller(struct request *req)
{
    const struct identity *caller = identity_of(req);
    struct buffer value = buffer_make(req->arena, TOKEN_MAX);
    struct secret_grant grant = caller_grant(caller);
    struct texts texts;

    if (!caller->has_scope)
        return ERR_FORBIDDEN;
    if (caller->scheme == IDENTITY_SECRET) /* a new one would outlive it */
        return pass(req, req->authorization);
    if (!texts_find(caller, &texts)) {
        TRY(caller_grant_read(req, &grant));
        if (!texts_keep(caller, &grant, &texts))
            return ERR_UNAUTHORIZED;
    }
    grant.user_email = texts.email;
    grant.organization_name = *texts.name ? texts.name : NULL;
    grant.key = caller->scheme == IDENTITY_KEY ? &caller->key : NULL;
    grant.expires_us = caller->expires_us;
    buffer_text(&value, "Secret ");
    secret_token_write(secret_of(req->config->auth_key), &grant, &value);
    return buffer_string(&value) ? pass(req, buffer_string(&value)) : ERR_MEMORY;
}

/* Decides on the caller as if the original request had come here. */
static enum err authenticate_cached(struct request *req, const struct request *original)
{
    const char *path = req->path, *query = req->query;
    enum method method = req->method;
    enum err err;

    req->path = "/auth/forward";
    req->query = original->query;
    req->method = original->method;
    err = validate_query_is_clean(req) ? identity_authenticate_cached(req, CALLER_USER) : ERR_FORBIDDEN;
    if (err == ERR_AGAIN && req->db)
        err = identity_authenticate(req, CALLER_USER);
    req->path = path;
    req->query = query;
    req->method = method;
    return err;
}

enum err forward_authenticate(struct request *req)
{
    struct request original = {.arena = req->arena};
    const struct path_prefix *prefix;

    TRY(read_original(req, &original));
    original.path = without_prefixes(original.path);
    if (!is_plain(original.path) || is_account_plane(original.path))
        return ERR_FORBIDDEN;
    prefix = path_prefix_find(path_callers, original.path);
    if (prefix && prefix->is_private)
        return ERR_FORBIDDEN;
    if (prefix || original.method == METHOD_OPTIONS)
        return pass(req, req->authorization);
    TRY(authenticate_cached(req, &original));
    return pass_as_caller(req);
}
