/* Reads and writes the cookies and header fields of sessions. */
#include "auth/session_transport.h"

#include <string.h>
#include <strings.h>
#include <talloc.h>
#include <time.h>

#include "base/base64.h"
#include "base/json.h"
#include "base/platform.h"
#include "base/site.h"
#include "base/text.h"
#include "http/cookies.h"
#include "http/cors.h"

#define ACCESS_COOKIE "sAccessToken"
#define REFRESH_COOKIE "sRefreshToken"
#define SECURE_REFRESH_COOKIE "__Secure-sRefreshToken"
#define DEVICE_COOKIE "orgdDevice"
#define LEGACY_COOKIE "sIdRefreshToken"

enum {
    ACCESS_COOKIE_S = 365 * 24 * 3600, /* lifetime of the cookie only: the token expires earlier */
    COOKIE_MAX = 16 << 10,
    FRONT_TOKEN_MAX = 32 << 10,
    BEARER = 7, /* characters of "Bearer " */
};

/* ---- in ---- */

/* The text after "Bearer "; NULL if it is empty or the scheme is another one. */
static const char *bearer_of(const struct request *req)
{
    const char *value = req->authorization;

    return value && strncmp(value, "Bearer ", BEARER) == 0 && value[BEARER] ? value + BEARER : NULL;
}

/* Whether the cookie exists at all. */
static bool has_cookie(const struct request *req, const char *name)
{
    const char *value;
    size_t len;

    return cookie_find(req->cookie, name, &value, &len) > 0;
}

/* The decoded value of a cookie; NULL if it is absent, empty, repeated or not valid text. */
static const char *cookie_of(const struct request *req, const char *name)
{
    const char *value;
    size_t len;

    if (cookie_find(req->cookie, name, &value, &len) != 1 || len == 0)
        return NULL;
    return text_percent_decode(req->arena, value, len, false);
}

enum err session_carriers_find(struct request *req, struct session_carriers *carriers)
{
    const char *value;
    size_t len;

    *carriers = (struct session_carriers){.header = bearer_of(req)};
    if (!req->cookie)
        return OK;
    if (has_cookie(req, LEGACY_COOKIE) || cookie_find(req->cookie, ACCESS_COOKIE, &value, &len) > 1)
        return ERR_UNAUTHORIZED;
    carriers->cookie = cookie_of(req, ACCESS_COOKIE);
    return OK;
}

static bool is_https(const struct config *config)
{
    return strncasecmp(config->api_url, "https://", 8) == 0;
}

/* Only orgd reads this cookie, so it has the prefix wherever browsers accept it. */
static const char *refresh_cookie(const struct config *config)
{
    return is_https(config) ? SECURE_REFRESH_COOKIE : REFRESH_COOKIE;
}

const char *session_refresh_find(struct request *req, enum session_transport *transport)
{
    const char *token = bearer_of(req);
    const char *name = refresh_cookie(req->config);

    *transport = token ? TRANSPORT_HEADER : TRANSPORT_COOKIE;
    if (token)
        return token;
    /* sessions from before the prefix keep the plain name until they are refreshed */
    return cookie_of(req, has_cookie(req, name) ? name : REFRESH_COOKIE);
}

static bool cookies_cross_sites(const struct config *config)
{
    return !site_same(config->api_url, config->web_url);
}

bool session_maybe_forged(const struct request *req)
{
    if (req->method == METHOD_GET)
        return false;
    return cors_is_foreign(req) || (cookies_cross_sites(req->config) && !request_header(req, "rid"));
}

enum session_transport session_transport_wanted(const struct request *req)
{
    const char *mode = request_header(req, "st-auth-mode");

    return mode && strcasecmp(mode, "cookie") == 0 ? TRANSPORT_COOKIE : TRANSPORT_HEADER;
}

unsigned session_transports_of(const struct request *req)
{
    bool cookies = has_cookie(req, ACCESS_COOKIE) || has_cookie(req, REFRESH_COOKIE) ||
                   has_cookie(req, refresh_cookie(req->config));

    return (bearer_of(req) ? TRANSPORT_HEADER : 0) | (cookies ? TRANSPORT_COOKIE : 0);
}

static const char *device_cookie(const struct config *config)
{
    return is_https(config) ? "__Secure-" DEVICE_COOKIE : DEVICE_COOKIE;
}

const char *session_find_devices(struct request *req)
{
    return session_maybe_forged(req) ? NULL : cookie_of(req, device_cookie(req->config));
}

/* ---- out ---- */

