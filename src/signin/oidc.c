/* Asks OpenID Connect issuers for their endpoints and keys, and caches the answers. */
#include "signin/oidc.h"

#include <jansson.h>
#include <pthread.h>
#include <string.h>
#include <talloc.h>

#include "base/json.h"
#include "base/platform.h"
#include "outbound/fetch.h"

enum { REMEMBERED = 32 };
#define KEEP_US (600 * INT64_C(1000000))
#define FRESH_US (30 * INT64_C(1000000))

/* The cached answer of one issuer. The texts belong to `url`. */
struct entry {
    char *url;
    struct oidc_issuer issuer;
    int64_t asked_us;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct entry entries[REMEMBERED];

/* Copies all texts below `arena`. */
static bool copy_issuer(void *arena, const struct oidc_issuer *from, struct oidc_issuer *to)
{
    *to = (struct oidc_issuer){
        .issuer = talloc_strdup(arena, from->issuer),
        .authorize = talloc_strdup(arena, from->authorize),
        .token = talloc_strdup(arena, from->token),
        .userinfo = talloc_strdup(arena, from->userinfo),
        .keys_url = talloc_strdup(arena, from->keys_url),
        .keys = talloc_strdup(arena, from->keys),
        .pkce = from->pkce,
    };
    return to->issuer && to->authorize && to->token && to->keys_url && to->keys && (to->userinfo || !from->userinfo);
}

static bool recall(void *arena, const char *url, bool fresh, struct oidc_issuer *issuer)
{
    int64_t now = platform.monotonic_us();
    bool found = false;

    (void)pthread_mutex_lock(&lock);
    for (size_t i = 0; i < REMEMBERED && !found; i++) {
        const struct entry *entry = &entries[i];

        if (entry->url && strcmp(entry->url, url) == 0 && now - entry->asked_us < (fresh ? FRESH_US : KEEP_US))
            found = copy_issuer(arena, &entry->issuer, issuer);
    }
    (void)pthread_mutex_unlock(&lock);
    return found;
}

/* Replaces the entry of the same issuer, or the one that was asked longest ago. */
static void remember(const char *url, const struct oidc_issuer *issuer)
{
    struct entry *place = &entries[0];

    (void)pthread_mutex_lock(&lock);
    for (size_t i = 0; i < REMEMBERED; i++) {
        if (entries[i].url && strcmp(entries[i].url, url) == 0) {
            place = &entries[i];
            break;
        }
        if (entries[i].asked_us < place->asked_us)
            place = &entries[i];
    }
    TALLOC_FREE(place->url);
    *place = (struct entry){.url = talloc_strdup(NULL, url), .asked_us = platform.monotonic_us()};
    if (!place->url || !copy_issuer(place->url, issuer, &place->issuer))
        TALLOC_FREE(place->url);
    (void)pthread_mutex_unlock(&lock);
}

bool oidc_endpoint_is_trusted(const char *url, const char *endpoint, bool trusted)
{
    return trusted && fetch_same_origin(url, endpoint);
}

/* A JSON object from a server, freed with the arena. */
static enum err fetch_object(void *arena, const char *url, bool trusted, int64_t deadline_us, const json_t **object,
                             const char **text, struct error *error)
{
    struct fetch fetch = {.url = url, .trusted = trusted, .deadline_us = deadline_us};
    struct fetched fetched;

    *object = NULL;
    TRY(fetch_run(arena, &fetch, &fetched, error));
    if (fetched.status == 200)
        *object = json_keep(arena, json_loadb(fetched.body, fetched.len, JSON_REJECT_DUPLICATES, NULL));
    if (!json_is_object(*object))
        return error_set(error, ERR_UNAVAILABLE, "the identity provider answered %d without a JSON object at %.200s",
                         fetched.status, url);
    *text = fetched.body;
    return OK;
}

/* Whether the list contains the text. */
static bool lists(const json_t *list, const char *text)
{
    const json_t *each;
    size_t i;

    json_array_foreach(list, i, each)
        if (json_is_string(each) && strcmp(json_string_value(each), text) == 0)
            return true;
    return false;
}

/* The document must name the URL under which it was found (Discovery 4.3); a trailing slash may differ. */
static bool is_itself(const char *url, const char *issuer)
{
    size_t a = strlen(url), b = strlen(issuer);

    a -= a > 0 && url[a - 1] == '/';
    b -= b > 0 && issuer[b - 1] == '/';
    return a == b && strncmp(url, issuer, a) == 0;
}

static enum err ask(void *arena, const char *url, bool trusted, int64_t deadline_us, struct oidc_issuer *issuer,
                    struct error *error)
{
    size_t len = strlen(url);
    const char *at = talloc_asprintf(arena, "%.*s/.well-known/openid-configuration",
                                     (int)(len - (len > 0 && url[len - 1] == '/')), url);
    const json_t *document = NULL, *keys;
    const char *text;

    if (!at)
        return ERR_MEMORY;
    TRY(fetch_object(arena, at, trusted, deadline_us, &document, &text, error));
    *issuer =
        (struct oidc_issuer){.issuer = json_member_text(document, "issuer"),
                             .authorize = json_member_text(document, "authorization_endpoint"),
                             .token = json_member_text(document, "token_endpoint"),
                             .userinfo = json_member_text(document, "userinfo_endpoint"),
                             .keys_url = json_member_text(document, "jwks_uri"),
                             .pkce = lists(json_object_get(document, "code_challenge_methods_supported"), "S256")};
    if (!issuer->issuer || !issuer->authorize || !issuer->token || !issuer->keys_url)
        return error_set(error, ERR_UNAVAILABLE, "the document at %.200s lacks an endpoint", at);
    if (!is_itself(url, issuer->issuer))
        return error_set(error, ERR_REFUSED, "the issuer at %.200s calls itself %.200s", url, issuer->issuer);
    return fetch_object(arena, issuer->keys_url, oidc_endpoint_is_trusted(url, issuer->keys_url, trusted), deadline_us,
                        &keys, &issuer->keys, error);
}

enum err oidc_find(void *arena, const char *url, bool trusted, bool fresh, int64_t deadline_us,
                   struct oidc_issuer *issuer, struct error *error)
{
    if (recall(arena, url, fresh, issuer))
        return OK;
    TRY(ask(arena, url, trusted, deadline_us, issuer, error));
    remember(url, issuer);
    return OK;
}