/* A header that scripts of other origins may read. */
static enum err send_exposed(struct request *req, const char *name, const char *value)
{
    TRY(reply_header_of_success(req, name, value));
    return reply_expose(req, name);
}

/* The value is Base64 or empty, so it needs no percent-encoding. The path is `base` followed by `path`. */
static enum err write_cookie(struct request *req, const char *name, const char *base, const char *path,
                             const char *value, int64_t expires_s)
{
    struct buffer cookie = buffer_make(req->arena, COOKIE_MAX);
    const struct config *config = req->config;
    time_t expires = (time_t)expires_s;
    char date[32];
    struct tm parts;

    if (!gmtime_r(&expires, &parts) || !strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &parts))
        return ERR_INTERNAL;
    buffer_format(&cookie, "%s=%s; Expires=%s; HttpOnly; Path=%s%s; SameSite=%s%s", name, value, date, base, path,
                  cookies_cross_sites(config) ? "None" : "Lax", is_https(config) ? "; Secure" : "");
    return reply_header_of_success(req, "Set-Cookie", buffer_string(&cookie));
}

/* The refresh token is sent only to the one path that accepts it. */
static enum err send_cookie(struct request *req, const char *name, const char *value, int64_t expires_s)
{
    if (strcmp(name, ACCESS_COOKIE) == 0)
        return write_cookie(req, name, "/", "", value, expires_s);
    return write_cookie(req, name, site_path(req->config->api_url), "/auth/session/refresh", value, expires_s);
}

enum err session_send_devices(struct request *req, const char *value, int64_t expires_s)
{
    return write_cookie(req, device_cookie(req->config), site_path(req->config->api_url), "/auth", value, expires_s);
}

/* The data for the browser's scripts: {"ate":<ms>,"uid":<login>,"up":<payload>} in Base64. */
static enum err send_front_token(struct request *req, const struct session_tokens *tokens)
{
    struct buffer json = buffer_make(req->arena, FRONT_TOKEN_MAX);
    struct buffer text = buffer_make(req->arena, FRONT_TOKEN_MAX);

    JSON_OBJECT(&json, member_int("ate", tokens->access_expires_s * 1000), member_text("uid", tokens->login_id),
                member_raw("up", tokens->payload));
    if (json.failed)
        return ERR_MEMORY;
    base64_write(&text, BASE64, json.data, json.len);
    return send_exposed(req, "front-token", buffer_string(&text));
}

/* A refresh token under the plain name, where the prefixed name is in use. */
static enum err clear_plain_refresh(struct request *req)
{
    return is_https(req->config) && has_cookie(req, REFRESH_COOKIE) ? send_cookie(req, REFRESH_COOKIE, "", 0) : OK;
}

static enum err clear_cookies(struct request *req)
{
    TRY(send_cookie(req, ACCESS_COOKIE, "", 0));
    TRY(send_cookie(req, refresh_cookie(req->config), "", 0));
    return clear_plain_refresh(req);
}

static enum err send_in_cookies(struct request *req, const struct session_tokens *tokens)
{
    TRY(send_cookie(req, ACCESS_COOKIE, tokens->access, platform.realtime_us() / 1000000 + ACCESS_COOKIE_S));
    if (!tokens->refresh)
        return OK;
    TRY(send_cookie(req, refresh_cookie(req->config), tokens->refresh, tokens->refresh_expires_s));
    TRY(clear_plain_refresh(req));
    /* a client that changes its transport forgets the old token */
    return bearer_of(req) ? send_exposed(req, "st-refresh-token", "") : OK;
}

enum err session_send(struct request *req, enum session_transport transport, const struct session_tokens *tokens)
{
    TRY(send_front_token(req, tokens));
    TRY(send_exposed(req, "st-access-token", tokens->access));
    if (transport == TRANSPORT_COOKIE)
        return send_in_cookies(req, tokens);
    if (tokens->refresh)
        TRY(send_exposed(req, "st-refresh-token", tokens->refresh));
    /* a form of another site must not sign a user out by signing in as another */
    return (session_transports_of(req) & TRANSPORT_COOKIE) && !session_maybe_forged(req) ? clear_cookies(req) : OK;
}

enum err session_clear(struct request *req, unsigned transports)
{
    TRY(send_exposed(req, "front-token", "remove"));
    if (transports & TRANSPORT_HEADER) {
        TRY(send_exposed(req, "st-access-token", ""));
        TRY(send_exposed(req, "st-refresh-token", ""));
    }
    return transports & TRANSPORT_COOKIE ? clear_cookies(req) : OK;
}
